package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// welcoming is a site whose digest welcomes who signs up.
func welcoming(t *testing.T) *testSite {
	t.Helper()
	s := newTestSite(t)
	s.see(t)
	s.site.Digests[0].Welcome = true
	s.Config.Handler = New(s.site)
	return s
}

// signedUp goes from the form to the button of the mail, and gives the page that answers.
func (s *testSite) signedUp(t *testing.T, address, language string) string {
	t.Helper()
	form := signUpForm(address)
	form.Set("language", language)
	s.post(t, "/subscribe", form)
	for _, m := range s.mailsTo(t, address) {
		if strings.Contains(m.text, "/confirm/") {
			link := linkIn(t, m, "confirm")
			_, page := s.post(t, link, nil)
			s.post(t, link, nil) // a second time is harmless
			return page
		}
	}
	t.Fatalf("no mail to confirm went to %s", address)
	return ""
}

func (s *testSite) mailsTo(t *testing.T, address string) (list []mailFile) {
	t.Helper()
	for _, m := range s.mails(t) {
		if strings.Contains(m.to, address) {
			list = append(list, m)
		}
	}
	return list
}

// welcomesTo gives the mails to an address that do not ask to confirm it.
func (s *testSite) welcomesTo(t *testing.T, address string) (list []mailFile) {
	t.Helper()
	for _, m := range s.mailsTo(t, address) {
		if !strings.Contains(m.text, "/confirm/") {
			list = append(list, m)
		}
	}
	return list
}

// makeEdition makes edition 47 of three bulletins; with approve it is a draft.
func (s *testSite) makeEdition(t *testing.T, approve bool) bantin.Edition {
	t.Helper()
	for n := range 3 {
		s.add(t, sample(n))
	}
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", FirstNumber: 47, Max: 30, Approve: approve}
	e, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestWelcome: who confirms sees the last edition, on the page and in one mail, and when
// the next one comes.
func TestWelcome(t *testing.T) {
	s := welcoming(t)
	e := s.makeEdition(t, false)
	wantAll(t, s.get(t, "/subscribe", 200), "Xem trước", `href="/editions/`+e.ID+`"`, "Số\u00a047", "Thư tới: ", "lần thứ 2&gt;")
	wantAll(t, s.get(t, "/subscribe?lang=en", 200), "What you will get", "Latest issue:", "Next mail: ")
	wantAll(t, s.signedUp(t, "lan@example.org", "vi"), "Xong, bạn đã đăng ký", "Số mới nhất:", `href="/editions/`+e.ID+`"`, "Thư tới: ", "lần thứ 2&gt;")
	sent := s.welcomesTo(t, "lan@example.org")
	if len(sent) != 1 || sent[0].subject != "Bạn đã đăng ký: Bản tin khuyến học trong tuần" {
		t.Fatalf("%d mails: %+v", len(sent), sent)
	}
	wantAll(t, sent[0].text, "Số mới nhất là số 47", "có 3 tin", "lần thứ 2> & tổng kết", "Thư tới: ", "Đọc số 47:\r\nhttps://bantin.example.org/editions/"+e.ID)
	for _, page := range []string{"preferences", "unsubscribe"} {
		if res, _ := s.do(t, http.MethodGet, linkIn(t, sent[0], page), ""); res.StatusCode != 200 {
			t.Errorf("the link to %s: %d", page, res.StatusCode)
		}
	}
	if strings.Contains(sent[0].text+sent[0].html, "Lan") {
		t.Error("the mail says what somebody typed")
	}
	s.signedUp(t, "mai@example.org", "en")
	if sent = s.welcomesTo(t, "mai@example.org"); len(sent) != 1 || !strings.Contains(sent[0].text, "Read issue 47:") || !strings.Contains(sent[0].text, "3 bulletins") {
		t.Errorf("in English: %+v", sent)
	}
	s.signedUp(t, "lan@example.org", "vi") // again, what they get already
	if n := len(s.welcomesTo(t, "lan@example.org")); n != 1 {
		t.Errorf("%d mails welcome one contact", n)
	}
}

// A draft is public nowhere: until there is an edition, pages and mail invite.
func TestWelcomeBeforeTheFirstEdition(t *testing.T) {
	s := welcoming(t)
	const invites = "Chưa có số nào: bạn sẽ nhận từ số đầu tiên."
	check := func(address string) {
		t.Helper()
		for what, text := range map[string]string{"the form": s.get(t, "/subscribe", 200), "the answer": s.signedUp(t, address, "vi"), "the mail": s.welcomesTo(t, address)[0].text} {
			if text = strings.Join(strings.Fields(text), " "); !strings.Contains(text, invites) || strings.Contains(text, "giao ban") || strings.Contains(text, "/editions/") {
				t.Errorf("%s:\n%s", what, text)
			}
		}
	}
	check("lan@example.org")
	s.makeEdition(t, true)
	check("mai@example.org")
}

// Who left before the welcome was sent gets none, and none is sent where it is off or the
// mailbox has had its mails.
func TestNoWelcome(t *testing.T) {
	s := welcoming(t)
	s.makeEdition(t, false)
	s.post(t, "/subscribe", signUpForm("lan@example.org"))
	link := linkIn(t, s.mailsTo(t, "lan@example.org")[0], "confirm")
	s.post(t, link, nil)
	if err := s.store.Contacts().Unsubscribe(t.Context(), s.known(t, "lan@example.org").Key, "hang-tuan", time.Now()); err != nil {
		t.Fatal(err)
	}
	if sent := s.welcomesTo(t, "lan@example.org"); len(sent) > 0 {
		t.Errorf("who left was welcomed: %+v", sent)
	}
	for range maxPerMailbox {
		s.post(t, "/subscribe", signUpForm("mai@example.org"))
	}
	s.post(t, linkIn(t, s.mailsTo(t, "mai@example.org")[0], "confirm"), nil)
	if sent := s.welcomesTo(t, "mai@example.org"); len(sent) > 0 {
		t.Errorf("a mailbox got %d mails in a day", maxPerMailbox+1)
	}
	s.site.Digests[0].Welcome = false
	s.Config.Handler = New(s.site)
	s.signedUp(t, "hoa@example.org", "vi")
	if sent := s.welcomesTo(t, "hoa@example.org"); len(sent) > 0 {
		t.Errorf("it is off: %+v", sent)
	}
	if s.log.Len() > 0 && strings.Contains(s.log.String(), "ERROR") {
		t.Error(fmt.Sprint(s.log))
	}
}
