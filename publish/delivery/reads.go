package delivery

import (
	"errors"
	"slices"

	"bantin"
	"bantin/place"
)

// errNothing says that an edition has nothing of the places that a contact
// chose to read of: she is spared a mail without news.
var errNothing = errors.New("nothing of the places she reads")

// readable keeps the bulletins that a contact wants to read who chose places
// (no place: all). Those without a place always pass.
func readable(atlas *place.Atlas, list []bantin.Bulletin, reads []string) []bantin.Bulletin {
	if len(reads) == 0 {
		return list
	}
	wanted := atlas.SelectTags(bantin.Selection{Places: current(reads)})[0]
	return slices.DeleteFunc(slices.Clone(list), func(b bantin.Bulletin) bool {
		return len(b.Places) > 0 && !slices.ContainsFunc(atlas.Tags(&b), func(tag string) bool { return slices.Contains(wanted, tag) })
	})
}

// current adds to units what they became.
func current(slugs []string) []string {
	var all []string
	for _, slug := range slugs {
		all = append(append(all, slug), place.Became(slug)...)
	}
	return all
}
