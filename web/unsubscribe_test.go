package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// TestLeaveOnPage: this one or all, said, undone; a goodbye for each.
func TestLeaveOnPage(t *testing.T) {
	s, link := office(t)
	path := strings.Replace(link, "/preferences/", "/unsubscribe/", 1)
	res, page := s.do(t, "GET", path, "")
	checkSecret(t, res)
	wantAll(t, page, "m•••@sonla.example.org", `name="do" value="leave"`)
	if strings.Contains(page, "scope") || strings.Count(page, "<button") != 1 {
		t.Error("who gets one digest is asked which")
	}
	s.post(t, link, url.Values{"do": {"save"}, "had": {"hang-tuan"}, "digest": {"hang-tuan", "hoc-bong"}, "place": {"son-la"}, "language": {"vi"}})
	wantAll(t, s.get(t, path, 200), `value="one" checked`, `value="all"`)
	_, page = s.post(t, path, url.Values{"do": {"leave"}, "scope": {"one"}})
	wantAll(t, page, "Bạn đã ngừng nhận Bản tin khuyến học trong tuần", "nút để nhận lại")
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionUnsubscribed || status(c, "hoc-bong") != bantin.SubscriptionActive {
		t.Errorf("leaving one: %+v", c.Subscriptions)
	}
	goodbye := s.goodbyes(t, 1)[0]
	wantAll(t, s.get(t, goodbye, 200), "m•••@sonla.example.org", `value="return"`, "Bạn đã ngừng nhận Bản tin khuyến học trong tuần")
	s.post(t, goodbye, url.Values{"do": {"return"}})
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionActive {
		t.Error("the button of the goodbye does nothing")
	}
	_, page = s.post(t, path, url.Values{"do": {"leave"}, "scope": {"all"}})
	wantAll(t, page, "Bạn đã ngừng nhận mọi bản tin")
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionUnsubscribed || status(c, "hoc-bong") != bantin.SubscriptionUnsubscribed {
		t.Errorf("leaving all: %+v", c.Subscriptions)
	}
	if n, err := s.store.Digests().CountAudience(t.Context(), "ve-sau", store.Audience{AnyPlace: true}, nil); err != nil || n != 0 {
		t.Errorf("a digest of later days has %d: %v", n, err)
	}
	s.post(t, path, url.Values{"do": {"leave"}, "scope": {"one"}}) // again: no second goodbye
	s.do(t, http.MethodPost, path, "List-Unsubscribe=One-Click")
	s.checkMail(t)
	list := s.goodbyes(t, 2) // of the digest, of all
	for _, link := range list {
		s.post(t, link, url.Values{"do": {"save"}, "had": {""}, "digest": {"hang-tuan", "hoc-bong"}, "place": {"son-la"}, "language": {"vi"}})
	}
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionActive || status(c, "hoc-bong") != bantin.SubscriptionActive {
		t.Errorf("back by the choices of the goodbye: %+v", c.Subscriptions)
	}
	// By the page of leaving too, while the link lives.
	s.post(t, path, url.Values{"do": {"leave"}})
	leave := strings.Replace(list[0], "/preferences/", "/unsubscribe/", 1)
	_, page = s.post(t, leave, url.Values{"do": {"leave"}})
	wantAll(t, page, "cho tôi nhận lại")
	_, page = s.post(t, leave, url.Values{"do": {"return"}})
	wantAll(t, page, "Bạn lại nhận")
	s.pass(returnLinkTTL + time.Hour)
	s.get(t, list[0], http.StatusGone)
}

// goodbyes gives the links in those that were sent so far.
func (s *testSite) goodbyes(t *testing.T, want int) []string {
	t.Helper()
	var list []string
	for _, l := range s.mails(t) {
		if l.subject == "Bạn đã ngừng nhận bản tin" {
			list = append(list, linkIn(t, l, "preferences"))
		}
	}
	if len(list) != want {
		t.Fatalf("%d goodbyes, want %d", len(list), want)
	}
	return list
}

