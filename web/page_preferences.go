package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
)

// preferencesPage is what a contact gets and from where. With a fresh link it
// is also all that is kept of her.
type preferencesPage struct {
	page
	Address  string // masked, but for a fresh link
	Fresh    bool
	Saved    bool   // what she chose was kept
	Told     string // what else was done; "" for nothing
	Problems []problem
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

// Problem is what is wrong with a field; nil where nothing is.
func (p *preferencesPage) Problem(field string) *problem {
	return (&subscribePage{Problems: p.Problems}).Problem(field)
}

// longestPause bounds how long somebody is forgotten at her own wish.
const longestPause = 2 * 366 * 24 * time.Hour

// dataLives is how long a fresh link is good.
const dataLives = time.Hour

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
	p.In = s.placeGroups(p.Language, c.Place)
	p.Reads = s.placeGroups(p.Language, c.Reads...)
	p.Reading = len(c.Reads) > 0
	p.Digests = s.digestOptions(p.Language, had)
	speaks := c.Language
	if !speaks.Known() {
		speaks = s.Site.Language
	}
	p.Speaks = languageOptions(p.Language, speaks)
	if today := bantin.DayOf(s.Now().In(s.Site.Location)); today.Before(c.PausedUntil) {
		p.Paused = c.PausedUntil.String()
		p.PausedTo = templates.LongDate(p.Language, c.PausedUntil.In(s.Site.Location))
	}
	return p, nil
}

// prefer serves POST /preferences/{token}.
func (s *site) prefer(w http.ResponseWriter, r *http.Request) error {
	s.secret(w)
	h, err := s.holder(r)
	if err != nil {
		return err
	}
	form, err := s.form(r)
	if err != nil {
		return err
	}
	c, err := s.contact(r, h)
	if err != nil {
		return err
	}
	switch do := form.Get("do"); {
	case do == "save":
		return s.savePreferences(w, r, h, &c, form)
	case do == "link":
		return s.askForLink(w, r, h)
	case do == "data" && h.fresh:
		return s.sendData(w, r, &c)
	case do == "move" && h.fresh:
		return s.askToMove(w, r, h, &c, form)
	case do == "erase" && h.fresh:
		return s.erase(w, r, h, &c, form)
	}
	return fmt.Errorf("%w: this link may not do that", errBadForm)
}

func (s *site) savePreferences(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, form url.Values) error {
	ch := store.Choices{Language: bantin.Language(form.Get("language")), Reads: readPlaces(form["reads"])}
	if !ch.Language.Known() {
		ch.Language = c.Language
	}
	if slug, ok := place.Lookup(form.Get("place")); ok {
		ch.Place = slug
	}
	before := strings.Split(form.Get("had"), ",")
	for _, d := range s.Digests {
		wants, had := slices.Contains(form["digest"], d.ID), slices.Contains(before, d.ID)
		if wants && !had {
			ch.Join = append(ch.Join, d.ID)
		}
		if had && !wants {
			ch.Leave = append(ch.Leave, d.ID)
		}
	}
	lang := s.language(r)
	if text := form.Get("pause"); text != "" {
		day, err := bantin.ParseDay(text)
		if now := s.Now().In(s.Site.Location); err != nil || day.In(s.Site.Location).After(now.Add(longestPause)) {
			return s.mend(w, r, h, c, problem{"pause", lang.Say("Ngày nhận lại không đúng", "The day to go on is not right"),
				lang.Say("Viết như 2027-01-15, trong hai năm tới, hoặc để trống.", "Write it as 2027-01-15, within two years, or leave it empty.")})
		}
		ch.Paused = day
	}
	if err := s.Store.Choose(r.Context(), h.key, ch); err != nil {
		return err
	}
	s.Log.Info("somebody changed what she gets", "joined", ch.Join, "left", ch.Leave, "paused", !ch.Paused.IsZero())
	return s.again(w, r, "saved")
}

