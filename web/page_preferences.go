package web

import (
	"net/http"
	"net/url"
	"strings"

	"bantin"
	"bantin/store"
	"bantin/templates"
)

// preferencesPage is what a contact gets and from where. With a fresh link it
// is also all that is kept of her.
type preferencesPage struct {
	page
	mending
	Address  string // masked, but for a fresh link
	Fresh    bool
	Saved    bool   // what she chose was kept
	Told     string // what else was done; "" for nothing
	Action   string
	Leave    string // the page to leave all; "" with a fresh link
	In       []placeGroup
	Reads    []placeGroup
	Reading  bool
	Digests  []option
	Had      string // digests that she got when the page was made, apart by commas
	Speaks   []option
	Paused   string // the day until which she pauses, for the field
	PausedTo string // the same in words; "" where she does not
	NewEmail string // as she wrote it, where it cannot be taken
}

// preferences serves GET /preferences/{token}: a link of a digest's mail, which
// may have been forwarded, or a fresh one.
func (s *site) preferences(w http.ResponseWriter, r *http.Request) error {
	s.secret(w)
	h, err := s.holder(r)
	if err != nil {
		return err
	}
	c, err := s.contact(r, h)
	if err != nil {
		return err
	}
	p, err := s.preferencesPage(r, h, &c)
	if err != nil {
		return err
	}
	switch q := r.URL.Query(); q.Get("done") {
	case "saved":
		p.Saved = true
	case "link":
		p.Told = p.Say("Một thư có liên kết đang trên đường đến bạn. Liên kết dùng được trong một giờ.", "A mail with the link is on its way to you. The link works for one hour.")
	case "move":
		p.Told = p.Say("Một thư đang trên đường đến địa chỉ mới. Bấm nút trong thư đó là xong; đến lúc ấy thư vẫn đến địa chỉ cũ.",
			"A mail is on its way to the new address. Press its button and you are done; until then mail goes to the old one.")
	}
	return s.render(w, http.StatusOK, "preferences", p)
}

func (s *site) preferencesPage(r *http.Request, h holder, c *bantin.Contact) (*preferencesPage, error) {
	p := &preferencesPage{page: s.newPage(r, "", ""), Fresh: h.fresh, Address: c.Email}
	p.Title = p.Say("Tùy chọn nhận thư", "What you get")
	p.Private = true
	p.Action = p.Href(r.URL.EscapedPath())
	if !h.fresh {
		p.Address = masked(c.Email)
		p.Leave = p.Href("/unsubscribe/" + url.PathEscape(r.PathValue("token")))
	}
	had, err := s.getting(r, c)
	if err != nil {
		return nil, err
	}
	p.Had = strings.Join(had, ",")
	p.choose(s, &store.Preferences{Place: c.Place, Reads: c.Reads, Language: c.Language}, had)
	if today := bantin.DayOf(s.Now().In(s.Site.Location)); today.Before(c.PausedUntil) {
		p.Paused = c.PausedUntil.String()
		p.PausedTo = templates.LongDate(p.Language, c.PausedUntil.In(s.Site.Location))
	}
	return p, nil
}

// choose marks on the page what is chosen.
func (p *preferencesPage) choose(s *site, ch *store.Preferences, digests []string) {
	p.In = s.placeGroups(p.Language, ch.Place)
	p.Reads = s.placeGroups(p.Language, ch.Reads...)
	p.Reading = len(ch.Reads) > 0
	p.Digests = s.digestOptions(p.Language, digests)
	speaks := ch.Language
	if !speaks.Known() {
		speaks = s.Site.Language
	}
	p.Speaks = languageOptions(p.Language, speaks)
}
