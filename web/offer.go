package web

import (
	"net/http"
	"slices"

	"bantin"
)

// offer is a digest as a visitor sees it who gets it or may: when it comes next, and its
// last public edition.
type offer struct {
	bantin.Language
	Title string
	Next  string       // "Thư tới: …"; "" where nobody knows
	Last  *pastEdition // nil where there is none yet
}

// offers gives those of the digests with these ids that are open to subscription, in the
// order of the form.
func (s *site) offers(r *http.Request, p *page, ids []string) ([]offer, error) {
	var list []offer
	for _, d := range s.Digests {
		if !slices.Contains(ids, d.ID) {
			continue
		}
		o := offer{Language: p.Language, Title: d.Title, Next: s.nextMail(p.Language, d)}
		last, err := s.Store.Editions().Past(r.Context(), d.ID, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(last) > 0 {
			past, err := s.pastEdition(r.Context(), p, &last[0])
			if err != nil {
				return nil, err
			}
			o.Last = &past
		}
		list = append(list, o)
	}
	return list, nil
}
