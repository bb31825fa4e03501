package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin/place"
	"bantin/source/charset"
)

// A page of a NukeViet 2.0 site in its print view, as text, is
//
//	SITE - TITLE
//	SITE http://…
//
//	TITLE
//	29.04.2022
//
//	LEAD
//
//	paragraphs, captions
//
//	URL của bản tin này::http://…
//
//	© SITE contact: address
//
// Any other text is a title and paragraphs.

// readText reads a .txt file.
func readText(d *Draft, text string) {
	lines := strings.Split(text, "\n")
	body, ok := printView(d, lines)
	if !ok {
		body = plainText(d, lines)
	}
	if n := fitting(body); n < len(body) {
		d.holdLong()
		body = body[:n]
	}
	paragraphs := split(body)
	pictures := ok && hasCaptionSpacing(paragraphs)
	for i, p := range paragraphs {
		if pictures && isCaption(paragraphs, i) {
			d.blocks = append(d.blocks, caption(p.text))
		} else {
			d.blocks = append(d.blocks, paragraph(p.text))
		}
	}
}

// fitting is how many lines a bulletin may have of these; the last of them may be too
// long.
func fitting(lines []string) int {
	size := 0
	for i, l := range lines {
		if size > maxHTML {
			return i
		}
		size += len(l) + len("<p></p>")
	}
	return len(lines)
}

// printView takes the body out of a print view, and reports whether the text is one.
func printView(d *Draft, lines []string) (body []string, ok bool) {
	const head = 12 // lines that the date is among
	date := -1
	for i := range min(head, len(lines)) {
		if i > 0 && d.SetPublished(lines[i]) {
			date = i
			break
		}
	}
	foot := len(lines)
	for i := len(lines) - 1; i >= max(0, len(lines)-head); i-- {
		if url, found := pageAddress(lines[i]); found {
			foot = i
			d.SetURL(url)
			break
		}
	}
	if date < 0 || foot == len(lines) && !hasSiteLines(lines) {
		return nil, false
	}
	for i := date - 1; i >= 0 && d.Title == ""; i-- {
		d.Title = charset.OneLine(lines[i])
	}
	return lines[date+1 : max(foot, date+1)], true
}

// pageAddress reads the line with the page's own address.
func pageAddress(text string) (url string, ok bool) {
	if !strings.HasPrefix(place.Fold(text), "url cua ban tin nay") {
		return "", false
	}
	_, url, _ = strings.Cut(text, ":")
	return strings.TrimSpace(strings.TrimLeft(url, ": ")), true
}

// hasSiteLines reports whether the text begins like a print view whose foot is lost:
// with the name of the site before the title, and before its address.
func hasSiteLines(lines []string) bool {
	if len(lines) < 2 {
		return false
	}
	site, address, ok := strings.Cut(lines[1], " http")
	return ok && address != "" && strings.HasPrefix(lines[0], site+" - ")
}

// plainText makes the first line the title.
func plainText(d *Draft, lines []string) (body []string) {
	for i, l := range lines {
		title := charset.OneLine(l)
		if title == "" {
			continue
		}
		if utf8.RuneCountInString(title) > 2*maxSentence {
			return lines // it begins with its text: the title is made of that
		}
		d.Title = title
		if i+1 < len(lines) && d.SetPublished(lines[i+1]) {
			i++
		}
		return lines[i+1:]
	}
	return nil
}

// textParagraph is a paragraph with its distance from the one before.
type textParagraph struct {
	text string
	gap  gap
}

// gap is the distance of a paragraph from the one before.
type gap uint8

const (
	gapNone   gap = iota // a line end
	gapBlank             // one empty line
	gapHard              // the last line of several is one of no-break spaces
	gapDouble            // two or more lines, the last of them empty
)

// split makes paragraphs of lines: each line is one, unless it was wrapped.
func split(lines []string) []textParagraph {
	var all []textParagraph
	empty, hard := 0, false
	for i := 0; i < len(lines); i++ {
		text := charset.OneLine(lines[i])
		if text == "" {
			empty++
			hard = strings.ContainsRune(lines[i], '\u00a0')
			continue
		}
		p := textParagraph{text: text, gap: gapOf(empty, hard)}
		empty, hard = 0, false
		for i+1 < len(lines) && isWrapped(lines[i], lines[i+1]) {
			i++
			p.text += " " + charset.OneLine(lines[i])
		}
		all = append(all, p)
	}
	return all
}

func gapOf(empty int, hard bool) gap {
	switch {
	case empty == 0:
		return gapNone
	case hard:
		return gapHard
	case empty == 1:
		return gapBlank
	}
	return gapDouble
}

// isWrapped reports whether a program wrapped a line for its length, so that it goes
// on in the next.
func isWrapped(this, next string) bool {
	const shortest, longest = 50, 100
	n := utf8.RuneCountInString(strings.TrimSpace(this))
	if n < shortest || n > longest {
		return false
	}
	next = strings.TrimSpace(next)
	first, size := utf8.DecodeRuneInString(next)
	word := strings.IndexByte(next, ' ')
	if word < 0 {
		word = len(next)
	}
	// The next word would not have had room: no person broke the line there.
	fits := n+1+utf8.RuneCountInString(next[:word]) <= 72
	return size > 0 && !fits && !strings.ContainsRune("-–•*+", first) && !unicode.IsDigit(first)
}
