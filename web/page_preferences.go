package web

import (
	"net/http"
	"net/url"
	"strings"

	"bantin"
	"bantin/store"
	"bantin/templates"
)

// preferencesPage shows what a contact gets and about which places. With a fresh
// link it also gives access to all data kept about them.
type preferencesPage struct {
	page
	formProblems
	Address  string // masked, but for a fresh link
	Fresh    bool
	Saved    bool   // the choices were saved
	Told     string // report of another action; "" for none
	Action   string
	Leave    string // the unsubscribe page; "" with a fresh link
	Return   string // title of the digest that the link of a goodbye brings back; "" for none
	In       []placeGroup
	Reads    []placeGroup
	Reading  bool
	Topics   []placeChoice
	Digests  []option
	Had      string // digests subscribed to when the page was rendered, separated by commas
	Speaks   []option
	Paused   string // the last day of the pause, for the field
	PausedTo string // the same formatted; "" without a pause
	NewEmail string // a rejected input, as entered
}

// preferences serves GET /preferences/{token}: a link of a digest's mail, which
// may have been forwarded, or a fresh one.
func (s *site) preferences(w http.ResponseWriter, r *http.Request) error {
	s.setPrivateHeaders(w)
	owner, err := s.linkOwner(r)
	if err != nil {
		return err
	}
	c, err := s.contact(r, owner)
	if err != nil {
		return err
	}
	p, err := s.preferencesPage(r, owner, &c)
	if err != nil {
		return err
	}
	switch q := r.URL.Query(); q.Get("done") {
	case "saved":
		p.Saved = true
	case "some":
		p.Saved = true
		p.Told = p.Say("Riêng bản tin bạn đã ngừng nhận thì chưa: hãy xin một liên kết riêng ở dưới.",
			"But for the digest that you left: request a personal link below.")
	case "back":
		p.Told = p.Say("Bạn lại nhận bản tin như trước.", "You are subscribed again.")
	case "link":
		p.Told = p.Say("Một thư có liên kết đang trên đường đến bạn. Liên kết dùng được trong một giờ.", "We have mailed you the link. It works for one hour.")
	case "move":
		p.Told = p.Say("Một thư đang trên đường đến địa chỉ mới. Bấm nút trong thư đó là xong; đến lúc ấy thư vẫn đến địa chỉ cũ.",
			"We have mailed the new address. Press the button in that mail to finish; until then, mail goes to the old address.")
	}
	return s.render(w, http.StatusOK, "preferences", p)
}

func (s *site) preferencesPage(r *http.Request, owner linkClaims, c *bantin.Contact) (*preferencesPage, error) {
	p := &preferencesPage{page: s.newPage(r, "", ""), Fresh: owner.fresh, Address: c.Email}
	p.Title = p.Say("Tùy chọn nhận thư", "Mail preferences")
	p.Private = true
	p.Action = p.Href(r.URL.EscapedPath())
	if !owner.fresh {
		p.Address = maskAddress(c.Email)
		p.Leave = p.Href("/unsubscribe/" + url.PathEscape(r.PathValue("token")))
	}
	had, err := s.subscribedDigests(r, c)
	if err != nil {
		return nil, err
	}
	p.Had = strings.Join(had, ",")
	p.choose(s, &store.Preferences{Place: c.Place, Reads: c.Reads, Topics: c.Topics, Language: c.Language}, had)
	p.markLeft(owner, c)
	if today := bantin.DayOf(s.Now().In(s.Site.Location)); today.Before(c.PausedUntil) {
		p.Paused = c.PausedUntil.String()
		p.PausedTo = templates.LongDate(p.Language, c.PausedUntil.In(s.Site.Location))
	}
	return p, nil
}

// markLeft has digests that the contact left not be chosen by a link that may have been
// forwarded, and offers to return by the one of a goodbye.
func (p *preferencesPage) markLeft(owner linkClaims, c *bantin.Contact) {
	for i, d := range p.Digests {
		switch {
		case !hasLeft(c, d.Value):
		case !owner.back:
			p.Digests[i].Off = true
			p.Digests[i].Hint = p.Say("Đã ngừng nhận. Muốn nhận lại: xin một liên kết riêng ở dưới", "You left it. To get it again, request a personal link below")
		case d.Value == owner.digest:
			p.Return = d.Name
		}
	}
}

// choose marks the choices on the page.
func (p *preferencesPage) choose(s *site, ch *store.Preferences, digests []string) {
	p.In = s.placeGroups(p.Language, ch.Place)
	p.Reads = s.placeGroups(p.Language, ch.Reads...)
	p.Reading = len(ch.Reads) > 0
	p.Topics = s.topicChoices(ch.Topics)
	p.Digests = s.digestOptions(p.Language, digests)
	speaks := ch.Language
	if !speaks.Known() {
		speaks = s.Site.Language
	}
	p.Speaks = languageOptions(p.Language, speaks)
}
