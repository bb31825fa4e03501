//go:build unix

package office

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/publish/delivery"
	"bantin/publish/returns"
	"bantin/store"
)

// deliver sends an edition through a server.
func (o *testOffice) deliver(e *bantin.Edition, server *smtptest.Server) {
	t := o.T
	t.Helper()
	set := o.Templates()
	back := &returns.Returns{DB: o.DB, Log: o.Log(), Tokens: o.Tokens, Now: o.Now}
	d := &delivery.Deliverer{
		DB: o.DB, Log: o.Log(), Freeze: o.editor.Freeze, Refused: back.Refused, Tokens: o.Tokens, Connections: 2,
		Retry: []time.Duration{time.Minute}, Node: o.Node(), Transport: o.SMTP(server.Port()), Zone: o.Zone, Now: o.Now,
		Composer: &delivery.Composer{Site: o.Site, Atlas: o.Atlas, Sender: o.Sender(), Render: func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
			return mailer.RenderDigest(set, subject, m)
		}},
	}
	if err := d.Run(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// edition makes an edition to n contacts.
func (o *testOffice) edition(n int) bantin.Edition {
	t := o.T
	t.Helper()
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	o.AddContacts(n)
	e, err := o.editor.Make(t.Context(), o.Digest, o.Now().Truncate(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sentEdition is an edition that was sent to thirty people: one was refused, and one
// message came back.
func (o *testOffice) sentEdition() bantin.Edition {
	t := o.T
	t.Helper()
	e := o.edition(30)
	server := smtptest.Start(t, func(stage smtptest.Stage, line string) smtptest.Answer {
		if stage == smtptest.Rcpt && strings.Contains(line, "c7@") {
			return smtptest.Answer{Reply: "550 5.1.1 <c7@example.org> User <b>unknown</b>"}
		}
		return smtptest.Answer{}
	})
	o.deliver(&e, server)
	c, err := o.DB.Contacts().Get(t.Context(), "c8@example.org")
	if err != nil {
		t.Fatal(err)
	}
	r := store.Return{Message: "m", At: o.Now(), Contact: c.Key, Edition: e.Row, Address: c.Email, Kind: "soft", Reason: "mailbox-full", Proof: "verp", Done: store.DoneNoted}
	if _, err := o.DB.Returns().Store(t.Context(), r, store.ReturnAction{}); err != nil {
		t.Fatal(err)
	}
	return e
}

// What the office announces of a correction waits for the next edition, in one line.
func TestAnnouncedCorrection(t *testing.T) {
	o := newTestOffice(t)
	o.edition(1)
	o.signedIn(lan).post("/office/bulletins/a/correct", url.Values{"announce": {" Có 330 suất  học bổng,\r\nkhông phải 320. "}}, http.StatusSeeOther)
	got, err := o.DB.Digests().Corrections(t.Context(), o.Digest.ID)
	if want := []bantin.Correction{{Bulletin: "a", Title: "Phú Thọ tổng kết", Text: "Có 330 suất học bổng, không phải 320."}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("the next edition says %+v, %v", got, err)
	}
}

// An edition's page says what became of it, why, and what each got, with stand-ins for
// what would leave the digest in their name.
func TestEdition(t *testing.T) {
	o := newTestOffice(t)
	e := o.sentEdition()
	b, path := o.signedIn(lan), "/office/editions/"+e.ID
	page := b.wants(path, "Đã gửi xong; 2\u00a0thư không tới nơi", "<b>28</b> đã gửi", "<b>2</b> bị từ chối hoặc trả lại", "không có người này", "hộp thư đầy", "User &lt;b&gt;unknown",
		"example.org", `<path class="ln"`, `<path class="ln bad"`, "Phú Thọ tổng kết", "Gửi lại các thư hỏng")
	if strings.Contains(page, "Tạm dừng</button>") || strings.Contains(page, "<script") {
		t.Error("a settled edition can be paused, or renews itself")
	}
	b.wants(path+"?lang=en", "All done; 2\u00a0messages did not arrive", "no such user", "Half of it went within")
	if list := b.wants(path+"?status=failed&lang=vi", "c7@example.org", "không gửi được"); strings.Contains(list, "xem\u00a0thư") || strings.Contains(list, "c3@") {
		t.Error("there is a message that was never handed over, or one of another status is listed")
	}
	b.wants(path+"?status=sent", "c3@example.org", "xem\u00a0thư")
	b.wants(path+"?q=ai@example.org", "không có thư tới địa chỉ ấy")
	b.wants(path+"?q=C3@example.org", "c3@example.org", "message?contact=c3%40example.org")
	b.get(path+"?after=x", http.StatusNotFound)
	b.get("/office/editions/hang-tuan-99", http.StatusNotFound)

	b.wants(path+"/message?contact=c3@example.org", `sandbox=""`, "c3@example.org", "Bản tin khuyến học trong tuần – số 1")
	text := b.wants(path+"/message?contact=c3@example.org&view=text", "/unsubscribe/"+mailer.TokenPlaceholder[:20])
	res, html := b.ask(http.MethodGet, path+"/message/html?contact=c3@example.org", nil)
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "frame-ancestors 'self'") {
		t.Errorf("policy of the frame: %s", csp)
	}
	contact, err := o.DB.Contacts().Get(t.Context(), "c3@example.org")
	if err != nil {
		t.Fatal(err)
	}
	token, err := o.Tokens.UnsubscribeToken(contact.Key, e.Digest)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text+html, token) || !strings.Contains(html, "Phú Thọ tổng kết") {
		t.Error("a page of the office has a contact's own token, or no message")
	}
	if body := b.get(path+"/message?contact=c7@example.org", http.StatusNotFound); !strings.Contains(body, "Thư này chưa được gửi") {
		t.Errorf("of a refused message: %s", body)
	}

	_, body := b.ask(http.MethodGet, path, nil, "Accept", "application/json")
	var shown bantin.Edition
	if err := json.Unmarshal([]byte(body), &shown); err != nil || shown.ID != e.ID || shown.Counts.Sent != 29 || shown.Returned != 1 {
		t.Errorf("%v: %s", err, body)
	}
	b.wants("/office/editions", "số 1", "Lọc")
	b.wants("/office/editions?digest=khac", "Chưa có kỳ nào")
}

// What a form asks for is done once, by who is signed in, and written down.
func TestSteer(t *testing.T) {
	o := newTestOffice(t)
	e := o.edition(3)
	b, path := o.signedIn(lan), "/office/editions/"+e.ID
	page := b.wants(path, "Đang gửi, còn 3 trong 3\u00a0thư", `data-stream="`+path+`/events"`, "<noscript>")
	key := regexp.MustCompile(`/pause" method="post"><input type="hidden" name="form" value="([0-9a-f]{32})"`).FindStringSubmatch(page)[1]
	form := url.Values{"form": {key}}
	for range 2 {
		b.post(path+"/pause", form, http.StatusSeeOther)
	}
	b.wants(path+"?done=pause", "Đã tạm dừng", "Gửi tiếp", "Đang tạm dừng, còn 3\u00a0thư chưa gửi", "lan@example.org, tạm dừng")
	b.post(path+"/resume", url.Values{"form": {"r"}}, http.StatusSeeOther)
	b.post(path+"/pause", form, http.StatusSeeOther) // the page of before, once more
	if s := o.status(e.ID); s != bantin.EditionSending {
		t.Errorf("an old form paused it again: %s", s)
	}
	b.post(path+"/resend", url.Values{"contact": {"c1@example.org"}}, http.StatusConflict)
	b.post(path+"/resend", url.Values{"contact": {"ai@example.org"}}, http.StatusNotFound)
	b.post(path+"/retry", url.Values{}, http.StatusConflict)
	b.post(path+"/cancel", url.Values{"form": {"c"}}, http.StatusSeeOther)
	body := b.post(path+"/pause", url.Values{"form": {"p"}}, http.StatusConflict)
	if !strings.Contains(body, "đã hủy") {
		t.Error(body)
	}
	(&browser{o: o}).post(path+"/pause", url.Values{}, http.StatusForbidden)
	var log []string
	if err := o.DB.Actions().Since(t.Context(), time.Time{}, func(a bantin.Action) error {
		if a.Object == e.ID {
			note, _, _ := strings.Cut(a.Note, ":")
			log = append(log, fmt.Sprintf("%s %s %s", a.Via, a.What, note))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := "office pause , office resume , office resend refused, office resend refused, office retry refused, office cancel , office pause refused"
	if got := strings.Join(log, ", "); got != want {
		t.Errorf("audit log:\n%s\nwant\n%s", got, want)
	}
}

func (o *testOffice) status(id string) bantin.EditionStatus {
	o.T.Helper()
	e, err := o.DB.Editions().Get(o.T.Context(), id)
	if err != nil {
		o.T.Fatal(err)
	}
	return e.Status
}

// A held edition goes to many who were refused: who signed in long ago signs in again.
func TestResumeHeldNeedsAFreshSignIn(t *testing.T) {
	o := newTestOffice(t)
	e := o.edition(3)
	b, path := o.signedIn(lan), "/office/editions/"+e.ID
	if err := o.DB.Editions().Hold(t.Context(), e.Row, bantin.Hold{Reason: bantin.HeldRefused, Detail: bantin.HoldDetail{Refused: 9, Outcomes: 12}}); err != nil {
		t.Fatal(err)
	}
	b.wants(path, "Kỳ này bị giữ lại, còn 3\u00a0thư chưa gửi", "Các lời từ chối là đúng")
	o.Skew.Add(int64(16 * time.Minute))
	body := b.post(path+"/resume", url.Values{"form": {"f"}}, http.StatusForbidden)
	if !strings.Contains(body, "cần đăng nhập lại") {
		t.Error(body)
	}
	b = o.signedIn(lan)
	b.post(path+"/resume", url.Values{"form": {"f"}}, http.StatusSeeOther)
	if s := o.status(e.ID); s != bantin.EditionSending {
		t.Errorf("it is %s", s)
	}

	// One domain of it is held, and others may be sent to; then it is paused beside.
	o.Skew.Add(int64(16 * time.Minute))
	if err := o.DB.Editions().Hold(t.Context(), e.Row, bantin.Hold{Reason: bantin.HeldRefused, Domain: "example.org", Detail: bantin.HoldDetail{Refused: 20, Outcomes: 20}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b.post(path+"/resume", url.Values{}, http.StatusForbidden)
		b.post(path+"/retry", url.Values{}, http.StatusForbidden)
		_, _ = b.ask(http.MethodPost, path+"/pause", url.Values{})
	}
	if held, err := o.DB.Editions().HeldDomains(t.Context(), e.Row); len(held) != 1 || err != nil {
		t.Errorf("held are %q, %v", held, err)
	}
	b = o.signedIn(lan)
	b.post(path+"/resume", url.Values{}, http.StatusSeeOther)
	if held, err := o.DB.Editions().HeldDomains(t.Context(), e.Row); len(held) != 0 || err != nil {
		t.Errorf("held are %q, %v", held, err)
	}
}

// Who watches an edition sees how far it is, and is told when it stands otherwise.
func TestStream(t *testing.T) {
	o := newTestOffice(t)
	e := o.edition(3)
	b := o.signedIn(lan)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.server.URL+"/office/editions/"+e.ID+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(b.cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "event: ") {
				if lines.Text() != want {
					t.Fatalf("%q, want %q", lines.Text(), want)
				}
				return
			}
		}
		t.Fatalf("no %s: %v", want, lines.Err())
	}
	next("event: progress")
	if lines.Scan(); !strings.Contains(lines.Text(), "còn 3 trong 3\u00a0thư") {
		t.Error(lines.Text())
	}
	b.post("/office/editions/"+e.ID+"/pause", url.Values{}, http.StatusSeeOther)
	next("event: end")
}

// One recipient is spoken of as one.
func TestOneRecipient(t *testing.T) {
	o := newTestOffice(t)
	o.SetClock("20/11/2026 10:00")
	o.Digest.Between = "12:00-13:00"
	e := o.edition(1)
	b := o.signedIn(lan)
	for l, want := range map[bantin.Language]string{"vi": "Đang chờ gửi 1\u00a0thư", "en": "Waiting to send 1\u00a0message"} {
		b.wants(inLanguage("/office/editions/"+e.ID, l), want)
	}
	p := page{Language: "en"}
	if got := p.speed(1.0/60, 5); !strings.HasPrefix(got, "About 1\u00a0message a minute,") {
		t.Errorf("the rate: %q", got)
	}
}
