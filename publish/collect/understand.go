package collect

import (
	"slices"

	"bantin"
	"bantin/place"
	"bantin/source"
	"bantin/source/extract"
)

// addFacts adds what the text says to what its source says: places and
// clusters, the event, the documents it cites. What a source or a person wrote
// stays.
func addFacts(b *bantin.Bulletin, atlas *place.Atlas) {
	day, prose := dayOf(b), source.Prose(b)
	story := prose[len(b.Title)+len("\n\n"):][:len(b.Lead)+len("\n\n")+len(b.Text)]
	if b.Event == nil {
		b.Event = extract.Event(story, day, atlas)
	}
	if b.LegalRefs == nil {
		b.LegalRefs = extract.LegalRefs(story)
	}
	addTopics(b, prose, atlas)
	found := atlas.Find(prose, day)
	if len(b.Places) == 0 {
		b.Places = rankPlaces(&found, len(b.Title), b.Event)
	}
	if len(b.Clusters) == 0 {
		b.Clusters = found.Clusters
	}
}

// addTopics settles what a bulletin is about. What its front matter names stands with the
// categories of its source, since a topic that is configured later may be meant.
func addTopics(b *bantin.Bulletin, prose string, atlas *place.Atlas) {
	for _, name := range b.Topics {
		if _, known := atlas.TopicNamed(name); !known {
			b.Warnings = append(b.Warnings, bantin.NewNote("không có chủ đề “"+name+"” trong cấu hình", "the configuration has no topic “"+name+"”"))
		}
	}
	b.Categories = append(b.Topics, b.Categories...)
	b.Topics = atlas.TopicsOf(b.Categories, func() string { return prose })
}

// rankPlaces orders the places that were found: those of the title, the host, then
// the others as the text names them, captions last.
func rankPlaces(found *place.Matches, title int, event *bantin.Event) []string {
	if event == nil || event.Host == "" {
		return found.Places
	}
	host, _ := place.Lookup(event.Host)
	at := slices.Index(found.Places, host)
	if at < 0 {
		return found.Places
	}
	places := slices.Delete(slices.Clone(found.Places), at, at+1)
	first := 0
	for first < len(places) && slices.ContainsFunc(found.Evidence, func(e place.Evidence) bool {
		return e.Slug == places[first] && e.Offset < title
	}) {
		first++
	}
	for _, e := range found.Evidence {
		if e.Slug == host && e.Offset < title {
			return found.Places
		}
	}
	return slices.Insert(places, first, host)
}

func dayOf(b *bantin.Bulletin) bantin.Day {
	if b.Published.IsZero() {
		return bantin.Day{}
	}
	return bantin.DayOf(b.Published)
}
