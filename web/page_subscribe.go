package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bantin"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
)

// subscribePage is the form to get digests by mail, or says that it was taken.
type subscribePage struct {
	page
	Sent     bool
	Problems []problem
	Email    string
	Name     string
	In       []placeGroup // her own place
	Reads    []placeGroup // the places that she wants to read of
	Reading  bool         // she chose some
	Levels   []option
	Digests  []option
	Speaks   []option // languages of the mail
}

// problem is a field that cannot be taken as it is.
type problem struct {
	Field string // its id
	Text  string // what is wrong with it, for the list of problems
	Hint  string // how to mend it, beside the field
}

// option is one to choose of a few.
type option struct {
	Value, Name, Hint string
	Language          string // of the name, where it is not the page's
	Chosen            bool
}

// Problem is what is wrong with a field; nil where nothing is.
func (p *subscribePage) Problem(field string) *problem {
	for i := range p.Problems {
		if p.Problems[i].Field == field {
			return &p.Problems[i]
		}
	}
	return nil
}

// confirmLives is how long a sign-up waits for its confirmation.
const confirmLives = 7 * 24 * time.Hour

// How often the form is taken from one network in an hour and for one mailbox
// in a day: an office at one address signs up, and nobody is buried in mail.
const (
	mostOfNetwork = 20
	mostOfMailbox = 3
)

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

