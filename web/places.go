package web

import (
	"slices"
	"strings"

	"bantin"
	"bantin/place"
)

// placeGroup is the units of today that work in one cluster, to choose from.
type placeGroup struct {
	Title   string
	Cluster string // as a value of the form; "" for those in no known cluster
	All     string // what choosing the whole cluster is called
	Chosen  bool   // the whole cluster is
	Places  []placeChoice
}

// placeChoice is a unit to choose.
type placeChoice struct {
	Value, Name string
	Chosen      bool
}

// clusterPrefix tells a cluster from a place where both may be chosen.
const clusterPrefix = "cluster:"

// splitIn gives the parameter and its value for what the form calls in.
func splitIn(in string) (kind, value string) {
	if id, ok := strings.CutPrefix(in, clusterPrefix); ok {
		return "cluster", id
	}
	return "place", in
}

// placeGroups lists the units by cluster, the chosen ones marked. A chosen one
// that was merged away stands among the others, since it is what was chosen.
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
