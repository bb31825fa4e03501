//go:build unix

package office

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jba/templatecheck"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/publish/collect"
	"bantin/publish/delivery"
	"bantin/publish/edition"
	"bantin/store"
)

func TestMain(m *testing.M) { os.Exit(officetest.Main(m)) }

// lan is who may sign in.
const lan = "Lan@example.org"

// testOffice is the pages over a real store, with who mails.
type testOffice struct {
	*officetest.Office
	server  *httptest.Server
	options Options
	log     *strings.Builder
	outbox  string
	editor  *edition.Editor
	tests   []string // addresses that a test was sent to

	collected error // of reading a source now
}

func newTestOffice(t testing.TB) *testOffice {
	t.Helper()
	o := &testOffice{Office: officetest.NewOn(t, ""), log: new(strings.Builder), outbox: t.TempDir()}
	o.Site.URL = "http://127.0.0.1"
	o.editor = &edition.Editor{DB: o.DB, Log: o.Log(), Site: o.Site, Atlas: o.Atlas}
	o.options = Options{
		Site: o.Site, Store: o.DB, Templates: o.Templates(), Tokens: o.Tokens, People: []string{lan, "hoa@example.org"},
		Digests: []Digest{{ID: o.Digest.ID, Title: o.Digest.Title, Zone: o.Site.Location, Audience: func() store.Audience { return o.editor.Audience(o.Digest, o.Now()) }}},
		Sources: []Source{{ID: "van-phong", Kind: "folder", Where: "/srv/tin"}},
		Atlas:   o.Atlas, Settings: func() Settings {
			return Settings{File: "/etc/bantin.yaml", IsChanged: true, Changes: []bantin.Words{{VI: "Nguồn cu <không> còn nữa", EN: "Source cu goes"}}, Lines: []SettingLine{{Number: 1, Text: "site: {title: <Hội>}"},
				{Number: 2, Text: "sites: []", Problems: []SettingProblem{{bantin.Words{VI: "khóa lạ", EN: "unknown key"}, bantin.Words{VI: "có phải site?", EN: "did you mean site?"}}}}}}
		},
		Renew: (&collect.Collector{DB: o.DB, Log: o.Log(), Now: o.Now, Atlas: o.Atlas}).Renew,
		Log:   slog.New(slog.NewTextHandler(o.log, nil)), Now: o.Now,
		Collect: func(context.Context, string) error { return o.collected },
		Import:  o.importList, AddBulletin: o.addBulletin, Dir: t.TempDir(),
	}
	o.compose()
	o.server = httptest.NewServer(New(o.options))
	t.Cleanup(o.server.Close)
	return o
}

// browser is somebody's browser: it keeps cookies and follows nothing.
type browser struct {
	o      *testOffice
	cookie *http.Cookie
}

func (b *browser) ask(method, path string, form url.Values, header ...string) (*http.Response, string) {
	t := b.o.T
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.o.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.send(req, header...)
}

