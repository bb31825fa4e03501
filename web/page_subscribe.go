package web

import (
	"fmt"
	"net/http"
	"slices"

	"bantin"
	"bantin/place"
	"bantin/templates"
)

// subscribePage is the form to get digests by mail, or says that it was taken.
type subscribePage struct {
	page
	mending
	Sent    bool
	Email   string
	Name    string
	In      []placeGroup // her own place
	Reads   []placeGroup // the places that she wants to read of
	Reading bool         // she chose some
	Levels  []option
	Digests []option
	Speaks  []option // languages of the mail
}

// option is one to choose of a few.
type option struct {
	Value, Name, Hint string
	Language          string // of the name, where it is not the page's
	Chosen            bool
}

// subscribe serves GET /subscribe; ?sent says that a form was taken.
func (s *site) subscribe(w http.ResponseWriter, r *http.Request) error {
	if len(s.Digests) == 0 {
		return fmt.Errorf("nothing to subscribe to: %w", bantin.ErrNotFound)
	}
	q := r.URL.Query()
	var asked bantin.Contact
	if slug, ok := place.Lookup(q.Get("place")); ok {
		asked.Place = slug
	}
	digests := q["digest"]
	if len(digests) == 0 { // most who come want the first, and nobody gets it before she confirms
		digests = []string{s.Digests[0].ID}
	}
	p := s.subscribePage(r, &asked, digests)
	p.Sent = q.Has("sent")
	return s.render(w, http.StatusOK, "subscribe", p)
}

func (s *site) subscribePage(r *http.Request, asked *bantin.Contact, digests []string) *subscribePage {
	p := &subscribePage{page: s.newPage(r, "subscribe", ""), Email: asked.Email, Name: asked.Name}
	p.Title = p.Say("Nhận bản tin qua thư", "Get the bulletins by mail")
	p.In = s.placeGroups(p.Language, asked.Place)
	p.Reads = s.placeGroups(p.Language, asked.Reads...)
	p.Reading = len(asked.Reads) > 0
	p.Levels = levelOptions(p.Language, asked.Level)
	p.Speaks = languageOptions(p.Language, asked.Language)
	p.Digests = s.digestOptions(p.Language, digests)
	return p
}

// digestOptions offers the digests.
func (s *site) digestOptions(l bantin.Language, chosen []string) []option {
	var list []option
	for _, d := range s.Digests {
		list = append(list, option{Value: d.ID, Name: d.Title, Hint: s.nextMail(l, d), Chosen: slices.Contains(chosen, d.ID)})
	}
	return list
}

// nextMail says when a digest goes out next.
func (s *site) nextMail(l bantin.Language, d Offer) string {
	if d.Next == nil {
		return ""
	}
	next := d.Next(s.Now())
	if next.IsZero() {
		return ""
	}
	return l.Say("Thư tới: ", "Next mail: ") + templates.LongDate(l, next.In(s.Site.Location))
}

// levelOptions chooses none that nobody said: it would take the place of what
// the office knows of her.
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
