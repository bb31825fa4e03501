package web

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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

// noticeSender sends notices into a folder.
func (s *testSite) noticeSender(t *testing.T) *delivery.NoticeSender {
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
type mailFile struct{ to, subject, id, text, html, file string }

// mails sends what waits and gives all that was sent so far, by address and
// time.
func (s *testSite) mails(t *testing.T) []mailFile {
	t.Helper()
	if _, err := s.noticeSender(t).SendDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(s.outbox, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	var list []mailFile
	for _, file := range files {
		list = append(list, readMail(t, file))
	}
	return list
}

func readMail(t *testing.T, file string) mailFile {
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
	return mailFile{m.Header.Get("To"), subject, m.Header.Get("Message-ID"), text, html, file}
}

// linkIn finds the path of a link in a mail; it stands in both parts.
func linkIn(t *testing.T, l mailFile, page string) string {
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
	// Confirming twice is harmless, also after the contact left.
	if err := s.store.Contacts().Unsubscribe(t.Context(), c.Key, "hang-tuan", time.Now()); err != nil {
		t.Fatal(err)
	}
	if res, page := s.post(t, link, nil); res.StatusCode != 200 || !strings.Contains(page, "Xong") {
		t.Errorf("confirming again: %d", res.StatusCode)
	}
	wantAll(t, s.get(t, link, 200), "Xong, bạn đã đăng ký")
	if c := s.known(t, "lan.phutho@example.org"); c.Subscriptions[0].Status != bantin.SubscriptionUnsubscribed {
		t.Error("a used link resubscribed the contact")
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

// An office contact who signs up keeps fields that they left out, and no import
// changes what they said.
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
	if len(sent) != 2 || sent[0].subject != "One step left: confirm your subscription" {
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

// The form has no default level: who leaves it as it is keeps the level that
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
