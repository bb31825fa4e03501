package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/store"
)

// The Accept of browsers, and of readers as they were seen to ask.
const (
	chromeAccept  = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	firefoxAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
)

func (s *testSite) asked(t *testing.T, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Config.Handler.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// A browser sees a page at the address of a feed; feed readers get the
// feed, however it asks.
func TestFeedInBrowser(t *testing.T) {
	s := newTestSite(t)
	s.add(t, sample(1))
	for _, accept := range []string{chromeAccept, firefoxAccept} {
		res, body := s.asked(t, "/feeds/tat-ca.rss", "Accept", accept, "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate")
		if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Vary") != feed.Vary ||
			!strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%d %v", res.StatusCode, res.Header)
		}
		wantAll(t, body, "<h1>Nguồn tin Bản tin khuyến học</h1>", ">https://bantin.example.org/feeds/tat-ca.rss</textarea>", "lần thứ 1",
			`href="https://bantin.example.org/feeds/tat-ca.atom"`, `type="application/rss+xml"`, `href="/feeds/tat-ca?lang=en"`)
	}
	for name, header := range map[string][]string{
		"nothing":    {},
		"curl":       {"Accept", "*/*"},
		"feedparser": {"Accept", "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,application/xml;q=0.9,text/xml;q=0.2,*/*;q=0.1"},
		"miniflux":   {"Accept", "application/xml, application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, text/html, */*;q=0.9"},
		"simplepie":  {"Accept", "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.7"},
		"a spoofer":  {"Accept", firefoxAccept, "If-None-Match", `"x"`},
		"another":    {"Accept", firefoxAccept, "If-Modified-Since", "Mon, 02 Jan 2006 15:04:05 GMT"},
		"a script":   {"Accept", firefoxAccept, "Sec-Fetch-Dest", "empty"},
		"html, too":  {"Accept", "text/html, application/rss+xml"},
	} {
		if res, body := s.asked(t, "/feeds/tat-ca.rss", header...); body != "<rss/>" || res.Header.Get("Vary") != feed.Vary {
			t.Errorf("%s: %d %.80s", name, res.StatusCode, body)
		}
	}
	if res, body := s.asked(t, "/feeds/khong.rss", "Accept", chromeAccept); res.StatusCode != 404 || !strings.Contains(body, "/feeds") {
		t.Errorf("a feed that is not there: %d %s", res.StatusCode, body)
	}
}