// send asks with the cookie, and keeps what it is given.
func (b *browser) send(req *http.Request, header ...string) (*http.Response, string) {
	t := b.o.T
	t.Helper()
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if b.cookie != nil {
		req.AddCookie(b.cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		b.cookie = c
	}
	return res, string(body)
}

func (b *browser) get(path string, status int) string {
	b.o.T.Helper()
	res, body := b.ask(http.MethodGet, path, nil)
	if res.StatusCode != status {
		b.o.T.Fatalf("GET %s: %d, want %d\n%s\n%s", path, res.StatusCode, status, body, b.o.log)
	}
	return body
}

func (b *browser) post(path string, form url.Values, status int) string {
	b.o.T.Helper()
	res, body := b.ask(http.MethodPost, path, form)
	if res.StatusCode != status {
		b.o.T.Fatalf("POST %s: %d, want %d\n%s\n%s", path, res.StatusCode, status, body, b.o.log)
	}
	return body
}

func (b *browser) wants(path string, parts ...string) string {
	b.o.T.Helper()
	body := b.get(path, http.StatusOK)
	for _, p := range parts {
		if !strings.Contains(body, p) {
			b.o.T.Errorf("%s has no %q:\n%s", path, p, body)
		}
	}
	return body
}

// mails sends the notices that wait, and gives the messages.
func (o *testOffice) mails() []string {
	t := o.T
	t.Helper()
	set := o.Templates()
	s := &delivery.NoticeSender{DB: o.DB, Log: o.Log(), Site: o.Site, Tokens: o.Tokens, Sender: o.Sender(), Transport: mailer.NewOutbox(o.outbox), Node: "n", Now: o.Now,
		Render: func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(set, m) }}
	if _, err := s.SendDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(o.outbox)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range files {
		data, err := os.ReadFile(o.outbox + "/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(data))
	}
	return list
}

// signedIn is a browser of somebody who signed in by a printed link.
func (o *testOffice) signedIn(who string) *browser {
	t := o.T
	t.Helper()
	nonce, expires := NewNonce(), o.Now().Add(LinkTTL)
	if err := o.DB.Office().NewLink(t.Context(), who, nonce, expires, "root"); err != nil {
		t.Fatal(err)
	}
	token, err := o.Tokens.LinkToken(mailer.PurposeSignIn, nonce, expires)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{o: o}
	b.post("/office/sign-in/"+token, url.Values{}, http.StatusSeeOther)
	return b
}

func TestTemplatesFitTheirStructs(t *testing.T) {
	o := newTestOffice(t)
	structs := map[string]any{"message": &messagePage{}, "sign_in": &signInPage{}, "today": &todayPage{},
		"editions": &editionsPage{}, "edition": &editionPage{}, "sent_message": &sentMessagePage{}, "bulletins": &bulletinsPage{}, "bulletin": &bulletinPage{},
		"contacts": &contactsPage{}, "contact": &contactPage{}, "requests": &requestsPage{}, "import": &importPage{}, "digest": &digestPage{}, "new_bulletin": &newBulletinPage{}, "returns": &returnsPage{}, "calendar": &calendarPage{}, "sources": &sourcesPage{}, "statistics": &statisticsPage{}, "settings": &settingsPage{}}
	for _, name := range o.options.Templates.OfficePages() {
		if structs[name] == nil {
			t.Errorf("no struct for office/%s.html", name)
		} else if err := templatecheck.CheckHTML(o.options.Templates.Office(name), structs[name]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The whole way by mail: the answer is the same for everybody, a link works once, and
// opening it changes nothing.
func TestSignInByMail(t *testing.T) {
	o := newTestOffice(t)
	b := &browser{o: o}
	if res, _ := b.ask(http.MethodGet, "/office", nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/office/sign-in" {
		t.Errorf("not signed in: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	b.wants("/office/sign-in", "Đăng nhập", `name="email"`)
	b.post("/office/sign-in", url.Values{"email": {"lan"}}, http.StatusUnprocessableEntity)
	var headers []http.Header
	for _, who := range []string{"la@example.org", "lan@EXAMPLE.org"} {
		res, body := b.ask(http.MethodPost, "/office/sign-in", url.Values{"email": {who}})
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/office/sign-in?sent=1" || body != "" {
			t.Errorf("%s: %d to %s %q", who, res.StatusCode, res.Header.Get("Location"), body)
		}
		res.Header.Del("Date")
		headers = append(headers, res.Header)
	}
	if diff := cmp.Diff(headers[0], headers[1]); diff != "" {
		t.Errorf("the answer tells who is listed (-stranger +listed)\n%s", diff)
	}
	b.wants("/office/sign-in?sent=1", "Hãy mở hộp thư")
	mails := o.mails()
	if len(mails) != 1 || !strings.Contains(mails[0], "To: <"+lan+">") {
		t.Fatalf("%d mails: %s", len(mails), mails)
	}
	link := regexp.MustCompile(`http://127\.0\.0\.1(/office/sign-in/\S+)`).FindStringSubmatch(officetest.PlainPart(t, []byte(mails[0])))[1]
	for range 2 {
		res, body := b.ask(http.MethodGet, link, nil)
		if res.StatusCode != 200 || res.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(body, `method="post"`) {
			t.Errorf("the link: %d %v %s", res.StatusCode, res.Header, body)
		}
	}
	res, _ := b.ask(http.MethodPost, link, url.Values{})
	c := b.cookie
	if res.StatusCode != http.StatusSeeOther || c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.MaxAge != 14*24*60*60 {
		t.Fatalf("%d, %+v", res.StatusCode, c)
	}
	res, body := b.ask(http.MethodGet, "/office", nil)
	if res.StatusCode != 200 || !strings.Contains(body, "lan@example.org") || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "script-src 'self'") {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, body)
	}
	other := &browser{o: o}
	if body := other.post(link, url.Values{}, http.StatusNotFound); !strings.Contains(body, "Liên kết không dùng được") {
		t.Errorf("a second time: %s", body)
	}
	other.get("/office/sign-in/x", http.StatusNotFound)
	b.wants("/office?lang=en", `<html lang="en">`)
	b.wants("/office", `<html lang="en">`) // it lasts for the session
	b.post("/office/sign-out", url.Values{}, http.StatusSeeOther)
	b.cookie = c
	b.get("/office", http.StatusSeeOther)
}

// Who asks for a link gets the same bytes, whether they are listed or not, until and beyond
// each limit. What the database is asked for is in TestStrangersCostTheSame of the store, and
// the mail is made by another process, later.
func TestSignInTellsNothing(t *testing.T) {
	o := newTestOffice(t)
	o.SetClock(o.Now().In(o.Site.Location).Format("02/01/2006 15") + ":30") // limits count by the hour, and it is not to end meanwhile
	o.signedIn("hoa@example.org")                                           // has used a printed link
	nonce := NewNonce()
	if err := o.DB.Office().NewLink(t.Context(), lan, nonce, o.Now().Add(LinkTTL), "root"); err != nil { // has one that is open
		t.Fatal(err)
	}
	// Each person asks from a network of their own.
	o.options.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	o.server.Config.Handler = New(o.options)
	ask := func(address string, network int, header ...string) string {
		header = append(header, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", network))
		res, body := (&browser{o: o}).ask(http.MethodPost, "/office/sign-in", url.Values{"email": {address}}, header...)
		res.Header.Del("Date")
		return fmt.Sprintln(res.StatusCode, res.Header, res.ContentLength, body)
	}
	same := func(when string, network func(person int) int, header ...string) {
		t.Helper()
		answers := map[string][]string{}
		for i, who := range []string{lan, "hoa@example.org", "ai@example.org"} {
			answer := ask(who, network(i), header...)
			answers[answer] = append(answers[answer], who)
		}
		if len(answers) != 1 {
			t.Errorf("%s with %q: %q", when, header, answers)
		}
	}
	for _, header := range [][]string{nil, {"Accept", "application/json"}, {"Authorization", "Bearer x"}} {
		for n := range maxPerAddress + 1 {
			same(fmt.Sprint("time ", n+1), func(person int) int { return person }, header...)
		}
	}
	for n := range maxPerNetwork {
		ask(fmt.Sprintf("ai%d@example.org", n), 9)
	}
	same("beyond the limit of a network", func(int) int { return 9 })
	if got := ask(lan, 9); !strings.HasPrefix(got, "429 ") {
		t.Errorf("beyond the limit of a network: %s", got)
	}
	if n := len(o.mails()); n != 2*maxPerAddress {
		t.Errorf("%d mails, want %d to each of two people", n, maxPerAddress)
	}
}

// Who may do what: programs without a session are told so, forms of other sites and of
// nobody are refused, and removal from the list ends all.
func TestRights(t *testing.T) {
	o := newTestOffice(t)
	nobody, b := &browser{o: o}, o.signedIn(lan)
	if res, body := nobody.ask(http.MethodGet, "/office", nil, "Accept", "application/json"); res.StatusCode != 401 || !strings.HasPrefix(body, `{"error":`) {
		t.Errorf("a program without a session: %d %s", res.StatusCode, body)
	}
	nobody.post("/office/sign-out", url.Values{}, http.StatusForbidden)
	if res, _ := b.ask(http.MethodPost, "/office/sign-out", url.Values{}, "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %d", res.StatusCode)
	}
	b.get("/office/khong-co", http.StatusNotFound)
	b.get("/office/static/office.css", http.StatusOK)
	if res, body := b.ask(http.MethodGet, "/office", nil, "Accept", "application/json"); res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("a program: %d %s", res.StatusCode, body)
	}
	o.options.People = []string{"hoa@example.org"}
	o.server.Config.Handler = New(o.options)
	b.get("/office", http.StatusSeeOther)
	for n := range maxPerNetwork {
		nobody.post("/office/sign-in", url.Values{"email": {fmt.Sprintf("x%d@example.org", n)}}, http.StatusSeeOther)
	}
	nobody.post("/office/sign-in", url.Values{"email": {"y@example.org"}}, http.StatusTooManyRequests)
}

// A session says over https alone who somebody is.
func TestCookieIsSecure(t *testing.T) {
	o := newTestOffice(t)
	for address, want := range map[string]bool{"https://bantin.example.org": true, "http://bantin.example.org": true, "http://localhost:8080": false, "http://[::1]:8080": false} {
		o.Site.URL = address
		w := httptest.NewRecorder()
		(&office{Options: o.options}).setCookie(w, "x")
		if c := w.Result().Cookies()[0]; c.Secure != want || c.Path != "/office" {
			t.Errorf("%s: %+v", address, c)
		}
	}
}

// Today shows what needs a person before all else.
func TestToday(t *testing.T) {
	o := newTestOffice(t)
	b := o.signedIn(lan)
	b.wants("/office", "chưa có kỳ nào được gửi", "gửi bằng tay, không theo lịch")
	o.options.Digests[0].Next = func(context.Context) time.Time { return o.Now().Add(73 * time.Hour) }
	o.server.Config.Handler = New(o.options)
	b.wants("/office", "Bản tin khuyến học trong tuần</b>", "(sau 3 ngày)")
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(3)
	e, err := o.editor.Make(t.Context(), o.Digest, o.Now().Truncate(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	b.wants("/office", "Không có việc gì cần bạn", e.Title+", số 1", "đang gửi", "<b>3</b> còn chờ", "<b>+3</b> mới")
	if _, err := o.DB.Bulletins().Hold(t.Context(), "a", "thiếu <ngày>"); err != nil {
		t.Fatal(err)
	}
	trouble := bantin.Trouble{ID: store.NewTroubleID(), Kind: bantin.TroubleSource, Object: "van-phong", Since: o.Now(),
		Subject: bantin.Words{VI: "Không đọc được nguồn", EN: "A source cannot be read"}, What: bantin.Words{VI: "Mất mạng.", EN: "The network is down."}, Hint: bantin.Words{VI: "Hãy gọi.", EN: "Call somebody."}}
	if err := o.DB.Troubles().Begin(t.Context(), trouble); err != nil {
		t.Fatal(err)
	}
	if err := o.DB.Editions().Hold(t.Context(), e.Row, bantin.Hold{Reason: bantin.HeldRefused, Detail: bantin.HoldDetail{Refused: 9, Outcomes: 12, Reply: "550 <b>no</b>"}}); err != nil {
		t.Fatal(err)
	}
	b.wants("/office", "3 việc cần bạn", "số 1 bị giữ lại", "từ chối hẳn 9 trong 12 thư", "550 &lt;b&gt;", `Không đọc được nguồn</b> Mất mạng. Hãy gọi. <a href="/office/sources">Xem nguồn</a>`, `thiếu &lt;ngày&gt; <a href="/office/bulletins/a">Xem và quyết định</a>`)
	b.wants("/office?lang=en", "3 things need you", "A source cannot be read", "is held", `<a href="/office/sources">Look at the sources</a>`)

	o.options.Digests[0].Times = func(after, _ time.Time) []time.Time { return []time.Time{after.AddDate(0, 0, 7)} }
	o.server.Config.Handler = New(o.options)
	b.post("/office/editions/"+e.ID+"/cancel", url.Values{}, http.StatusSeeOther)
	var printed printedToday
	_, body := b.ask(http.MethodGet, "/office", nil, "Accept", "application/json")
	if err := json.Unmarshal([]byte(body), &printed); err != nil || len(printed.Editions) != 1 || len(printed.Schedules) != 1 || printed.Schedules[0].ID != "hang-tuan" || len(printed.Schedules[0].Times) != 1 {
		t.Errorf("%v: %s", err, body)
	}
	if last := printed.Audit[len(printed.Audit)-1]; last.What != bantin.ActionCancel || last.Who != "lan@example.org" || last.Object != e.ID {
		t.Errorf("the audit log ends with %+v", last)
	}
}

// Today says of an edition in each of its states what is the case, in both languages.
func TestTodayInEachState(t *testing.T) {
	for status, says := range map[bantin.EditionStatus]struct {
		needs  bool
		vi, en []string
		not    []string
	}{
		bantin.EditionDraft:     {true, []string{"số 1 chờ duyệt", "là bản thảo, chờ duyệt"}, []string{"no. 1 waits for approval", "a draft that waits"}, []string{"</b> đã gửi", "</b> sent", "<b>Đã gửi", "<b>Sent"}},
		bantin.EditionScheduled: {false, []string{"Không có việc gì cần bạn", "kỳ đặc biệt", "(sau 3 ngày)", "đã hẹn giờ"}, []string{"Nothing needs you", "special edition", "(in 3 days)", "scheduled"}, []string{"đã gửi", "Đã gửi", "Sent"}},
		bantin.EditionOpen:      {false, []string{"số 1 đang chờ gửi", "<b>3</b> còn chờ"}, []string{"no. 1 is waiting to be sent", "<b>3</b> waiting"}, []string{"<b>Đã gửi", "<b>Sent"}},
		bantin.EditionSending:   {false, []string{"số 1 đang gửi", "<b>3</b> còn chờ"}, []string{"no. 1 is being sent"}, []string{"<b>Đã gửi", "<b>Sent"}},
		bantin.EditionPaused:    {true, []string{"số 1 đang tạm dừng</b> Còn 3\u00a0thư chưa gửi.", "Xem và cho gửi tiếp"}, []string{"no. 1 is paused</b> 3\u00a0messages left.", "Look and let it go on"}, []string{"<b>Đã gửi", "<b>Sent"}},
		bantin.EditionHeld:      {true, []string{"số 1 bị giữ lại", "Xem và quyết định"}, []string{"no. 1 is held", "Look and decide"}, []string{"<b>Đã gửi", "<b>Sent"}},
		bantin.EditionCancelled: {false, []string{"số 1 đã hủy"}, []string{"no. 1 is cancelled"}, []string{"<b>Đã gửi", "<b>Sent"}},
		bantin.EditionDone:      {false, []string{"số 1 đã gửi xong", "<b>3</b> đã gửi"}, []string{"no. 1 is sent", "<b>3</b> sent"}, []string{"còn chờ", "waiting"}},
	} {
		t.Run(string(status), func(t *testing.T) {
			o := newTestOffice(t)
			o.editionIn(status)
			b := o.signedIn(lan)
			for l, want := range map[bantin.Language][]string{"vi": says.vi, "en": says.en} {
				body := b.wants(inLanguage("/office", l), want...)
				if main := body[strings.Index(body, "<main"):]; slices.ContainsFunc(says.not, func(part string) bool { return strings.Contains(main, part) }) {
					t.Errorf("%s says one of %q: %s", l, says.not, main)
				}
				if strings.Contains(body, `class="todo`) != says.needs {
					t.Errorf("in %s a person is needed: %v", l, !says.needs)
				}
			}
		})
	}
}

// editionIn makes an edition to three contacts that is in a state.
func (o *testOffice) editionIn(status bantin.EditionStatus) {
	t := o.T
	t.Helper()
	if status == bantin.EditionDone {
		e := o.edition(3)
		o.deliver(&e, smtptest.Start(t, nil))
		return
	}
	o.AddContacts(3)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	digest := &o.editor.Digests[0].Digest
	var e bantin.Edition
	var err error
	switch status {
	case bantin.EditionScheduled:
		_, err = o.options.Digests[0].Composing.Special(t.Context(), o.Now().Add(73*time.Hour), bantin.Composition{Pin: []string{"a"}})
		if err != nil {
			t.Fatal(err)
		}
		return
	case bantin.EditionDraft:
		o.wantsApproval()
	case bantin.EditionOpen:
		later := o.Now().In(o.Site.Location).Add(2 * time.Hour)
		digest.Between = later.Format("15:04-") + later.Add(time.Hour).Format("15:04")
	}
	if e, err = o.editor.Make(t.Context(), digest, o.Now().Truncate(time.Second)); err != nil {
		t.Fatal(err)
	}
	switch status {
	case bantin.EditionPaused:
		_, err = o.DB.Editions().Pause(t.Context(), e.ID)
	case bantin.EditionHeld:
		err = o.DB.Editions().Hold(t.Context(), e.Row, bantin.Hold{Reason: bantin.HeldRefused, Detail: bantin.HoldDetail{Refused: 9, Outcomes: 12}})
	case bantin.EditionCancelled:
		_, err = o.DB.Editions().Cancel(t.Context(), e.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
}
