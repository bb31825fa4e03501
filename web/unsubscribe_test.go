package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bantin"
	"bantin/store"
)

// TestLeaveOnPage: this one or all, said, undone; one goodbye.
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
	wantAll(t, page, "Bạn đã ngừng nhận Bản tin khuyến học trong tuần", "cho tôi nhận lại")
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionUnsubscribed || status(c, "hoc-bong") != bantin.SubscriptionActive {
		t.Errorf("leaving one: %+v", c.Subscriptions)
	}
	_, page = s.post(t, path, url.Values{"do": {"return"}})
	wantAll(t, page, "Bạn lại nhận")
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionActive {
		t.Error("undoing does nothing")
	}
	_, page = s.post(t, path, url.Values{"do": {"leave"}, "scope": {"all"}})
	wantAll(t, page, "Bạn đã ngừng nhận mọi bản tin", `name="had" value="hang-tuan,hoc-bong"`)
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionUnsubscribed || status(c, "hoc-bong") != bantin.SubscriptionUnsubscribed {
		t.Errorf("leaving all: %+v", c.Subscriptions)
	}
	if n, err := s.store.Digests().CountAudience(t.Context(), "ve-sau", store.Audience{AnyPlace: true}, nil); err != nil || n != 0 {
		t.Errorf("a digest of later days has %d: %v", n, err)
	}
	s.post(t, path, url.Values{"do": {"return"}, "had": {"hang-tuan,hoc-bong,khong-co"}})
	if c := s.mai(t); status(c, "hang-tuan") != bantin.SubscriptionActive || status(c, "hoc-bong") != bantin.SubscriptionActive {
		t.Errorf("undoing all: %+v", c.Subscriptions)
	}
	s.post(t, path, url.Values{"do": {"leave"}, "scope": {"one"}}) // again: no second goodbye
	s.do(t, http.MethodPost, path, "List-Unsubscribe=One-Click")
	s.checkMail(t)
	var goodbyes int
	for _, l := range s.mails(t) {
		if l.subject == "Bạn đã ngừng nhận bản tin" {
			goodbyes++
			linkIn(t, l, "preferences")
		}
	}
	if goodbyes != 2 { // of the digest, of all
		t.Errorf("%d goodbyes", goodbyes)
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