func TestFeedPage(t *testing.T) {
	s := newTestSite(t)
	wantAll(t, s.get(t, "/feeds/tinh/phu-tho", 200), "<h1>Nguồn tin Phú Thọ</h1>", "Chưa có tin nào", "/feeds/tinh/phu-tho.rss</textarea>", "Bản tin khuyến học</a>")
	s.add(t, sample(1))
	wantAll(t, s.get(t, "/feeds/tinh/phu-tho?lang=en", 200), "<h1>Feed: Phu Tho</h1>", "In the feed now", `class="item" lang="vi"`, "/feeds/tinh/phu-tho.rss</textarea>")
	s.get(t, "/feeds/khong", 404)
	for path, want := range map[string]string{
		"/feeds/toan-quoc": "301 /feeds/tat-ca", "/feeds/dia-phuong/phu-tho": "301 /feeds/tinh/phu-tho",
		"/feeds/toan-quoc/phu-tho": "404 ", "/feeds/dia-phuong": "404 ", "/feeds/dia-phuong/khong": "404 ",
	} {
		res, _ := s.do(t, http.MethodGet, path, "")
		if got := fmt.Sprint(res.StatusCode, " ", res.Header.Get("Location")); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if res, _ := s.do(t, http.MethodGet, "/feeds/", ""); res.StatusCode != 301 || res.Header.Get("Location") != "/feeds" {
		t.Errorf("/feeds/: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
}

// The form leads to the one address of what was chosen.
func TestChosenPage(t *testing.T) {
	s := newTestSite(t)
	s.add(t, sample(1))
	wantAll(t, s.get(t, "/feeds", 200), `action="/feeds/chon"`, `name="place" value="phu-tho"`, `name="cluster" value="tay-bac"`, `href="/feeds.opml"`)
	wantAll(t, s.get(t, "/feeds?lang=en", 200), `name="lang" value="en"`, "Get the feed address")
	for query, want := range map[string]string{
		"place=phu-tho&place=ca-mau&cluster=tay-bac": "place=ca-mau,phu-tho&cluster=tay-bac",
		"lang=en&place=phu-tho&place=ca-mau":         "place=ca-mau,phu-tho&lang=en",
		"lang=vi&place=phu-tho":                      "place=phu-tho",
	} {
		res, _ := s.do(t, http.MethodGet, "/feeds/chon?"+query, "")
		if got := res.Header.Get("Location"); res.StatusCode != 301 || got != "/feeds/chon?"+want {
			t.Errorf("%s: %d %s", query, res.StatusCode, got)
		}
		s.get(t, "/feeds/chon?"+want, 200)
	}
	wantAll(t, s.get(t, "/feeds/chon?place=ca-mau,phu-tho", 200), "<h1>Nguồn tin Cà Mau, Phú Thọ</h1>", "lần thứ 1",
		">https://bantin.example.org/feeds/chon.rss?place=ca-mau,phu-tho</textarea>", `href="/feeds/chon?place=ca-mau,phu-tho&amp;lang=en"`)
	wantAll(t, s.get(t, "/feeds/chon?lang=en", 400), "at least one", `href="/feeds?lang=en#chon"`)
	wantAll(t, s.get(t, "/feeds/chon?place=phu-to", 404), "Có phải: Phú Thọ")
	s.get(t, "/feeds/chon?place="+strings.Repeat("x,", 10_000), 404)
}

func TestDigestPage(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	wantAll(t, s.get(t, "/digests/hang-tuan", 200), "<h1>Bản tin khuyến học trong tuần</h1>", "Chưa có số nào", ">https://bantin.example.org/digests/hang-tuan.atom</textarea>")
	for n := range 5 {
		s.add(t, sample(n))
	}
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", FirstNumber: 47, Max: 30}
	if _, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	wantAll(t, s.get(t, "/digests/hang-tuan?lang=en", 200), `href="/editions/hang-tuan-47?lang=en">No.`, "5&nbsp;bulletins", "2&nbsp;more", "lần thứ 4")
	wantAll(t, s.get(t, "/editions/hang-tuan-47", 200), `href="/digests/hang-tuan"`, `href="/digests/hang-tuan.atom"`)
	for path, want := range map[string]string{"/digests/tuan": "/digests/hang-tuan", "/digests/tuan.atom": "/digests/hang-tuan.atom"} {
		if res, _ := s.do(t, http.MethodGet, path, ""); res.StatusCode != 301 || res.Header.Get("Location") != want {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	s.get(t, "/digests/khong", 404)
	s.get(t, "/digests/khong.atom", 404)
	s.site.Feeds.Put("/digests/hang-tuan.atom", feed.NewDocument([]byte("<feed/>"), "application/atom+xml", s.now()))
	res, body := s.asked(t, "/digests/hang-tuan.atom", "Accept", chromeAccept)
	if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Vary") != feed.Vary {
		t.Errorf("a browser that opens the feed: %d %v", res.StatusCode, res.Header)
	}
	wantAll(t, body, "<h1>Bản tin khuyến học trong tuần</h1>", ">https://bantin.example.org/digests/hang-tuan.atom</textarea>")
	if _, body := s.asked(t, "/digests/hang-tuan.atom", "Accept", "application/atom+xml"); body != "<feed/>" {
		t.Errorf("a reader gets %s", body)
	}
}

// The feed of a digest's editions is a page to a browser, as other feeds are.
func TestDigestFeedInBrowser(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	s.site.Feeds.Put("/digests/hang-tuan.atom", feed.NewDocument([]byte("<feed/>"), "application/atom+xml", time.Now()))
	res, body := s.asked(t, "/digests/hang-tuan.atom", "Accept", chromeAccept, "Sec-Fetch-Dest", "document")
	if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Vary") != feed.Vary {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	wantAll(t, body, "<h1>Bản tin khuyến học trong tuần</h1>", ">https://bantin.example.org/digests/hang-tuan.atom</textarea>", `href="/digests/hang-tuan?lang=en"`)
	if res, body := s.asked(t, "/digests/hang-tuan.atom", "Accept", "*/*"); res.StatusCode != 200 || body != "<feed/>" {
		t.Errorf("a reader gets %d %s", res.StatusCode, body)
	}
	for _, header := range [][]string{{"Accept", chromeAccept}, {}} {
		if res, _ := s.asked(t, "/digests/khong.atom", header...); res.StatusCode != 404 {
			t.Errorf("one that is not there, %v: %d", header, res.StatusCode)
		}
	}
}

// Every edition is on exactly one page of its digest, those that were
// cancelled on none.
func TestDigestPages(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	if err := s.store.Digests().Register(t.Context(), "hoc-bong", "Tin học bổng", nil); err != nil {
		t.Fatal(err)
	}
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", FirstNumber: 1, Max: 30}
	const editions = 2*maxPastEditions + 2
	for n := range editions {
		s.add(t, story(fmt.Sprintf("tin-%d", n), fmt.Sprintf("Chuyện khuyến học thứ %d", n), "Khuyến học.", "phu-tho", 1))
		e, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: time.Date(2026, time.January, 1+n, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		if n == 7 {
			if _, err := s.store.Editions().Cancel(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	var numbers []string
	link := regexp.MustCompile(`href="/editions/hang-tuan-(\d+)"`)
	next := regexp.MustCompile(`href="(/digests/hang-tuan\?before=\d+)" rel="next"`)
	path := "/digests/hang-tuan"
	for pages := 1; ; pages++ {
		page := s.get(t, path, 200)
		for _, found := range link.FindAllStringSubmatch(page, -1) {
			numbers = append(numbers, found[1])
		}
		wantAll(t, page, `<a href="/digests/hoc-bong">Tin học bổng</a>`)
		if (pages > 1) != strings.Contains(page, "Về số mới nhất") {
			t.Errorf("page %d does not know whether it is the first", pages)
		}
		found := next.FindStringSubmatch(page)
		if found == nil {
			break
		}
		path = found[1]
	}
	if len(numbers) != editions-1 || numbers[0] != fmt.Sprint(editions) || numbers[len(numbers)-1] != "1" || slices.Contains(numbers, "8") {
		t.Errorf("editions %v", numbers)
	}
	wantAll(t, s.get(t, "/digests/hang-tuan?before=1", 200), "Không có số nào cũ hơn")
	for _, bad := range []string{"-1", "x", "1e9", "9999999999", "99999999999999999999"} {
		s.get(t, "/digests/hang-tuan?before="+bad, 404)
	}
}

// Every page tells readers where the feeds are, also one that there is not.
func TestDiscovery(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	b := s.add(t, sample(1))
	for path, status := range map[string]int{
		"/": 200, "/feeds": 200, "/feeds/tat-ca": 200, "/bulletins/" + b.ID: 200, "/digests/hang-tuan": 200,
		"/feeds/chon?place=phu-tho": 200, "/khong": 404, "/unsubscribe/" + s.contact(t, "hang-tuan"): 200,
	} {
		for _, format := range feed.Formats() {
			mediaType, _, _ := strings.Cut(format.MediaType, ";")
			wantAll(t, s.get(t, path, status), `<link rel="alternate" type="`+mediaType+`"`)
		}
	}
}

func BenchmarkPoll(b *testing.B) {
	library := new(feed.Library)
	document := feed.NewDocument(make([]byte, 200<<10), "application/rss+xml", time.Now())
	library.Put("/feeds/tat-ca.rss", document)
	s := &site{Options: Options{Feeds: library}}
	r := httptest.NewRequest(http.MethodGet, "/feeds/tat-ca.rss", nil)
	r.Header.Set("If-None-Match", document.ETag)
	r.Header.Set("Accept", "application/rss+xml, */*;q=0.1")
	for name, handler := range map[string]http.Handler{"document": document, "site": s.serveFeedsFirst(http.NotFoundHandler())} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w := &discard{http.Header{}}
			for b.Loop() {
				handler.ServeHTTP(w, r)
			}
		})
	}
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
