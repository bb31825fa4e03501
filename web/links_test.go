package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/mailer"
)

// The links of one person, as mail programs break them and as others try them:
// a link that is not whole and valid does nothing, on any page.
func TestLinksOfAnother(t *testing.T) {
	s, link := office(t)
	token := strings.TrimPrefix(link, "/preferences/")
	people := []bantin.Contact{{Email: "nga@example.org"}}
	if _, err := s.store.Imports().Apply(t.Context(), people, bantin.OriginOffice, []byte("x"), false); err != nil {
		t.Fatal(err)
	}
	nga, err := s.store.Contacts().Get(t.Context(), "nga@example.org")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.tokens.UnsubscribeToken(nga.Key, "hang-tuan")
	if err != nil {
		t.Fatal(err)
	}
	expired, err := s.tokens.LinkToken(mailer.PurposeAccount, s.mai(t).Key, s.now().Add(-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/preferences/", "/unsubscribe/"} {
		for name, token := range map[string]string{
			"cut":                  token[:len(token)-1],
			"altered":              altered(token),
			"altered at its end":   token[:len(token)-4] + "AAAA",
			"of another's key":     splice(t, other, token, 16),
			"of another's proof":   splice(t, token, other, 24),
			"two, one behind":      token + other,
			"expired":              expired,
			"null byte":            token[:10] + "%00" + token[11:],
			"a header":             token[:10] + "%0D%0ASet-Cookie:%20a=b",
			"longer than any mail": strings.Repeat(token, 200),
		} {
			for _, form := range []string{"", "do=leave", "do=save&language=en", "List-Unsubscribe=One-Click"} {
				method := http.MethodPost
				if form == "" {
					method = http.MethodGet
				}
				res, body := s.do(t, method, page+token, form)
				if res.StatusCode != 404 && res.StatusCode != 410 || len(res.Cookies()) > 0 || strings.Contains(body, "sonla") {
					t.Errorf("%s %s, %s: %d", method, page, name, res.StatusCode)
				}
			}
		}
		for _, gap := range []string{"%0D%0A", "=%0A", "%20", "%0A%20"} {
			s.get(t, page+token[:30]+gap+token[30:], 200)
		}
	}
	for _, c := range []bantin.Contact{s.mai(t), nga} {
		if len(c.Subscriptions) > 0 || c.Language == "en" {
			t.Errorf("a link that is none did something: %+v", c)
		}
	}
}

// altered is a token with another first letter: the last one has bits that say
// nothing.
func altered(token string) string {
	if token[0] == 'A' {
		return "B" + token[1:]
	}
	return "A" + token[1:]
}

// splice gives a token with the first bytes of one and the others of another.
func splice(t *testing.T, first, then string, at int) string {
	t.Helper()
	a, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := base64.RawURLEncoding.DecodeString(then)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(append(a[:at:at], b[at:]...))
}

// Forms that come again, or are too large, on the pages behind a link.
func TestFormsBehindLinks(t *testing.T) {
	s, link := office(t)
	unsubscribe := strings.Replace(link, "/preferences/", "/unsubscribe/", 1)
	save := url.Values{"do": {"save"}, "had": {"hang-tuan"}, "digest": {"hang-tuan"}, "place": {"son-la"}, "language": {"vi"}}
	s.post(t, link, save)
	s.do(t, http.MethodPost, unsubscribe, "List-Unsubscribe=One-Click")
	if s.post(t, link, save); !s.left(t) {
		t.Error("a form from before the contact left resubscribed them")
	}
	large := strings.Repeat("a", 1<<20)
	for path, want := range map[string]int{link: 413, "/confirm/x": 404, unsubscribe: 200} {
		res, _ := s.post(t, path, url.Values{"do": {"save"}, "place": {large}, "List-Unsubscribe": {"One-Click"}})
		if res.StatusCode != want {
			t.Errorf("1 MB to %.12s: %d, want %d", path, res.StatusCode, want)
		}
	}
	if c := s.mai(t); c.Place != "son-la" {
		t.Errorf("the place is %.20q", c.Place)
	}
}
