package web

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"
	"bantin/publish/delivery"

	"bantin"
	"bantin/mailer"
	"bantin/templates"
)

// post sends a form as a browser of this site does.
func (s *testSite) post(t *testing.T, path string, form url.Values) (*http.Response, string) {
	t.Helper()
	return s.do(t, http.MethodPost, path, form.Encode())
}

// clerk sends notices into a folder.
func (s *testSite) clerk(t *testing.T) *delivery.NoticeSender {
	t.Helper()
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return &delivery.NoticeSender{
		DB: s.store, Log: s.site.Log, Site: s.site.Site, Tokens: s.tokens, Node: "kiểm thử", Now: s.now,
		Sender:    mailer.Sender{Name: "Hội Khuyến học Việt Nam", Address: "bantin@example.org"},
		Transport: mailer.NewOutbox(s.outbox),
		Render:    func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(set, m) },
	}
}

// letter is a message as a mail program shows it.
type letter struct{ to, subject, id, text, html, file string }

// mails sends what waits and gives all that was sent so far, by address and
// time.
func (s *testSite) mails(t *testing.T) []letter {
	t.Helper()
	if _, err := s.clerk(t).SendDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(s.outbox, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var list []letter
	for _, file := range files {
		list = append(list, readLetter(t, file))
	}
	return list
}

func readLetter(t *testing.T, file string) letter {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	text, html, _ := strings.Cut(string(body), "text/html")
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return letter{m.Header.Get("To"), subject, m.Header.Get("Message-ID"), text, html, file}
}

// linkIn finds the path of a link in a mail; it stands in both parts.
func linkIn(t *testing.T, l letter, page string) string {
	t.Helper()
	link := regexp.MustCompile(`https://bantin\.example\.org(/` + page + `/[A-Za-z0-9_-]+(\?lang=en)?)`)
	found := link.FindStringSubmatch(l.text)
	if found == nil || !strings.Contains(l.html, found[1]) {
		t.Fatalf("no link to %s in both parts of:\n%s", page, l.text)
	}
	return found[1]
}

// signUpForm is what a secretary of Phú Thọ fills in.
func signUpForm(address string) url.Values {
	return url.Values{"email": {address}, "name": {"Nguyễn Thị Lan"}, "place": {"phu-tho"}, "level": {"province"},
		"digest": {"hang-tuan"}, "language": {"vi"}, "reads": {"phu-tho", "son-la"}}
}

func (s *testSite) known(t *testing.T, address string) *bantin.Contact {
	t.Helper()
	c, err := s.store.Contacts().Get(t.Context(), address)
	if err != nil {
		return nil
	}
	return &c
}

// TestSignUp goes the whole way: form, mail, button.
func TestSignUp(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	wantAll(t, s.get(t, "/", 200), `href="/subscribe"`)
	wantAll(t, s.get(t, "/subscribe", 200), "<h1>Nhận bản tin qua thư</h1>", `name="email"`, "Thư tới: ", `method="post"`)
	wantAll(t, s.get(t, "/subscribe?lang=en&place=son-la", 200), "<h1>Get bulletins by mail</h1>", `value="son-la" selected`)
	res, _ := s.post(t, "/subscribe", signUpForm("Lan.PhuTho@example.org"))
	if res.StatusCode != 303 || res.Header.Get("Location") != "/subscribe?sent=1" || len(res.Cookies()) > 0 {
		t.Fatalf("POST = %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	wantAll(t, s.get(t, "/subscribe?sent=1", 200), "Còn một bước nữa")
	if s.known(t, "lan.phutho@example.org") != nil {
		t.Fatal("a sign-up that waits for its confirmation made a contact")
	}
	sent := s.mails(t)
	if len(sent) != 1 || sent[0].to != "<Lan.PhuTho@example.org>" {
		t.Fatalf("mails: %+v", sent)
	}
	wantAll(t, sent[0].text, "Còn một bước nữa", "Bản tin khuyến học trong tuần", "không xin nhận")
	if strings.Contains(sent[0].text+sent[0].html+sent[0].subject, "Lan") {
		t.Error("the mail says what a stranger may have typed")
	}
	link := linkIn(t, sent[0], "confirm")
	for range 2 { // a scanner follows every link
		page := s.get(t, link, 200)
		wantAll(t, page, "<button", "Bản tin khuyến học trong tuần", `content="noindex"`)
		if strings.Count(page, "<button") != 1 || strings.Contains(page, "<a ") || strings.Contains(page, "<input") {
			t.Errorf("there is more than one button on the page:\n%s", page)
		}
	}
	s.do(t, http.MethodHead, link, "")
	if s.known(t, "lan.phutho@example.org") != nil {
		t.Fatal("a GET confirmed")
	}
	res, page := s.post(t, link, nil)
	wantAll(t, page, "Xong, bạn đã đăng ký", "/preferences/")
	checkSecret(t, res)
	c := s.known(t, "lan.phutho@example.org")
	if c == nil || c.Email != "Lan.PhuTho@example.org" || c.Name != "Nguyễn Thị Lan" || c.Place != "phu-tho" || c.Level != "province" || c.Origin != bantin.OriginSignUp ||
		!slices.Equal(c.Reads, []string{"phu-tho", "son-la"}) || len(c.Subscriptions) != 1 || c.Subscriptions[0].Status != bantin.SubscriptionActive {
		t.Fatalf("contact %+v", c)
	}
	// Confirming twice is harmless, also after she left.
	if err := s.store.Contacts().Unsubscribe(t.Context(), c.Key, "hang-tuan", time.Now()); err != nil {
		t.Fatal(err)
	}
	if res, page := s.post(t, link, nil); res.StatusCode != 200 || !strings.Contains(page, "Xong") {
		t.Errorf("confirming again: %d", res.StatusCode)
	}
	wantAll(t, s.get(t, link, 200), "Xong, bạn đã đăng ký")
	if c := s.known(t, "lan.phutho@example.org"); c.Subscriptions[0].Status != bantin.SubscriptionUnsubscribed {
		t.Error("a link that was used brought her back")
	}
}

// checkSecret looks at the headers of a page that one person was sent.
func checkSecret(t *testing.T, res *http.Response) {
	t.Helper()
	h := res.Header
	if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") {
		t.Errorf("headers of a secret page: %v", h)
	}
}

// An office contact who signs up keeps what she did not say, and no import
// changes what she said.
func TestSignUpOfSomebodyKnown(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	s.contact(t, "hang-tuan") // mai@sonla.example.org, of Sơn La
	res, known := s.post(t, "/subscribe", url.Values{"email": {"mai@sonla.example.org"}, "place": {"phu-tho"}, "digest": {"hang-tuan"}, "language": {"en"}})
	res2, unknown := s.post(t, "/subscribe", url.Values{"email": {"khong@sonla.example.org"}, "place": {"phu-tho"}, "digest": {"hang-tuan"}, "language": {"en"}})
	if res.StatusCode != res2.StatusCode || res.Header.Get("Location") != res2.Header.Get("Location") || known != unknown {
		t.Error("the answer tells who is known")
	}
	sent := s.mails(t)
	s.checkMail(t)
	if len(sent) != 2 || sent[0].subject != "One step is left: confirm your subscription" {
		t.Fatalf("mails: %+v", sent)
	}
	for _, l := range sent {
		if strings.Contains(l.to, "mai@") {
			s.post(t, linkIn(t, l, "confirm"), nil)
		}
	}
	list := []bantin.Contact{{Email: "mai@sonla.example.org", Place: "ha-noi", Name: "Lò Thị Mai", Language: "vi"}}
	if _, err := s.store.Imports().Apply(t.Context(), list, bantin.OriginImport, []byte("x"), false); err != nil {
		t.Fatal(err)
	}
	if c := s.known(t, "mai@sonla.example.org"); c.Place != "phu-tho" || c.Language != "en" || c.Name != "Lò Thị Mai" || c.Level != bantin.LevelProvince || c.Origin != bantin.OriginOffice {
		t.Errorf("contact %+v", c)
	}
}

// The form says nothing for her: who leaves it as it is keeps the level that
// the office knows.
func TestSignUpKeepsTheLevel(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	s.contact(t, "hang-tuan") // at the level of a province
	form := url.Values{"email": {"mai@sonla.example.org"}}
	checked := regexp.MustCompile(`name="(\w+)" (?:id="[\w-]+" )?value="([\w-]+)" checked`)
	for _, field := range checked.FindAllStringSubmatch(s.get(t, "/subscribe", 200), -1) {
		form.Add(field[1], field[2])
	}
	if form.Get("digest") != "hang-tuan" || form.Get("language") != "vi" {
		t.Fatalf("the form: %v", form)
	}
	s.post(t, "/subscribe", form)
	s.post(t, linkIn(t, s.mails(t)[0], "confirm"), nil)
	if c := s.known(t, "mai@sonla.example.org"); c.Level != bantin.LevelProvince || len(c.Subscriptions) != 1 {
		t.Errorf("contact %+v", c)
	}
	form.Set("email", "moi@example.org")
	s.post(t, "/subscribe", form)
	for _, l := range s.mails(t) {
		if strings.Contains(l.to, "moi@") {
			s.post(t, linkIn(t, l, "confirm"), nil)
		}
	}
	if c := s.known(t, "moi@example.org"); c == nil || c.Level != "" {
		t.Errorf("contact %+v", c)
	}
}

func TestSignUpForms(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	with := func(field, value string) url.Values {
		f := signUpForm("lan@example.org")
		f.Set(field, value)
		return f
	}
	tests := []struct {
		name   string
		form   url.Values
		status int
		want   string
	}{
		{"no @", with("email", "lan"), 422, "không đúng"},
		{"nothing behind @", with("email", "lan@"), 422, "Thiếu phần sau dấu @"},
		{"no address", with("email", " "), 422, "Chưa có địa chỉ"},
		{"a header", with("email", "lan@example.org\r\nBcc: x@example.org"), 422, "không đúng"},
		{"two addresses", with("email", "lan@example.org,mai@example.org"), 422, "không đúng"},
		{"a name before it", with("email", "Lan <lan@example.org>"), 422, "không đúng"},
		{"letters with marks", with("email", "lành@example.org"), 422, "không đúng"},
		{"longer than any", with("email", strings.Repeat("a", 65)+"@example.org"), 422, "không đúng"},
		{"an advertisement", with("name", "Mua hàng http://example.com"), 422, "không phải là tên"},
		{"a header in the name", with("name", "Lan\r\nBcc: x@example.org"), 422, "không phải là tên"},
		{"no digest", with("digest", "khong-co"), 422, "Chưa chọn bản tin nào"},
		{"an unknown place", with("place", "atlantis"), 303, ""},
		{"1 MB of a name", with("name", strings.Repeat("a", 1<<20)), 413, "quá dài"},
		{"no form", nil, 422, "Chưa có địa chỉ"},
	}
	for _, tt := range tests {
		res, body := s.post(t, "/subscribe", tt.form)
		if res.StatusCode != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d, want %d with %q", tt.name, res.StatusCode, tt.status, tt.want)
		}
		if tt.status == 422 && (!strings.Contains(body, `role="alert"`) || !strings.Contains(body, `href="#`)) {
			t.Errorf("%s: no list of problems", tt.name)
		}
	}
	wantAll(t, s.getForm(t, with("email", "lan@")), `value="lan@"`, `aria-invalid="true"`, `value="Nguyễn Thị Lan"`, `value="phu-tho" selected`)
	if res, _ := s.do(t, "POST", "/subscribe", "%zz=%"); res.StatusCode != 400 {
		t.Errorf("a form that is none: %d", res.StatusCode)
	}
	s.checkMail(t)
	if n := len(s.mails(t)); n != 1 { // the unknown place
		t.Errorf("%d mails", n)
	}
	trapped := with("email", "may@example.org")
	trapped.Set("website", "http://example.com")
	if res, _ := s.post(t, "/subscribe", trapped); res.StatusCode != 303 || len(s.mails(t)) != 1 {
		t.Errorf("a program's form: %d, %d mails", res.StatusCode, len(s.mails(t)))
	}
}

func (s *testSite) getForm(t *testing.T, form url.Values) string {
	t.Helper()
	_, body := s.post(t, "/subscribe", form)
	return body
}

// Another site may not post for a visitor, but for the one click.
func TestCrossSite(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Origin": {"https://evil.example.com"}}} {
		for path, want := range map[string]int{"/subscribe": 403, "/confirm/x": 403, "/preferences/" + s.contact(t, "hang-tuan"): 403, "/unsubscribe/" + s.contact(t, "hang-tuan"): 200} {
			req, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(signUpForm("lan@example.org").Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = header.Clone()
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("POST %s with %v = %d, want %d", path, header, res.StatusCode, want)
			}
		}
	}
	if n := len(s.mails(t)); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// Nobody is buried in mail: one mailbox gets three a day from however many
// networks and in however many spellings, and one network asks twenty times an
// hour. It holds over restarts, since the store counts.
func TestSignUpLimits(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	spellings := []string{"lan.thi@gmail.com", "lanthi@gmail.com", "LAN.THI+x@gmail.com", "l.a.n.t.h.i+1@gmail.com", "lanthi+2@gmail.com"}
	const asked = 10_000
	taken, refused := 0, 0
	for i := range asked {
		w := s.from(t, fmt.Sprintf("10.%d.%d.7", i/250%40, i%250), signUpForm(spellings[i%len(spellings)]))
		switch w {
		case 303:
			taken++
		case 429:
			refused++
		default:
			t.Fatalf("status %d", w)
		}
	}
	if n := len(s.mails(t)); n != maxPerMailbox || taken != asked {
		t.Errorf("%d sign-ups for one mailbox: %d mails, %d taken, %d refused", asked, n, taken, refused)
	}
	for i := range maxPerNetwork + 5 {
		want := 303
		if i >= maxPerNetwork {
			want = 429
		}
		ip := fmt.Sprintf("2001:db8:0:7::%x", i+1)
		if i%2 == 1 {
			ip = "2001:0db8:0000:0007:ffff::" + fmt.Sprint(i)
		}
		if got := s.from(t, ip, signUpForm(fmt.Sprintf("nguoi-%d@example.org", i))); got != want {
			t.Fatalf("sign-up %d of a network = %d, want %d", i+1, got, want)
		}
	}
	s.pass(25 * time.Hour)
	if got := s.from(t, "2001:db8:0:7::1", signUpForm("lanthi@gmail.com")); got != 303 || len(s.mails(t)) != maxPerMailbox+maxPerNetwork+1 {
		t.Errorf("a day later: %d, %d mails", got, len(s.mails(t)))
	}
}

// from posts a sign-up that came from an address through a proxy of ours.
func (s *testSite) from(t *testing.T, ip string, form url.Values) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.URL+"/subscribe", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", "198.51.100.1, "+ip) // what stands before it anybody may write
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// Tokens as mail programs hand them on, and those that are none.
func TestConfirmTokens(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	s.post(t, "/subscribe", signUpForm("lan@example.org"))
	token := strings.TrimPrefix(linkIn(t, s.mails(t)[0], "confirm"), "/confirm/")
	key := s.contactKey(t)
	other, err := s.tokens.LinkToken(mailer.PurposeAccount, key, s.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	never, err := s.tokens.LinkToken(mailer.PurposeConfirm, strings.Repeat("ab", 16), s.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		token  string
		status int
	}{
		"whole":        {token, 200},
		"line break":   {token[:20] + "%0D%0A" + token[20:], 200},
		"quoted":       {token[:20] + "=%0A" + token[20:], 200},
		"blank":        {"%20" + token[:30] + "%20" + token[30:], 200},
		"full stop":    {token + ".", 200},
		"bracket":      {token + "%3E", 200},
		"cut":          {token[:len(token)-3], 404},
		"cut short":    {token[:5], 404},
		"altered":      {altered(token), 404},
		"longer":       {token + "AAAA", 404},
		"huge":         {strings.Repeat("a", 20_000), 404},
		"of another":   {other, 404},
		"to leave":     {s.contact(t, "hang-tuan"), 404},
		"never asked":  {never, 410},
		"another case": {strings.ToUpper(token), 404},
	} {
		if res, _ := s.do(t, "GET", "/confirm/"+tt.token, ""); res.StatusCode != tt.status {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, tt.status)
		}
	}
	s.pass(confirmTTL)
	for _, method := range []string{"GET", "POST"} {
		res, body := s.do(t, method, "/confirm/"+token, "")
		if res.StatusCode != 410 || !strings.Contains(body, "đã hết hạn") || !strings.Contains(body, "/subscribe") {
			t.Errorf("%s after a week: %d", method, res.StatusCode)
		}
	}
	if s.known(t, "lan@example.org") != nil {
		t.Error("a link that is none confirmed")
	}
}

// contactKey adds mai@sonla.example.org and gives her key.
func (s *testSite) contactKey(t *testing.T) string {
	t.Helper()
	s.contact(t, "hang-tuan")
	return s.known(t, "mai@sonla.example.org").Key
}

// checkMail holds all that was mailed against what receivers demand.
func (s *testSite) checkMail(t *testing.T) {
	t.Helper()
	t.Run("mailcheck", func(t *testing.T) {
		tool := testneed.Shared(t, "tools/mailcheck")
		for _, l := range s.mails(t) {
			out, err := exec.CommandContext(t.Context(), tool, "--skip", "list-unsubscribe,list-id,unsubscribe-visible", l.file).CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", l.subject, err, out)
			}
		}
	})
}