func levelOptions(l bantin.Language, chosen bantin.Level) []option {
	if chosen == "" {
		chosen = bantin.LevelMember
	}
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

// signUp serves POST /subscribe. The answer is the same, and as much is done
// for it, whether the address is known or not.
func (s *site) signUp(w http.ResponseWriter, r *http.Request) error {
	form, err := s.form(r)
	if err != nil {
		return err
	}
	asked, digests := s.asked(form)
	p := s.subscribePage(r, &asked, digests)
	p.Problems = s.problems(p.Language, &asked, digests)
	if len(p.Problems) > 0 {
		w.Header().Set("Cache-Control", "no-store")
		return s.render(w, http.StatusUnprocessableEntity, "subscribe", p)
	}
	if form.Get(honeypot) == "" { // a person does not see that field
		if err := s.Store.AskToSignUp(r.Context(), s.request(&asked, digests), s.ofNetwork(r), s.ofMailbox(asked.Email)); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.path(p.Href("/subscribe?sent=1")), http.StatusSeeOther)
	return nil
}

// honeypot is a field that programs fill in and people do not see.
const honeypot = "website"

// form reads what was posted; what is too large is an *http.MaxBytesError.
func (s *site) form(r *http.Request) (url.Values, error) {
	if err := r.ParseForm(); err != nil {
		tooLarge := (*http.MaxBytesError)(nil)
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, fmt.Errorf("read form: %w", errBadForm)
	}
	return r.PostForm, nil
}

// asked reads the form into what she wants to be known of her.
func (s *site) asked(form url.Values) (c bantin.Contact, digests []string) {
	c = bantin.Contact{
		Email: strings.TrimSpace(form.Get("email")), Name: strings.Join(strings.Fields(form.Get("name")), " "),
		Language: bantin.Language(form.Get("language")), Level: bantin.Level(form.Get("level")),
	}
	if slug, ok := place.Lookup(form.Get("place")); ok {
		c.Place = slug
	}
	c.Reads = readPlaces(form["reads"])
	if !slices.Contains(bantin.Levels(), c.Level) {
		c.Level = ""
	}
	if !c.Language.Known() {
		c.Language = s.Site.Language
	}
	for _, d := range s.Digests {
		if slices.Contains(form["digest"], d.ID) {
			digests = append(digests, d.ID)
		}
	}
	return c, digests
}

// readPlaces keeps of the places somebody sent those that there are, each once.
func readPlaces(values []string) []string {
	var list []string
	for _, v := range values {
		if slug, ok := place.Lookup(v); ok && !slices.Contains(list, slug) && len(list) < place.MostChosen {
			list = append(list, slug)
		}
	}
	slices.Sort(list)
	return list
}

func (s *site) problems(l bantin.Language, c *bantin.Contact, digests []string) []problem {
	var list []problem
	if text, hint := emailProblem(l, c.Email); text != "" {
		list = append(list, problem{"email", text, hint})
	}
	if badName(c.Name) {
		list = append(list, problem{"name", l.Say("Họ tên có điều không phải là tên", "The name holds what is no name"),
			l.Say("Chỉ viết họ tên, không có liên kết, nhiều nhất 80 chữ.", "Write the name alone, without links, at most 80 characters.")})
	}
	if len(digests) == 0 {
		list = append(list, problem{"digest-0", l.Say("Chưa chọn bản tin nào", "No digest is chosen"),
			l.Say("Hãy đánh dấu ít nhất một bản tin.", "Tick at least one digest.")})
	}
	return list
}

// emailProblem says what is wrong with an address, "" where nothing is.
func emailProblem(l bantin.Language, email string) (text, hint string) {
	local, domain, at := strings.Cut(email, "@")
	switch {
	case email == "":
		return l.Say("Chưa có địa chỉ thư điện tử", "There is no e-mail address"),
			l.Say("Hãy viết địa chỉ bạn muốn nhận thư.", "Write the address that you want to get mail at.")
	case at && local != "" && domain == "":
		return l.Say("Địa chỉ thư điện tử thiếu phần sau dấu @", "The address lacks what stands behind the @"),
			l.Say("Thiếu phần sau dấu @, chẳng hạn “@example.org”.", "Something like “@example.org” is missing.")
	case !isAddress(email):
		return l.Say("Địa chỉ thư điện tử không đúng", "The e-mail address is not right"),
			l.Say("Viết như lan.nguyen@example.org, không có dấu cách và chữ có dấu.", "Write it as lan.nguyen@example.org, without blanks and marks.")
	}
	return "", ""
}

// isAddress reports whether mail can be sent to the address as it stands
// (RFC 5321 4.5.3.1 for its length): one with letters outside ASCII needs what
// few servers have.
func isAddress(email string) bool {
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 || strings.ContainsAny(email, "\"<>()[]\\,;: \t\r\n") {
		return false
	}
	local, domain, _ := strings.Cut(email, "@")
	ascii := strings.IndexFunc(email, func(r rune) bool { return r > '~' || r <= ' ' }) < 0
	return ascii && len(local) <= 64 && strings.Contains(strings.Trim(domain, "."), ".") && !strings.Contains(domain, "..")
}

// badName keeps advertisements out of the field for a name.
func badName(name string) bool {
	lower := strings.ToLower(name)
	return !utf8.ValidString(name) || utf8.RuneCountInString(name) > 80 || strings.ContainsFunc(name, unicode.IsControl) ||
		strings.ContainsAny(name, "<>@|/\\") || strings.Contains(lower, "www.") || strings.Contains(lower, "http")
}

func (s *site) request(c *bantin.Contact, digests []string) store.SignUp {
	out := store.SignUp{Nonce: newNonce(), Contact: *c, Digests: digests, Expires: s.Now().Add(confirmLives)}
	for _, d := range s.Digests {
		if slices.Contains(digests, d.ID) {
			out.Titles = append(out.Titles, d.Title)
		}
	}
	return out
}

// newNonce is 128 random bits, as links carry them.
func newNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

func (s *site) ofNetwork(r *http.Request) store.Limit {
	return store.Limit{Key: s.Tokens.Limited("network", s.network(r)), Most: mostOfNetwork, Window: time.Hour}
}

func (s *site) ofMailbox(address string) store.Limit {
	return store.Limit{Key: s.Tokens.Limited("mailbox", mailboxOf(address)), Most: mostOfMailbox, Window: 24 * time.Hour}
}
