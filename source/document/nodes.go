package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A browser, and so the parser, opens emphasis and links again in each paragraph behind
// one that did not close them, so that a page of n tags can become n² elements. How many
// it becomes at most is known from its tags alone.

// maxNodes is how many elements a page may become, about: some sixty megabytes.
const maxNodes = 400_000

// bounded gives a page that becomes at most maxNodes elements. Of one that would become
// more the emphasis is left out that is open sixteen times, and then, where that is not
// enough, its end: cut.
func bounded(page string) (out string, cut bool) {
	if maxElements(page) <= maxNodes {
		return page, false
	}
	return withoutRepeats(page)
}

// maxElements is how many elements a page becomes at most.
func maxElements(page string) int {
	nodes := 0
	var open openTags
	for at := strings.IndexByte(page, '<'); at >= 0; {
		page = page[at+1:]
		name, isEnd := page, strings.HasPrefix(page, "/")
		if isEnd {
			name = page[1:]
		}
		n := 0
		for n < len(name) && isTagLetter(name[n]) {
			n++
		}
		if n > 0 {
			open.tag(name[:n], isEnd)
		}
		nodes += 2 + open.repeated // itself, the text behind it, and what is opened again in it
		at = strings.IndexByte(page, '<')
	}
	return nodes
}

func isTagLetter(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// openTags are the tags that are open, and how many of those are opened again in each
// paragraph: of these one counts as closed only where its end stands in the right place.
type openTags struct {
	names    []string
	repeated int
}

func (o *openTags) tag(name string, isEnd bool) {
	const far = 64
	kind := atom.Lookup([]byte(strings.ToLower(name)))
	switch {
	case !isEnd:
		if isRepeated(kind) {
			o.repeated++
		}
		if !isChildless(kind) {
			o.names = append(o.names, name)
		}
		return
	case len(o.names) > 0 && strings.EqualFold(o.names[len(o.names)-1], name):
		o.names = o.names[:len(o.names)-1]
		if isRepeated(kind) {
			o.repeated--
		}
		return
	}
	for i := len(o.names) - 1; i >= max(0, len(o.names)-far); i-- {
		if strings.EqualFold(o.names[i], name) {
			o.names = o.names[:i]
			return
		}
	}
}

// isRepeated reports whether an element is opened again where a block closed it: the
// "formatting elements" of the HTML standard, 13.2.4.3.
func isRepeated(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		return true
	}
	return false
}

// withoutRepeats leaves out emphasis and links where sixteen are open, and what stands
// behind maxNodes elements.
func withoutRepeats(page string) (out string, cut bool) {
	const most = 16
	var b strings.Builder
	var open openTags
	nodes := 0
	z := html.NewTokenizer(strings.NewReader(page))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		raw := string(z.Raw())
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			name, _ := z.TagName()
			isEnd := kind == html.EndTagToken
			if !isEnd && open.repeated >= most && isRepeated(atom.Lookup(name)) {
				continue
			}
			open.tag(string(name), isEnd)
		}
		if nodes += 1 + open.repeated; nodes > maxNodes {
			return b.String(), true
		}
		b.WriteString(raw)
	}
	return b.String(), false
}