// A digest's mail gets forwarded: its link leaves, pauses and chooses, and does not bring
// back a contact who left. A link that was mailed to them does.
func TestForwardedLinkBringsNobodyBack(t *testing.T) {
	s, link := office(t)
	path := strings.Replace(link, "/preferences/", "/unsubscribe/", 1)
	for _, scope := range []string{"one", "all"} {
		s.post(t, path, url.Values{"do": {"leave"}, "scope": {scope}})
		for name, form := range map[string]url.Values{
			"the undo of before": {"do": {"return"}},
			"undoing all":        {"do": {"return"}, "had": {"hang-tuan,hoc-bong"}},
		} {
			for _, to := range []string{path, link} {
				if res, page := s.post(t, to, form); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "thư báo ngừng nhận") {
					t.Errorf("%s: %d", name, res.StatusCode)
				}
			}
		}
		wantAll(t, s.get(t, link, 200), `value="hang-tuan" disabled`, "Đã ngừng nhận")
		res, _ := s.post(t, link, url.Values{"do": {"save"}, "had": {""}, "digest": {"hang-tuan"}, "place": {"phu-tho"}, "language": {"vi"}, "pause": {"2027-01-15"}})
		if to := res.Header.Get("Location"); !strings.HasSuffix(to, "done=some") {
			t.Errorf("after saving: %q", to)
		}
		if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionUnsubscribed || c.Place != "phu-tho" || c.PausedUntil.IsZero() {
			t.Errorf("left %s, then: %+v", scope, c)
		}
	}
	fresh := s.fresh(t, link)
	s.post(t, fresh, url.Values{"do": {"save"}, "had": {""}, "digest": {"hang-tuan"}, "place": {"phu-tho"}, "language": {"vi"}})
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionActive {
		t.Errorf("a fresh link: %+v", c.Subscriptions)
	}
	// The goodbye's link is not one to their data, nor for another digest.
	s.post(t, path, url.Values{"do": {"leave"}})
	for _, do := range []string{"data", "erase", "move"} {
		if res, _ := s.post(t, s.goodbyes(t, 3)[0], url.Values{"do": {do}, "sure": {"1"}, "email": {"khac@example.org"}}); res.StatusCode != 400 {
			t.Errorf("%s by a goodbye: %d", do, res.StatusCode)
		}
	}
}

// One click of a mail program mails nothing and is logged.
func TestOneClick(t *testing.T) {
	s, link := office(t)
	path := strings.Replace(link, "/preferences/", "/unsubscribe/", 1)
	if res, _ := s.do(t, http.MethodPost, path, "List-Unsubscribe=One-Click"); res.StatusCode != 200 {
		t.Errorf("one click: %d", res.StatusCode)
	}
	if status(s.mai(t), "hang-tuan") != bantin.SubscriptionUnsubscribed || len(s.mails(t)) != 0 {
		t.Error("one click did not leave, or mailed")
	}
	if !strings.Contains(s.log.String(), `by="one click"`) || strings.Contains(s.log.String(), "mai@") {
		t.Errorf("log: %s", s.log)
	}
	// A digest that is gone from the configuration is left by its old links.
	if err := s.store.Digests().Register(t.Context(), "cu", "Bản tin cũ", nil); err != nil {
		t.Fatal(err)
	}
	token, err := s.tokens.UnsubscribeToken(s.mai(t).Key, "cu")
	if err != nil {
		t.Fatal(err)
	}
	wantAll(t, s.get(t, "/unsubscribe/"+token[:30]+"=%0D%0A"+token[30:], 200), "Ngừng nhận Bản tin cũ?")
	s.do(t, http.MethodPost, "/unsubscribe/"+token, "List-Unsubscribe=One-Click")
	if status(s.mai(t), "cu") != bantin.SubscriptionUnsubscribed {
		t.Error("a digest that is gone cannot be left")
	}
	s.get(t, "/digests/cu", 200)
}
