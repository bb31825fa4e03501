package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// In the print view a picture leaves only its caption, which is known by its
// position: the picture leaves an empty line of its own, so that two lines stand
// before the caption, the last of them empty. A paragraph that follows a line of
// no-break spaces is mostly running text, because editors put these in for
// distance. There only a text that cannot be a sentence is taken for a caption.
// Position alone is not enough: a long text, or one that goes on, is no caption.

// maxCaption is how many characters a caption may have.
const maxCaption = 300

// isCaption reports whether paragraph i is the caption of a picture.
func isCaption(all []textParagraph, i int) bool {
	text := all[i].text
	switch {
	case i == 0:
		return false
	case all[i].gap == gapDouble:
		return isCaptionText(text)
	case all[i].gap == gapHard:
		return !strings.HasSuffix(text, ".") && strings.ContainsRune(text, ' ') && isCaptionText(text)
	}
	return false
}

// hasCaptionSpacing reports whether distances mark captions in this text. Where most
// paragraphs are far apart, they do not.
func hasCaptionSpacing(all []textParagraph) bool {
	far := 0
	for _, p := range all[min(1, len(all)):] {
		if p.gap == gapDouble {
			far++
		}
	}
	return 2*far <= len(all)
}

// isCaptionText reports whether text can be a caption: one sentence that is not
// long, does not announce what follows, and is no heading.
func isCaptionText(text string) bool {
	if utf8.RuneCountInString(text) > maxCaption || strings.ContainsRune(":;,?", rune(text[len(text)-1])) {
		return false
	}
	if sentenceEnd.MatchString(text) || strings.ToUpper(text) == text {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	return !unicode.IsDigit(first) && !strings.ContainsRune("-–•*+", first) && !isNumberedHeading(text)
}

// isNumberedHeading reports whether text is a heading such as "II. Phương hướng".
func isNumberedHeading(text string) bool {
	number, _, ok := strings.Cut(text, ". ")
	if !ok {
		number, _, ok = strings.Cut(text, ") ")
	}
	return ok && len(number) <= 5 && strings.Trim(strings.ToUpper(number), "IVXABCD") == ""
}
