package document

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/document/docx"
)

// list writes <ul> and <ol>, with the numbers that a browser shows.
func (w *writer) list(n *html.Node) {
	var h, t strings.Builder
	var items []writer
	rich := false
	marks := newListMarks(n)
	for c := range n.ChildNodes() {
		if isDropped(c) || c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" {
			continue
		}
		inner := w.inner()
		if c.DataAtom == atom.Li {
			inner.flow(children(c))
		} else {
			inner.flow([]*html.Node{c})
		}
		if item := inner.withoutFigures("\n"); !item.isEmpty() {
			h.WriteString("<li" + marks.next(c) + ">" + inner.unwrapped(item) + "</li>")
			mark := marks.text()
			t.WriteString("\n" + mark + strings.ReplaceAll(item.text, "\n", "\n"+strings.Repeat(" ", len(mark))))
			rich = rich || item.rich
		}
		items = append(items, inner)
	}
	tag := "ul"
	if n.DataAtom == atom.Ol {
		tag = "ol"
	}
	if tag == "ol" && h.Len() > 0 {
		w.blocks = append(w.blocks, block{tag: tag, attributes: marks.attributes(), html: h.String(), text: strings.TrimPrefix(t.String(), "\n"), rich: rich})
	} else {
		w.add(tag, span{html: h.String(), text: strings.TrimPrefix(t.String(), "\n"), rich: rich})
	}
	for _, item := range items {
		w.hoistFigures(item)
	}
}

// listMarks counts the items of a list.
type listMarks struct {
	ordered, reversed bool
	style             string // of numbers, as the attribute type says: "", a, A, i or I
	start, number     int
	begun             bool
}

// maxListNumber is beyond the number of any list that people wrote.
const maxListNumber = 99999

func newListMarks(n *html.Node) *listMarks {
	m := &listMarks{ordered: n.DataAtom == atom.Ol, start: 1}
	if !m.ordered {
		return m
	}
	m.style = listStyle(n)
	for _, a := range n.Attr {
		m.reversed = m.reversed || a.Key == "reversed"
	}
	if m.reversed {
		m.start = 0
		for c := range n.ChildNodes() {
			if c.DataAtom == atom.Li {
				m.start++
			}
		}
	}
	if start, ok := listNumber(n, "start"); ok {
		m.start = start
	}
	m.number = m.start
	return m
}

func listNumber(n *html.Node, name string) (int, bool) {
	number, err := strconv.Atoi(strings.TrimSpace(Attribute(n, name)))
	return number, err == nil && -maxListNumber <= number && number <= maxListNumber
}

var listStyleName = regexp.MustCompile(`(?i)list-style(?:-type)?\s*:[^;]*?\b(lower|upper)-(alpha|latin|roman)`)

func listStyle(n *html.Node) string {
	if kind := strings.TrimSpace(Attribute(n, "type")); len(kind) == 1 && strings.Contains("aAiI", kind) {
		return kind
	}
	m := listStyleName.FindStringSubmatch(Attribute(n, "style"))
	if m == nil {
		return ""
	}
	style := "a"
	if strings.EqualFold(m[2], "roman") {
		style = "i"
	}
	if strings.EqualFold(m[1], "upper") {
		style = strings.ToUpper(style)
	}
	return style
}

// next goes on to the next item, and gives its attribute where its number is not the one
// that follows.
func (m *listMarks) next(item *html.Node) (attribute string) {
	if !m.ordered {
		return ""
	}
	if m.begun {
		m.number++
		if m.reversed {
			m.number -= 2
		}
	}
	m.begun = true
	if value, ok := listNumber(item, "value"); ok && value != m.number {
		m.number = value
		return ` value="` + strconv.Itoa(value) + `"`
	}
	return ""
}

// attributes are those of the list.
func (m *listMarks) attributes() (out string) {
	if m.style != "" {
		out += ` type="` + m.style + `"`
	}
	if m.reversed {
		out += ` reversed=""`
	}
	if m.start != 1 {
		out += ` start="` + strconv.Itoa(m.start) + `"`
	}
	return out
}

// text is what stands before an item in plain text.
func (m *listMarks) text() string {
	if !m.ordered {
		return "- "
	}
	mark := ""
	switch strings.ToLower(m.style) {
	case "a":
		mark = docx.Letters(m.number)
	case "i":
		mark = docx.Roman(m.number)
	}
	mark = cmp.Or(mark, strconv.Itoa(m.number))
	if m.style == "A" || m.style == "I" {
		mark = strings.ToUpper(mark)
	}
	return mark + ". "
}
