package source

import "strings"

// The limits of a feed beyond its bytes. The parser makes some hundred bytes of each
// element, and some thousand of each in a foreign namespace.
const (
	maxFeedDepth    = 100
	maxFeedElements = 150_000   // of an entry with 30 elements, 5000
	maxFeedBindings = 5_000_000 // namespaces in force, those of all elements together
)

// feedFits is how much of a feed is within the limits: all of it, or up to where one is
// exceeded. That a feed has more than maxEntries entries exceeds none: those that are
// left out are the last, and not told.
func feedFits(text string) (end int, isWhole bool) {
	s := feedScan{}
	for at := 0; ; {
		next := strings.IndexByte(text[at:], '<')
		if next < 0 {
			return len(text), true
		}
		at += next
		switch size := skipped(text[at:]); {
		case size > 0:
			at += size
		case !s.tag(text[at:]):
			return at, s.entries > maxEntries
		default:
			at++
		}
	}
}

// skipped is how long what stands at the beginning of text is, where that is no tag: a
// comment, a CDATA section, an instruction, or a sign of less.
func skipped(text string) int {
	for _, s := range []struct{ begins, ends string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}} {
		if strings.HasPrefix(text, s.begins) {
			if end := strings.Index(text[len(s.begins):], s.ends); end >= 0 {
				return len(s.begins) + end + len(s.ends)
			}
			return len(text)
		}
	}
	if len(text) < 2 || text[1] != '/' && text[1] < 'A' {
		return 1
	}
	return 0
}

// feedScan counts the elements of a feed.
type feedScan struct {
	open                        []openElement
	elements, entries, bindings int
}

type openElement struct {
	name       string
	namespaces int // in force in it
}

// tag counts one tag, and reports whether the limits hold.
func (s *feedScan) tag(text string) bool {
	tag, _, _ := strings.Cut(text, ">")
	name := strings.TrimSuffix(tag[1:], "/")
	if n := strings.IndexAny(name, " \t\r\n"); n >= 0 {
		name = name[:n]
	}
	if strings.HasPrefix(name, "/") {
		s.end(name[1:])
		return true
	}
	if s.elements++; name == "item" || name == "entry" || strings.HasSuffix(name, ":entry") {
		s.entries++
	}
	here := openElement{name, strings.Count(tag, "xmlns")}
	if n := len(s.open); n > 0 {
		here.namespaces += s.open[n-1].namespaces
	}
	s.bindings += here.namespaces
	if !strings.HasSuffix(tag, "/") {
		s.open = append(s.open, here)
	}
	return len(s.open) <= maxFeedDepth && s.elements <= maxFeedElements && s.entries <= maxEntries && s.bindings <= maxFeedBindings
}

// end closes an element, and those in it that have no end.
func (s *feedScan) end(name string) {
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i].name == name {
			s.open = s.open[:i]
			return
		}
	}
}
