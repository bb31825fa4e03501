package place

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bantin"
)

// MaxChosen is how many places, clusters and topics a reader may choose at once: all units
// of today, and some clusters. Each selection costs a rendering.
const MaxChosen = 40

// ChoiceError says why the choice of a reader cannot be shown.
type ChoiceError struct {
	Unknown string   // a name of nothing we know; "" where something else is wrong
	Near    []string // slugs of places with a similar name
	Many    int      // how many were chosen, where that is too many
}

func (e *ChoiceError) Error() string { return e.In(bantin.English) }

// In is the message for readers in a language.
func (e *ChoiceError) In(l bantin.Language) string {
	switch {
	case e.Many > 0:
		return l.Say("Chọn nhiều nhất 40 tỉnh, thành phố, cụm và chủ đề.", "Choose at most 40 places, clusters and topics.")
	case e.Unknown == "":
		return l.Say("Hãy chọn ít nhất một tỉnh, thành phố, cụm hoặc chủ đề.", "Choose at least one place, cluster or topic.")
	}
	text := l.Say("Không có tỉnh, thành phố, cụm hoặc chủ đề nào tên “", "There is no place, cluster or topic called “") +
		bantin.Shorten(e.Unknown, 40) + "”."
	var names []string
	for _, slug := range e.Near {
		names = append(names, Name(slug, l)+" ("+slug+")")
	}
	if names != nil {
		text += l.Say(" Có phải: ", " Did you mean: ") + strings.Join(names, ", ") + "?"
	}
	return text
}

// Choose reads what a reader chose out of the values of place, cluster and topic in a
// query, each of which may be several, apart by commas. A place may be written
// as a slug or by any of its names, also one that was merged away: it stays
// what it is. The result is in order, each thing once.
func (a *Atlas) Choose(query url.Values) (bantin.Selection, error) {
	var sel bantin.Selection
	for name := range chosen(query["place"]) {
		slug, ok := Lookup(name)
		if !ok {
			return sel, &ChoiceError{Unknown: name, Near: Nearest(name, 3)}
		}
		sel.Places = append(sel.Places, slug)
	}
	for id := range chosen(query["cluster"]) {
		if _, ok := a.Cluster(id); !ok {
			return sel, &ChoiceError{Unknown: id, Near: Nearest(id, 3)}
		}
		sel.Clusters = append(sel.Clusters, id)
	}
	for id := range chosen(query["topic"]) {
		if _, ok := a.Topic(id); !ok {
			return sel, &ChoiceError{Unknown: id}
		}
		sel.Topics = append(sel.Topics, id)
	}
	for _, list := range []*[]string{&sel.Places, &sel.Clusters, &sel.Topics} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if n := len(sel.Places) + len(sel.Clusters) + len(sel.Topics); n == 0 || n > MaxChosen {
		return sel, &ChoiceError{Many: n}
	}
	return sel, nil
}

// chosen gives the names in the values of a parameter.
func chosen(values []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, value := range values {
			for name := range strings.SplitSeq(value, ",") {
				if name = strings.TrimSpace(name); name != "" && !yield(name) {
					return
				}
			}
		}
	}
}

// ChoiceQuery is the one query that a selection is known by.
func ChoiceQuery(sel bantin.Selection) string {
	var parts []string
	if len(sel.Places) > 0 {
		parts = append(parts, "place="+strings.Join(sel.Places, ","))
	}
	if len(sel.Clusters) > 0 {
		parts = append(parts, "cluster="+strings.Join(sel.Clusters, ","))
	}
	if len(sel.Topics) > 0 {
		parts = append(parts, "topic="+strings.Join(sel.Topics, ","))
	}
	return strings.Join(parts, "&")
}

// SameChoice reports whether a query as it came is the one that ChoiceQuery
// gives. A comma may be escaped: programs that always do so would be sent
// round in a circle.
func SameChoice(rawQuery, canonical string) bool {
	return strings.ReplaceAll(strings.ReplaceAll(rawQuery, "%2C", ","), "%2c", ",") == canonical
}

// ChoiceTags translates a reader's choice into tags of bulletins: readers get all
// that concerns any of the places, clusters or topics they chose. (Where the office writes
// a selection, these narrow each other.)
func (a *Atlas) ChoiceTags(sel bantin.Selection) [][]string {
	var any []string
	for _, one := range []bantin.Selection{{Places: sel.Places}, {Clusters: sel.Clusters}, {Topics: sel.Topics}} {
		any = append(any, slices.Concat(a.SelectTags(one)...)...)
	}
	slices.Sort(any)
	return [][]string{slices.Compact(any)}
}

// ChoiceName names a choice by what is in it: the first three, and how many
// more there are.
func (a *Atlas) ChoiceName(sel bantin.Selection, l bantin.Language) string {
	const shown = 3
	var names []string
	for _, id := range sel.Clusters {
		c, _ := a.Cluster(id)
		names = append(names, cmp.Or(c.Title, id))
	}
	for _, id := range sel.Topics {
		names = append(names, a.TopicName(id))
	}
	for _, slug := range sel.Places {
		names = append(names, Name(slug, l))
	}
	if len(names) <= shown+1 {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:shown], ", ") + l.Say(" và ", " and ") + strconv.Itoa(len(names)-shown) + l.Say(" nơi khác", " more")
}
