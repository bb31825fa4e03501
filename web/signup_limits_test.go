package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"
)

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
	asked := 10_000
	if testing.Short() {
		asked = 400 // still a hundred times what one mailbox gets
	}
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

// A customer of many small networks is one, from 65 of them as from one.
func TestSignUpLimitsOfWiderNetworks(t *testing.T) {
	for _, family := range []string{"10.7.%d.1", "2001:db8:5:%x::1"} {
		s := newTestSite(t)
		s.see(t)
		for i := range maxPerWiderNetwork + 5 {
			want := 303
			if i >= maxPerWiderNetwork {
				want = 429
			}
			if got := s.from(t, fmt.Sprintf(family, i%65), signUpForm(fmt.Sprintf("nguoi-%d@noi-%d.vn", i, i))); got != want {
				t.Fatalf("sign-up %d from around %s = %d, want %d", i+1, family, got, want)
			}
		}
	}
}

// Beyond what a busy day brings mail waits: for one receiving domain whatever the names
// under it, and in all. Nobody is told, the rest goes later, and what would wait for more
// than an hour is refused.
func TestSignUpsWait(t *testing.T) {
	for name, c := range map[string]struct {
		to  string
		max int
	}{"one domain": {"nguoi-%d@may-%[1]d.example.org", 50}, "in all": {"nguoi-%d@noi-%[1]d.vn", 100}} {
		t.Run(name, func(t *testing.T) {
			if c.max > 50 {
				testneed.Long(t, "takes seconds")
			}
			s := newTestSite(t)
			s.see(t)
			ask := func(i int) int {
				return s.from(t, fmt.Sprintf("10.%d.%d.1", i/20, i%20), signUpForm(fmt.Sprintf(c.to, i)))
			}
			for i := range 2*c.max + 3 {
				if got := ask(i); got != 303 {
					t.Fatalf("sign-up %d = %d", i+1, got)
				}
			}
			for _, want := range []int{c.max, 2 * c.max, 2*c.max + 3} {
				if n := len(s.mails(t)); n != want {
					t.Errorf("%d mails, want %d", n, want)
				}
				if waiting, since, err := s.store.Notices().Delayed(t.Context()); err != nil || waiting != int64(2*c.max+3-want) || waiting > 0 && since.IsZero() {
					t.Errorf("%d wait since %v: %v", waiting, since, err)
				}
				s.pass(delayWindow)
			}
			last := 303
			for i := 3 * c.max; last == 303 && i < 12*c.max; i++ {
				last = ask(i)
			}
			if last != 429 {
				t.Errorf("hours of sign-ups at once: %d", last)
			}
		})
	}
}

// One contact moves three times a day: to have mail sent to strangers takes more.
func TestMoveLimit(t *testing.T) {
	s, link := office(t)
	fresh := s.fresh(t, link)
	for i := range maxMoves + 1 {
		want := 303
		if i == maxMoves {
			want = 429
		}
		if res, _ := s.post(t, fresh, url.Values{"do": {"move"}, "email": {fmt.Sprintf("moi-%d@noi-%d.vn", i, i)}}); res.StatusCode != want {
			t.Errorf("move %d = %d, want %d", i+1, res.StatusCode, want)
		}
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
