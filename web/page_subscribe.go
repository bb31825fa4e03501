package web

import (
	"fmt"
	"net/http"
	"slices"

	"bantin"
	"bantin/place"
	"bantin/templates"
)

// subscribePage is the form to subscribe to digests, or reports that it was
// submitted.
type subscribePage struct {
	page
	formProblems
	Sent    bool
	Email   string
	Name    string
	In      []placeGroup // the visitor's own place
	Reads   []placeGroup // the places to read about
	Reading bool         // some are chosen
	Topics  []placeChoice
	Levels  []option
	Digests []option
	Speaks  []option // languages of the mail
	Offers  []offer  // what each digest said last
}

// option is one of a few choices.
type option struct {
	Value, Name, Hint string
	Language          string // of the name, where it is not the page's
	Chosen            bool
	Off               bool // cannot be chosen here
}

// subscribe serves GET /subscribe; ?sent reports that a form was submitted.
func (s *site) subscribe(w http.ResponseWriter, r *http.Request) error {
	if len(s.Digests) == 0 {
		return fmt.Errorf("nothing to subscribe to: %w", bantin.ErrNotFound)
	}
	q := r.URL.Query()
	var requested bantin.Contact
	if slug, ok := place.Lookup(q.Get("place")); ok {
		requested.Place = slug
	} else {
		requested.Place = s.Site.Place // most visitors of a provincial association are of its province
	}
	digests := q["digest"]
	if len(digests) == 0 { // most visitors want the first, and nothing is sent without a confirmation
		digests = []string{s.Digests[0].ID}
	}
	p := s.subscribePage(r, &requested, digests)
	p.Sent = q.Has("sent")
	var offered []string
	for _, d := range s.Digests[:min(len(s.Digests), maxOffers)] {
		offered = append(offered, d.ID)
	}
	var err error
	if p.Offers, err = s.offers(r, &p.page, offered); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "subscribe", p)
}

// maxOffers is of how many digests the page shows the last edition.
const maxOffers = 5

func (s *site) subscribePage(r *http.Request, requested *bantin.Contact, digests []string) *subscribePage {
	p := &subscribePage{page: s.newPage(r, "subscribe", ""), Email: requested.Email, Name: requested.Name}
	p.Title = p.Say("Nhận bản tin qua thư", "Get bulletins by mail")
	p.In = s.placeGroups(p.Language, requested.Place)
	p.Reads = s.placeGroups(p.Language, requested.Reads...)
	p.Reading = len(requested.Reads) > 0
	p.Topics = s.topicChoices(requested.Topics)
	p.Levels = levelOptions(p.Language, requested.Level)
	p.Speaks = languageOptions(p.Language, requested.Language)
	p.Digests = s.digestOptions(p.Language, digests)
	return p
}

// digestOptions lists the digests open to subscription.
func (s *site) digestOptions(l bantin.Language, chosen []string) []option {
	var list []option
	for _, d := range s.Digests {
		list = append(list, option{Value: d.ID, Name: d.Title, Hint: s.rhythm(l, d), Chosen: slices.Contains(chosen, d.ID)})
	}
	return list
}

// rhythm says how often a digest comes, and when next.
func (s *site) rhythm(l bantin.Language, d Digest) string {
	often, next := d.Frequency.In(l), s.nextMail(l, d)
	if often == "" || next == "" {
		return often + next
	}
	return often + ". " + next
}

// nextMail formats when a digest is sent next.
func (s *site) nextMail(l bantin.Language, d Digest) string {
	if d.Next == nil {
		return ""
	}
	next := d.Next(s.Now())
	if next.IsZero() {
		return ""
	}
	return l.Say("Thư tới: ", "Next mail: ") + templates.LongDate(l, next.In(s.Site.Location))
}

// levelOptions has no default choice: it would overwrite the level that the office
// has on record.
func levelOptions(l bantin.Language, chosen bantin.Level) []option {
	names := map[bantin.Level]string{
		bantin.LevelCentral:  l.Say("Trung ương", "Central office"),
		bantin.LevelProvince: l.Say("Tỉnh, thành phố", "Province or city"),
		bantin.LevelDistrict: l.Say("Huyện, quận (trước đây)", "District (former)"),
		bantin.LevelCommune:  l.Say("Xã, phường", "Commune or ward"),
		bantin.LevelMember:   l.Say("Hội viên, bạn đọc", "Member or reader"),
	}
	var list []option
	for _, level := range bantin.Levels() {
		list = append(list, option{Value: string(level), Name: names[level], Chosen: level == chosen})
	}
	return list
}

func languageOptions(l, chosen bantin.Language) []option {
	if !chosen.Known() {
		chosen = l
	}
	list := []option{{Value: "vi", Name: "Tiếng Việt"}, {Value: "en", Name: "English"}}
	for i := range list {
		list[i].Chosen = list[i].Value == string(chosen)
		if list[i].Value != string(l) {
			list[i].Language = list[i].Value
		}
	}
	return list
}
