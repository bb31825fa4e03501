package delivery

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/place"
	"bantin/store"
)

// Composer makes the messages of digests.
type Composer struct {
	Site   *bantin.Site
	Atlas  *place.Atlas
	Sender mailer.Sender
	Render func(subject string, m mailer.DigestMail) (mailer.Rendered, error) // mailer.RenderDigest with its templates
	Labels map[string]string                                                  // by digest: what stands before the subject, as [QC]
}

// Segment is all in which the words of an edition's messages differ.
type Segment struct {
	Place    string
	Language bantin.Language
	Why      string // store.Recipient.ReasonFor
	Reads    string // store.Recipient.Reads
}

// Mail is the digest mail of an edition for a segment: what the office pinned first, then
// their own place, their cluster and the rest, each of these with the newest publication
// first, and no more than the edition's max.
func (p *Composer) Mail(e *bantin.Edition, zone *time.Location, bulletins []bantin.Bulletin, s Segment) mailer.DigestMail {
	if !s.Language.Known() {
		s.Language = p.Site.Language
	}
	bulletins = p.legible(readable(p.Atlas, bulletins, s.Reads))
	pinned, others := splitPinned(e.Composed, bulletins)
	groups := p.group(others, s)
	if len(pinned) > 0 {
		groups = append([]mailer.Group{{Kind: mailer.SectionPinned, Bulletins: pinned}}, groups...)
	}
	shown := limit(groups, e.Max)
	name := func(slug string) string { return place.Name(slug, s.Language) }
	m := mailer.DigestMail{
		Language:    s.Language,
		Site:        p.Site,
		Digest:      mailer.DigestRef{ID: e.Digest, Title: e.Title},
		Edition:     mailer.EditionRef{ID: e.ID, Number: e.Number, Date: e.Due.In(zone), URL: p.Site.LinkIn(s.Language, "/editions/"+e.ID)},
		Greeting:    mailer.NewGreeting(e.Composed, s.Language).Styled(),
		File:        mailer.LinkedFile(p.Site, e.ID, e.Composed),
		Corrections: mailer.Corrections(s.Language, p.Site, e.Corrections),
		Count:       len(bulletins), More: len(bulletins) - shown,
		Sections:       mailer.BuildSections(s.Language, p.Site, name, groups...),
		UnsubscribeURL: p.Site.LinkIn(s.Language, "/unsubscribe/"+mailer.TokenPlaceholder),
		PreferencesURL: p.Site.LinkIn(s.Language, "/preferences/"+mailer.TokenPlaceholder),
	}
	if s.Place != "" {
		m.Place = name(s.Place)
	}
	m.Why = why(m.Language, s.Why, m.Place)
	return m
}

func why(l bantin.Language, reason, place string) string {
	switch {
	case reason == "signup":
		return l.Say("Bạn nhận thư này vì bạn đã đăng ký nhận bản tin.", "You receive this mail because you subscribed to it.")
	case place != "":
		return l.Say("Bạn nhận thư này vì văn phòng Hội đã ghi tên bạn vào danh sách nhận tin của "+place+".",
			"You receive this mail because the association's office put you on its list for "+place+".")
	}
	return l.Say("Bạn nhận thư này vì văn phòng Hội đã ghi tên bạn vào danh sách nhận tin.",
		"You receive this mail because the association's office put you on its list.")
}

// splitPinned gives what the office pinned, in its order, and the others.
func splitPinned(c *bantin.Composition, list []bantin.Bulletin) (pinned, others []bantin.Bulletin) {
	if c == nil || len(c.Pin) == 0 {
		return nil, list
	}
	for i := range list {
		if slices.Contains(c.Pin, list[i].ID) {
			pinned = append(pinned, list[i])
		} else {
			others = append(others, list[i])
		}
	}
	slices.SortStableFunc(pinned, func(a, b bantin.Bulletin) int {
		return slices.Index(c.Pin, a.ID) - slices.Index(c.Pin, b.ID)
	})
	return pinned, others
}

