package web

import (
	"slices"
	"strings"

	"bantin"
	"bantin/place"
)

// placeGroup is the units of one cluster, to choose from.
type placeGroup struct {
	Title   string
	Cluster string // value in the form; "" for units without a cluster
	All     string // label of the choice of the whole cluster
	Chosen  bool   // the whole cluster is chosen
	Places  []placeChoice
}

// placeChoice is a unit to choose.
type placeChoice struct {
	Value, Name string
	Chosen      bool
}

// clusterPrefix and topicPrefix mark clusters and topics where places may be chosen too.
const (
	clusterPrefix = "cluster:"
	topicPrefix   = "topic:"
)

// splitIn splits the form's parameter "in" into parameter and value of the list.
func splitIn(in string) (kind, value string) {
	if id, ok := strings.CutPrefix(in, clusterPrefix); ok {
		return "cluster", id
	}
	if id, ok := strings.CutPrefix(in, topicPrefix); ok {
		return "topic", id
	}
	return "place", in
}

// placeGroups lists today's units by cluster, with the chosen ones marked. A
// chosen unit that no longer exists is listed too.
func (s *site) placeGroups(l bantin.Language, chosen ...string) []placeGroup {
	var groups []placeGroup
	at := map[string]int{}
	for _, c := range s.Atlas.Clusters() {
		value := clusterPrefix + c.ID
		at[c.ID] = len(groups)
		name := s.clusterName(c.ID)
		groups = append(groups, placeGroup{Title: name, Cluster: value,
			All: l.Say("Tất cả: ", "All: ") + name, Chosen: slices.Contains(chosen, value)})
	}
	rest := placeGroup{Title: l.Say("Tỉnh, thành phố khác", "Other provinces and cities")}
	for _, u := range place.All() {
		picked := slices.Contains(chosen, u.Slug)
		if u.Successor != "" && !picked {
			continue
		}
		choice := placeChoice{u.Slug, place.Name(u.Slug, l), picked}
		if clusters := s.Atlas.ClustersOf(u.Slug); len(clusters) > 0 {
			g := &groups[at[clusters[0]]]
			g.Places = append(g.Places, choice)
			continue
		}
		rest.Places = append(rest.Places, choice)
	}
	groups = slices.DeleteFunc(append(groups, rest), func(g placeGroup) bool { return len(g.Places) == 0 })
	return groups
}

// topicGroup is the topics to choose from, as one group; none where there are none.
func (s *site) topicGroup(l bantin.Language, chosen string) []placeGroup {
	g := placeGroup{Title: l.Say("Chủ đề", "Topics")}
	for _, t := range s.Atlas.Topics() {
		g.Places = append(g.Places, placeChoice{topicPrefix + t.ID, t.Title, chosen == topicPrefix+t.ID})
	}
	if g.Places == nil {
		return nil
	}
	return []placeGroup{g}
}

// topicChoices are the topics to tick, with the chosen ones marked.
func (s *site) topicChoices(chosen []string) []placeChoice {
	var list []placeChoice
	for _, t := range s.Atlas.Topics() {
		list = append(list, placeChoice{t.ID, t.Title, slices.Contains(chosen, t.ID)})
	}
	return list
}

// readTopics keeps the known topics of a form, each once.
func (s *site) readTopics(values []string) []string {
	var list []string
	for _, t := range s.Atlas.Topics() {
		if slices.Contains(values, t.ID) {
			list = append(list, t.ID)
		}
	}
	slices.Sort(list)
	return list
}
