package nukeviet

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/place"
	"bantin/source/document"
	"bantin/source/extract"
)

// A list says the time of each story: [29.04.2022 15:30], (29/04/2022), "Thứ sáu,
// 29/04/2022 | Đã xem: 12". Titles and leads mention days as well: "Kết luận cuộc
// họp ngày 12/4/2024". Only a time that stands alone is the story's.

// listDate is how lists write a time: 29.04.2022 15:30, 29/04/2022, 15:30.
var listDate = regexp.MustCompile(`\b(\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2})(?:[ ,\-–|]+(\d{1,2}:\d{2}(?: ?(?:AM|PM|am|pm|SA|CH)\b)?))?`)

// time notes the time that a text gives or mentions for the story that it belongs to.
func (r *listReader) time(n *html.Node) {
	if !strings.Contains(n.Data, "20") && !strings.Contains(n.Data, "19") {
		return // no year, as most texts
	}
	at := listDate.FindStringSubmatchIndex(n.Data)
	if at == nil {
		return
	}
	i, ok := r.at[r.owner(n)]
	if !ok || !r.rows[i].published.IsZero() {
		return
	}
	t, precision, ok := extract.ParseTime(dateText(n.Data, at), r.loc)
	switch {
	case !ok:
	case standsAlone(n, at[0], at[1], at[4] >= 0):
		r.rows[i].published, r.rows[i].precision = t, precision
	case r.rows[i].mentioned.IsZero():
		r.rows[i].mentioned = t
	}
}

// dateText is the time that listDate found.
func dateText(text string, at []int) string {
	if at[4] < 0 {
		return text[at[2]:at[3]]
	}
	return text[at[2]:at[3]] + " " + text[at[4]:at[5]]
}

// chooseTimes forgets what is only mentioned where the list has times.
func (r *listReader) chooseTimes() {
	dated := false
	for i := range r.rows {
		dated = dated || !r.rows[i].published.IsZero()
	}
	for i := range r.rows {
		if dated {
			r.rows[i].mentioned = time.Time{}
		}
	}
}

// owner is the story that a text belongs to: the one that the smallest element around
// it links to. Where that links to several, it is the one that stands right before
// the text there: a clock in the head of the page is nobody's.
func (r *listReader) owner(n *html.Node) string {
	const near = 30 // siblings
	p, branch := n.Parent, n
	for p != nil && r.inside[p] == "" {
		branch, p = p, p.Parent
	}
	if p == nil || r.inside[p] != severalStories {
		return r.inside[p]
	}
	for s, i := branch.PrevSibling, 0; s != nil && i < near; s, i = s.PrevSibling, i+1 {
		switch id := r.inside[s]; id {
		case "":
		case severalStories:
			return ""
		default:
			return id
		}
	}
	return ""
}

// standsAlone reports whether a day in a text, from a byte to another, is what its
// line says and not a part of a sentence. One with a time of day needs no more than
// a text of its own.
func standsAlone(n *html.Node, from, to int, withTime bool) bool {
	if !areLabels(n.Data[:from], labelsBefore) || !areLabels(n.Data[to:], labelsBehind) {
		return false
	}
	if withTime || isTimeElement(n.Parent) {
		return true
	}
	return areLabels(beside(n, false), labelsBefore) && areLabels(beside(n, true), labelsBehind)
}

// What may stand on the line of a time, folded.
const (
	labelsBefore = " dang ngay luc cap nhat gui vao thu hai ba tu nam sau bay chu cn t2 t3 t4 t5 t6 t7 thoi gian xuat ban tin moi viet posted on date published updated "
	labelsBehind = " da xem doc luot lan so binh luan phan hoi y kien gio phut gmt utc am pm sa ch views view hits hit reads comments comment tac gia nguon "
)

// areLabels reports whether a text has no words but labels, and no number but a count
// or the number of a weekday.
func areLabels(text, labels string) bool {
	const longest, digits = 120, 7
	if len(text) > longest {
		return strings.TrimSpace(text) == ""
	}
	words := strings.FieldsFunc(place.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		isCount := strings.Trim(word, "0123456789") == "" && len(word) <= digits
		if !isCount && !strings.Contains(labels, " "+word+" ") {
			return false
		}
	}
	return true
}

// isTimeElement reports whether an element is there for a time.
func isTimeElement(n *html.Node) bool {
	if n.DataAtom == atom.Time {
		return true
	}
	for name := range strings.FieldsSeq(strings.ToLower(document.Attribute(n, "class"))) {
		if strings.Contains(name, "date") || strings.Contains(name, "time") || strings.Contains(name, "ngay") {
			return true
		}
	}
	return false
}

// beside is the text on the line of a text, before or behind it: up to a block, a
// line break, a picture or a link.
func beside(n *html.Node, behind bool) string {
	const longest, steps = 200, 40
	var text strings.Builder
	for range steps {
		s := n.PrevSibling
		if behind {
			s = n.NextSibling
		}
		switch {
		case s == nil && !isInline(n.Parent):
			return text.String()
		case s == nil:
			n = n.Parent
			continue
		case s.Type == html.TextNode:
			text.WriteString(" " + s.Data[:min(len(s.Data), longest)])
		case s.Type == html.CommentNode:
		case !isInline(s):
			return text.String()
		default:
			text.WriteString(" " + firstText(s, longest))
		}
		if n = s; text.Len() > longest {
			break
		}
	}
	return text.String()
}

// isInline reports whether an element is part of a line of text.
func isInline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.B, atom.Strong, atom.I, atom.Em, atom.Font, atom.Span, atom.U, atom.Small, atom.Big, atom.Time, atom.Label, atom.Abbr:
		return true
	}
	return false
}

// firstText is the beginning of the text below n.
func firstText(n *html.Node, longest int) string {
	const enough = 200 // nodes
	var b strings.Builder
	seen := 0
	for c := range n.Descendants() {
		if seen++; seen > enough {
			break
		}
		if c.Type == html.TextNode {
			b.WriteString(c.Data[:min(len(c.Data), longest)])
		}
		if b.Len() > longest {
			break
		}
	}
	return b.String()
}