// group sorts bulletins by how near they are to a contact of the segment.
func (p *Composer) group(bulletins []bantin.Bulletin, s Segment) []mailer.Group {
	own := mailer.Group{Kind: mailer.SectionOwn, Place: place.Name(s.Place, s.Language)}
	if place.IsCity(s.Place) {
		own.Note = s.Language.Say("Thành phố của bạn", "Your city")
	}
	own.TopicName = p.topicName
	groups := []mailer.Group{
		own,
		{Kind: mailer.SectionCluster, Place: p.clusterOf(s.Place), TopicName: p.topicName},
		{Kind: mailer.SectionRest, TopicName: p.topicName},
	}
	sorted := slices.Clone(bulletins)
	bantin.SortByPublication(sorted)
	for _, b := range sorted {
		g := &groups[p.Atlas.Rank(s.Place, &b)]
		g.Bulletins = append(g.Bulletins, b)
	}
	if s.Place == "" {
		return groups[2:] // there is no "rest" where nothing is nearer
	}
	return groups
}

func (p *Composer) topicName(id string) string {
	t, _ := p.Atlas.Topic(id)
	return t.Title
}

func (p *Composer) clusterOf(slug string) string {
	for _, id := range p.Atlas.ClustersOf(slug) {
		if c, ok := p.Atlas.Cluster(id); ok {
			return c.Title
		}
	}
	return ""
}

// limit keeps the first maxShown bulletins and tells how many are left.
func limit(groups []mailer.Group, maxShown int) (shown int) {
	for i := range groups {
		g := &groups[i]
		if maxShown > 0 && shown+len(g.Bulletins) > maxShown {
			g.Bulletins = g.Bulletins[:maxShown-shown]
		}
		shown += len(g.Bulletins)
	}
	return shown
}

// Compose renders and composes the message of a segment.
func (p *Composer) Compose(e *bantin.Edition, m mailer.DigestMail, date time.Time) (*mailer.ComposedMessage, mailer.Rendered, error) {
	rendered, err := p.Render(e.Subject, m)
	if err != nil {
		return nil, rendered, fmt.Errorf("render %s: %w", e.ID, err)
	}
	if label := p.Labels[e.Digest]; label != "" {
		rendered.Subject = bantin.OneLine(label) + " " + rendered.Subject
	}
	message, err := mailer.Compose(mailer.Message{
		Sender: p.Sender, Rendered: rendered, Digest: e.Digest, DigestTitle: e.Title,
		ListDomain: mailer.ListDomain(p.Site), Date: date, UnsubscribeURL: m.UnsubscribeURL, UnsubscribeMailto: cmp.Or(p.Sender.ReplyTo, p.Sender.Address),
	})
	return message, rendered, err
}

// legible is the list with titles in capitals written as sentences: a title of twelve
// lines in capitals cannot be read on a telephone.
func (p *Composer) legible(list []bantin.Bulletin) []bantin.Bulletin {
	out := slices.Clone(list)
	for i := range out {
		b := &out[i]
		b.Title = place.SentenceCase(b.Title, b.Lead+"\n"+b.Text, p.Site.Title, b.Author)
	}
	return out
}

// readable keeps the bulletins that a contact wants to read who chose places or topics
// (none: all). Those without a place pass whatever places were chosen, and those without
// a topic whatever topics; a topic that is no more was not chosen.
func readable(atlas *place.Atlas, list []bantin.Bulletin, reads string) []bantin.Bulletin {
	places, topics := store.SplitReads(reads)
	topics = slices.DeleteFunc(topics, func(id string) bool { _, known := atlas.Topic(id); return !known })
	wanted := atlas.SelectTags(bantin.Selection{Places: withSuccessors(places)})
	about := atlas.SelectTags(bantin.Selection{Topics: topics})
	if len(wanted)+len(about) == 0 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(b bantin.Bulletin) bool {
		tags := atlas.Tags(&b)
		return len(b.Places) > 0 && !hasAll(tags, wanted) || len(b.Topics) > 0 && !hasAll(tags, about)
	})
}

// hasAll reports whether tags have one of each group.
func hasAll(tags []string, groups [][]string) bool {
	return !slices.ContainsFunc(groups, func(group []string) bool {
		return !slices.ContainsFunc(group, func(tag string) bool { return slices.Contains(tags, tag) })
	})
}

// withSuccessors adds to units what they became.
func withSuccessors(slugs []string) []string {
	var all []string
	for _, slug := range slugs {
		all = append(append(all, slug), place.Became(slug)...)
	}
	return all
}
