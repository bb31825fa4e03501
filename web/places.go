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

// clusterPrefix marks a cluster where places and clusters may be chosen.
const clusterPrefix = "cluster:"

// splitIn splits the form's parameter "in" into parameter and value of the list.
func splitIn(in string) (kind, value string) {
	if id, ok := strings.CutPrefix(in, clusterPrefix); ok {
		return "cluster", id
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
