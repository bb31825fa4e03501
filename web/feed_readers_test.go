package web

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"bantin/feed"
)

// Requests for feeds count their readers, conditional ones too; a browser that looks at a
// feed's page, a search engine, and a request for what there is not do not.
func TestReadersOfFeeds(t *testing.T) {
	s := newTestSite(t)
	s.site.Readers = &feed.Readers{}
	s.site.Readers.Begin([]byte("khóa của ngày"))
	s.site.Feeds.SetFallback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("place") != "phu-tho" {
			feed.ServeNotFound(w)
		}
	}))
	s.Server.Config.Handler = New(s.site)
	ask := func(path, agent, from string, header ...string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", agent)
		req.Header.Set("X-Forwarded-For", from)
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	const feedly, miniflux = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; %d subscribers)", "Mozilla/5.0 (compatible; Miniflux/2.2.3; +https://miniflux.app)"
	for i, n := range []int{16, 12} {
		ask("/feeds/tat-ca.rss", fmt.Sprintf(feedly, n), fmt.Sprint("192.0.2.", i))
	}
	for _, from := range []string{"192.0.2.7", "192.0.2.8", "2001:db8::1", "2001:db8::2"} { // the last two are one network
		ask("/feeds/tat-ca.rss", miniflux, from)
		ask("/feeds/tat-ca.rss?x=1", miniflux, from)
		ask("/feeds/tat-ca.rss", miniflux, from, "If-Modified-Since", "Mon, 23 Nov 2099 00:00:00 GMT")
	}
	ask("/feeds/chon.atom?place=phu-tho", miniflux, "192.0.2.7")
	ask("/feeds/tat-ca.rss", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "192.0.2.9", "Accept", "text/html,application/xhtml+xml")
	ask("/feeds/tat-ca.rss", "Googlebot/2.1", "192.0.2.9")
	for _, path := range []string{"/feeds/khong-co.rss", "/feeds/chon.atom?place=atlantis", "/feeds/tat-ca.pdf", "/feeds/tat-ca", "/feeds.opml", "/digests/khong-co.atom", "/"} {
		ask(path, fmt.Sprintf(feedly, 99), "192.0.2.9")
	}
	var got []string
	for _, c := range s.site.Readers.Changed() {
		n := c.N
		if c.Program == "" {
			n = feed.EstimateReaders(c.Seen)
		}
		got = append(got, fmt.Sprintf("%s %s %d", c.Feed, c.Program, n))
	}
	slices.Sort(got)
	if want := []string{"chon  1", "tat-ca  3", "tat-ca Feedly 16"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
