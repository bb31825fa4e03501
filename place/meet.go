package place

import (
	"slices"

	"bantin"
)

// Nearness says how near a bulletin is to a contact.
type Nearness int

// From the nearest. A digest shows bulletins in this order.
const (
	Own     Nearness = iota // about their own unit, as it is or was
	Cluster                 // about their cluster or a unit in it
	Rest
)

// Rank says how near b is to a contact of that place; without a place, or with
// one that is not known, all is Rest.
func (a *Atlas) Rank(contactPlace string, b *bantin.Bulletin) Nearness {
	if contactPlace == "" {
		return Rest
	}
	rank := Rest
	clusters := a.members[contactPlace]
	for _, slug := range b.Places {
		if sameToday(slug, contactPlace) {
			return Own
		}
		if shares(clusters, a.members[slug]) {
			rank = Cluster
		}
	}
	if shares(clusters, b.Clusters) {
		rank = Cluster
	}
	return rank
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(item string) bool { return slices.Contains(b, item) })
}

// Tags are what a store keeps of a bulletin so that selections find it:
// "place:SLUG" for each of its units and what they became, "cluster:ID" for
// each cluster that it names, "topic:ID", "source:ID", and "urgent:yes".
func (a *Atlas) Tags(b *bantin.Bulletin) []string {
	var tags []string
	for _, slug := range b.Places {
		for _, now := range Became(slug) {
			tags = appendNew(tags, placeTag(now))
		}
	}
	for _, id := range b.Clusters {
		tags = appendNew(tags, clusterTag(id))
	}
	for _, id := range b.Topics {
		tags = appendNew(tags, topicTag(id))
	}
	if b.Urgent {
		tags = append(tags, urgentTag)
	}
	return append(tags, sourceTag(b.Source))
}

// SelectTags translates a selection into tags: a bulletin is in it if, in each
// of the lists, it has at least one tag. No list means all bulletins.
//
// A place is matched by its own tag, because a bulletin about a unit that was
// merged away carries the successor's too. A cluster is matched where it is
// named, and by each of its members and what they became.
func (a *Atlas) SelectTags(sel bantin.Selection) [][]string {
	var all [][]string
	if len(sel.Places) > 0 {
		all = append(all, each(sel.Places, placeTag))
	}
	if len(sel.Clusters) > 0 {
		var any []string
		for _, id := range sel.Clusters {
			any = appendNew(any, clusterTag(id))
			c, _ := a.Cluster(id)
			for _, member := range c.Places {
				for _, now := range Became(member) {
					any = appendNew(any, placeTag(now))
				}
			}
		}
		all = append(all, any)
	}
	if len(sel.Sources) > 0 {
		all = append(all, each(sel.Sources, sourceTag))
	}
	if len(sel.Topics) > 0 {
		all = append(all, each(sel.Topics, topicTag))
	}
	if sel.Urgent {
		all = append(all, []string{urgentTag})
	}
	return all
}

// ContactPlaces lists every place that a contact of the audience may have: the
// units named and the members of the clusters named (both, where both are
// given), what they became, and what was merged into these. all is true where
// the audience names neither, and the places are then nil; it is false with no
// places where nobody can match.
func (a *Atlas) ContactPlaces(audience bantin.Audience) (slugs []string, all bool) {
	if len(audience.Places) == 0 && len(audience.Clusters) == 0 {
		return nil, true
	}
	slugs = family(audience.Places)
	if len(audience.Clusters) == 0 {
		return slugs, false
	}
	var members []string
	for _, id := range audience.Clusters {
		c, _ := a.Cluster(id)
		members = append(members, c.Places...)
	}
	members = family(members)
	if len(audience.Places) == 0 {
		return members, false
	}
	return slices.DeleteFunc(slugs, func(s string) bool { return !slices.Contains(members, s) }), false
}

func placeTag(slug string) string { return "place:" + slug }

func clusterTag(id string) string { return "cluster:" + id }

func topicTag(id string) string { return TopicTag + id }

// TopicTag begins the tags of topics.
const TopicTag = "topic:"

const urgentTag = "urgent:yes"

func sourceTag(id string) string { return "source:" + id }

func each(items []string, tag func(string) string) []string {
	tags := make([]string, len(items))
	for i, item := range items {
		tags[i] = tag(item)
	}
	return tags
}
