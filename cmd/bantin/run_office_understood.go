package main

import (
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/source"
	"bantin/source/extract"
	"bantin/templates"
	"bantin/web/office"
)

// understood gives the words of a bulletin from which its places, its event and the
// documents that it cites were understood. What a person corrected is marked where the text
// says it too.
func (w *deps) understood(b *bantin.Bulletin) []office.Mark {
	m := marker{b: b}
	var day bantin.Day
	if !b.Published.IsZero() {
		day = bantin.DayOf(b.Published) // as it was understood
	}
	story, storyAt := b.Lead+"\n\n"+b.Text, len(b.Title)+2
	for _, ref := range extract.LegalMarks(story) {
		m.add(storyAt+ref.Start, storyAt+ref.End, office.MarkDocument, m.document(ref.Ref))
	}
	if e := b.Event; e != nil {
		if start, end, ok := extract.EventDayMark(story, day, e.Date); ok {
			m.add(storyAt+start, storyAt+end, office.MarkDay, e.Date.String())
		}
		m.addWords(story, storyAt, e.Place, office.MarkVenue)
		m.addWords(story, storyAt, e.Host, office.MarkHost)
	}
	for _, e := range w.atlas.Find(source.Prose(b), day).Evidence {
		switch {
		case slices.Contains(b.Places, e.Slug):
			m.add(e.Offset, e.Offset+len(e.Text), office.MarkPlace, e.Slug)
		case slices.Contains(b.Clusters, e.Slug):
			m.add(e.Offset, e.Offset+len(e.Text), office.MarkCluster, e.Slug)
		}
	}
	return m.marks
}

// marker collects marks by where they stand in source.Prose.
type marker struct {
	b     *bantin.Bulletin
	marks []office.Mark
}

func (m *marker) add(start, end int, kind office.MarkKind, value string) {
	at := 0
	for _, part := range []struct {
		name office.MarkPart
		text string
	}{{office.InTitle, m.b.Title}, {office.InLead, m.b.Lead}, {office.InText, m.b.Text}} {
		if start >= at && end <= at+len(part.text) {
			m.marks = append(m.marks, office.Mark{Part: part.name, Start: start - at, End: end - at, Kind: kind, Value: value})
			return
		}
		at += len(part.text) + 2
	}
}

// addWords marks the first time that the story has the words.
func (m *marker) addWords(story string, at int, words string, kind office.MarkKind) {
	if i := strings.Index(story, words); i >= 0 && words != "" {
		m.add(at+i, at+i+len(words), kind, words)
	}
}

// document is what a reference was taken for.
func (m *marker) document(ref string) string {
	for _, r := range m.b.LegalRefs {
		if r.Ref != ref {
			continue
		}
		text := strings.TrimSpace(r.Kind + " " + r.Ref)
		if !r.Date.IsZero() {
			text += ", " + templates.ShortDate(r.Date.In(time.UTC))
		}
		return text
	}
	return ref
}