// mend shows the page again with what is to be mended.
func (s *site) mend(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, what problem) error {
	p, err := s.preferencesPage(r, h, c)
	if err != nil {
		return err
	}
	p.Problems = []problem{what}
	return s.render(w, http.StatusUnprocessableEntity, "preferences", p)
}

// again leads back to the page, so that reloading it repeats nothing.
func (s *site) again(w http.ResponseWriter, r *http.Request, done string) error {
	u := url.URL{Path: r.URL.Path, RawQuery: "done=" + done}
	http.Redirect(w, r, s.path(withLanguage(&u, s.language(r), s.Site.Language)), http.StatusSeeOther)
	return nil
}

func (s *site) askForLink(w http.ResponseWriter, r *http.Request, h holder) error {
	limit := store.Limit{Key: s.Tokens.Limited("link", h.key), Most: mostOfMailbox, Window: 24 * time.Hour}
	n := store.Notice{Nonce: newNonce(), About: store.NoticeAbout{Expires: s.Now().Add(dataLives)}}
	if err := s.Store.AskForLink(r.Context(), h.key, n, limit); err != nil {
		return err
	}
	return s.again(w, r, "link")
}

func (s *site) askToMove(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, form url.Values) error {
	email := form.Get("email")
	lang := s.language(r)
	if text, hint := emailProblem(lang, email); text != "" {
		return s.mend(w, r, h, c, problem{"email", text, hint})
	}
	err := s.Store.AskToMove(r.Context(), newNonce(), h.key, email, s.Now().Add(confirmLives), c.Language, s.ofNetwork(r), s.ofMailbox(email))
	if err != nil {
		return err
	}
	return s.again(w, r, "move")
}

// kept is all that is kept of a contact, as she gets it in a file.
type kept struct {
	bantin.Contact
	Record     []bantin.Entry    `json:"record,omitempty"`
	Deliveries []bantin.Delivery `json:"deliveries,omitempty"`
}

// sendData serves her data as a file; who of the office ran which command is
// not hers.
func (s *site) sendData(w http.ResponseWriter, r *http.Request, c *bantin.Contact) error {
	const mostDeliveries = 1000
	deliveries, err := s.Store.DeliveriesTo(r.Context(), c.ID, mostDeliveries)
	if err != nil {
		return err
	}
	record, err := s.Store.Record(r.Context(), c.Email)
	if err != nil {
		return err
	}
	for i := range record {
		record[i].Who = ""
	}
	body, err := json.MarshalIndent(kept{*c, record, deliveries}, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="bantin.json"`)
	_, _ = w.Write(append(body, '\n')) // a visitor who went away is no fault of ours
	return nil
}

// erase removes all but a keyed hash of her address.
func (s *site) erase(w http.ResponseWriter, r *http.Request, h holder, c *bantin.Contact, form url.Values) error {
	lang := s.language(r)
	if form.Get("sure") == "" {
		return s.mend(w, r, h, c, problem{"sure", lang.Say("Chưa đánh dấu ô xác nhận xóa", "The box that says you are sure is not ticked"),
			lang.Say("Hãy đánh dấu ô này rồi bấm lần nữa.", "Tick this box and press again.")})
	}
	if err := s.Store.EraseContact(r.Context(), c.Email, s.Tokens.ErasedKey()); err != nil {
		return fmt.Errorf("erase at her own wish: %w", err)
	}
	s.Log.Info("somebody had herself erased")
	p := s.message(r, http.StatusOK, lang.Say("Đã xóa", "Erased"),
		lang.Say("Chúng tôi không còn giữ gì về bạn, trừ một dấu vết không đọc ngược được, để danh sách của văn phòng không đưa bạn trở lại.",
			"We keep nothing of you but a trace that cannot be read back, so that the office's lists do not bring you back."))
	return s.render(w, http.StatusOK, "message", p)
}
