package office

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/place"
	"bantin/templates"
)

// Mark is words of a bulletin from which something was understood.
type Mark struct {
	Part       MarkPart
	Start, End int // bytes of the part
	Kind       MarkKind
	Value      string // what they were taken for: a slug, an id, a document, a day, a name
}

// MarkPart is a part of a bulletin.
type MarkPart string

// The parts that have marks.
const (
	InTitle MarkPart = "title"
	InLead  MarkPart = "lead"
	InText  MarkPart = "text"
)

// MarkKind is what words were taken for.
type MarkKind string

// The kinds.
const (
	MarkPlace    MarkKind = "place"
	MarkCluster  MarkKind = "cluster"
	MarkDocument MarkKind = "document"
	MarkDay      MarkKind = "day" // of the event
	MarkVenue    MarkKind = "venue"
	MarkHost     MarkKind = "host"
)

func (k MarkKind) words() bantin.Words {
	return map[MarkKind]bantin.Words{
		MarkPlace:    {VI: "nơi", EN: "place"},
		MarkCluster:  {VI: "cụm", EN: "cluster"},
		MarkDocument: {VI: "văn bản", EN: "document"},
		MarkDay:      {VI: "ngày diễn ra", EN: "day of the event"},
		MarkVenue:    {VI: "nơi diễn ra", EN: "venue"},
		MarkHost:     {VI: "nơi đăng cai", EN: "host"},
	}[k]
}

// span is a piece of a text; What says what it was taken for, "" for none.
type span struct {
	Text string
	Kind MarkKind
	What string
}

// spans cuts a part of a bulletin at its marks. Of marks that overlap, the first one is
// shown, and the longer of two that begin together.
func (o *office) spans(p *page, part MarkPart, text string, marks []Mark) []span {
	marks = slices.DeleteFunc(slices.Clone(marks), func(m Mark) bool {
		return m.Part != part || m.Start < 0 || m.End <= m.Start || m.End > len(text)
	})
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	var list []span
	at := 0
	for _, m := range marks {
		if m.Start < at {
			continue
		}
		if m.Start > at {
			list = append(list, span{Text: text[at:m.Start]})
		}
		list = append(list, span{text[m.Start:m.End], m.Kind, o.takenFor(p, &m, text[m.Start:m.End])})
		at = m.End
	}
	if at < len(text) {
		list = append(list, span{Text: text[at:]})
	}
	return list
}

// takenFor says what words were taken for: the kind, and its name where that is another
// than the words.
func (o *office) takenFor(p *page, m *Mark, words string) string {
	value := m.Value
	switch m.Kind {
	case MarkPlace:
		value = place.Name(m.Value, p.Language)
	case MarkCluster:
		if c, ok := o.Atlas.Cluster(m.Value); ok {
			value = cmp.Or(c.Title, m.Value)
		}
	case MarkDay:
		if day, err := bantin.ParseDay(m.Value); err == nil {
			value = templates.ShortDate(day.In(time.UTC))
		}
	}
	kind := m.Kind.words().In(p.Language)
	if value == "" || strings.EqualFold(value, words) {
		return kind
	}
	return kind + ": " + value
}

// paragraphs cuts spans where lines end.
func paragraphs(list []span) [][]span {
	var all [][]span
	var now []span
	end := func() {
		if len(now) > 0 {
			all = append(all, now)
		}
		now = nil
	}
	for _, s := range list {
		for i, line := range strings.Split(s.Text, "\n") {
			if i > 0 {
				end()
			}
			if line != "" {
				now = append(now, span{line, s.Kind, s.What})
			}
		}
	}
	end()
	return all
}
