package web

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"bantin"
)

// unfurled is what Zalo, Facebook and search engines read of a page.
type unfurled struct {
	meta  map[string]string
	links map[string]string // by hreflang, and canonical
	data  []map[string]any
}

func unfurl(t *testing.T, body string) unfurled {
	t.Helper()
	out := unfurled{map[string]string{}, map[string]string{}, nil}
	for _, m := range regexp.MustCompile(`<meta (?:property|name)="([^"]+)" content="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		out.meta[m[1]] = m[2]
	}
	for _, m := range regexp.MustCompile(`<link rel="(?:alternate" hreflang=")?([^"]+)" href="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		out.links[m[1]] = m[2]
	}
	if m := regexp.MustCompile(`<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body); m != nil {
		if json.Unmarshal([]byte(m[1]), &out.data) != nil {
			out.data = make([]map[string]any, 1)
			if err := json.Unmarshal([]byte(m[1]), &out.data[0]); err != nil {
				t.Fatalf("%v in %s", err, m[1])
			}
		}
	}
	return out
}

func TestBulletinUnfurls(t *testing.T) {
	s := newTestSite(t)
	b := sample(1)
	b.Title = `Hội nghị "giao ban" </script><script>alert(1)</script>`
	b.Event = &bantin.Event{Date: bantin.Day{Year: 2026, Month: 12, Day: 8}, Place: "Điện Biên", Host: "Hội Khuyến học tỉnh"}
	b = s.add(t, b)
	for _, path := range []string{"/bulletins/" + b.ID, "/bulletins/" + b.ID + "?lang=en&fbclid=x"} {
		_, body := s.do(t, http.MethodGet, path, "")
		seen := unfurl(t, body)
		if strings.Contains(body, "<script>") {
			t.Error("a title became a script")
		}
		want := s.site.Site.Link("/bulletins/" + b.ID)
		if seen.links["canonical"] != want || seen.links["x-default"] != "" || seen.meta["og:url"] != want {
			t.Errorf("%s: %v, %v", path, seen.links, seen.meta["og:url"])
		}
		if seen.meta["og:type"] != "article" || !strings.HasPrefix(seen.meta["og:title"], "Hội nghị") || seen.meta["article:published_time"] == "" || seen.meta["og:image"] == "" {
			t.Errorf("%s: %v", path, seen.meta)
		}
		if len(seen.data) != 2 || seen.data[0]["@type"] != "NewsArticle" || seen.data[0]["headline"] != b.Title || seen.data[1]["@type"] != "Event" || seen.data[1]["startDate"] != "2026-12-08" {
			t.Errorf("%s: %v", path, seen.data)
		}
		if !strings.Contains(body, `href="/bulletins/`+b.ID+`/event.ics"`) {
			t.Errorf("%s has no link for calendars", path)
		}
	}
}

func TestPreviewHasThePicture(t *testing.T) {
	s := newTestSite(t)
	b := sample(1)
	b.Images[0].Width, b.Images[0].Height = 1600, 900
	b = s.add(t, b)
	_, body := s.do(t, http.MethodGet, "/bulletins/"+b.ID, "")
	m := unfurl(t, body).meta
	for _, name := range []string{"og:site_name", "og:title", "og:description", "og:type", "og:locale", "og:image:alt"} {
		if m[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	for _, name := range []string{"og:url", "og:image"} {
		if !strings.HasPrefix(m[name], "https://") || strings.ContainsAny(m[name], " ?") {
			t.Errorf("%s is %q: Zalo and Facebook take absolute addresses only", name, m[name])
		}
	}
	if m["og:image:width"] != "1200" || m["og:image:height"] != "630" || m["og:image:type"] != "image/jpeg" {
		t.Errorf("a large card is 1200 × 630, not %s × %s of %s", m["og:image:width"], m["og:image:height"], m["og:image:type"])
	}
	if m["twitter:card"] != "summary_large_image" || !strings.HasSuffix(m["og:image"], "/images/a1b2-1200x630.jpg") {
		t.Errorf("%v", m)
	}
}

func TestHomeNamesItsLanguages(t *testing.T) {
	s := newTestSite(t)
	base := s.site.Site.Link("/")
	for path, canonical := range map[string]string{"/": base, "/?lang=en": base + "?lang=en", "/?utm_source=x": base} {
		_, body := s.do(t, http.MethodGet, path, "")
		seen := unfurl(t, body)
		if seen.links["canonical"] != canonical || seen.links["vi"] != base || seen.links["en"] != base+"?lang=en" || seen.links["x-default"] != base {
			t.Errorf("%s: %v", path, seen.links)
		}
		if len(seen.data) != 1 || seen.data[0]["@type"] != "WebSite" || !strings.Contains(body, `rel="apple-touch-icon"`) || !strings.Contains(body, `name="theme-color"`) {
			t.Errorf("%s: %v", path, seen.data)
		}
	}
}

func TestSitemap(t *testing.T) {
	s := newTestSite(t)
	b := s.add(t, sample(1))
	s.addHistory(t, story("cu", "Chuyện cũ ở Phú Thọ", "Khuyến học năm xưa.", "phu-tho", 1))
	s.shelve(t)
	read := func() string {
		res, body := s.do(t, http.MethodGet, "/sitemap.xml", "")
		var set sitemapSet
		if err := xml.Unmarshal([]byte(body), &set); err != nil || res.StatusCode != 200 || len(set.URLs) == 0 {
			t.Fatalf("%d, %v\n%s", res.StatusCode, err, body)
		}
		return body
	}
	here := "<loc>" + s.site.Site.Link("/bulletins/"+b.ID) + "</loc>"
	if body := read(); !strings.Contains(body, here) || !strings.Contains(body, "/bulletins/cu</loc>") || strings.Contains(body, "preferences") {
		t.Errorf("%s", body)
	}
	if _, err := s.store.Bulletins().Withdraw(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if body := read(); strings.Contains(body, here) {
		t.Error("a withdrawn bulletin is in the site map")
	}
	for _, path := range []string{"/sitemaps/1.xml", "/sitemaps/0.xml", "/sitemaps/x.xml"} {
		if res, _ := s.do(t, http.MethodGet, path, ""); res.StatusCode != 404 {
			t.Errorf("%s = %d", path, res.StatusCode)
		}
	}
	if _, body := s.do(t, http.MethodGet, "/robots.txt", ""); !strings.Contains(body, "Sitemap: "+s.site.Site.Link("/sitemap.xml")) {
		t.Errorf("%s", body)
	}
}

func TestGuessedFeeds(t *testing.T) {
	s := newTestSite(t)
	for path, want := range map[string]string{"/feed": "/feeds/tat-ca.rss", "/rss": "/feeds/tat-ca.rss", "/atom.xml": "/feeds/tat-ca.atom", "/feed.json": "/feeds/tat-ca.json"} {
		if res, _ := s.do(t, http.MethodGet, path, ""); res.StatusCode != 301 || !strings.HasSuffix(res.Header.Get("Location"), want) {
			t.Errorf("%s = %d %s", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
}

func TestCalendars(t *testing.T) {
	s := newTestSite(t)
	now := time.Now()
	event := func(n int, day time.Time, place string) bantin.Bulletin {
		b := sample(n)
		b.Event, b.Places = &bantin.Event{Date: bantin.DayOf(day), Place: "Nhà văn hóa"}, []string{place}
		return s.add(t, b)
	}
	soon := event(1, now.AddDate(0, 0, 7), "phu-tho")
	event(2, now.AddDate(-2, 0, 0), "phu-tho")
	elsewhere := event(3, now.AddDate(0, 1, 0), "hue")
	read := func(path string) string {
		res, body := s.do(t, http.MethodGet, path, "")
		if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/calendar") {
			t.Fatalf("%s = %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		return strings.ReplaceAll(body, "\r\n ", "")
	}
	uid := "UID:" + strings.TrimPrefix(soon.FeedID, "urn:uuid:")
	for path, events := range map[string]int{"/events.ics": 2, "/events/phu-tho.ics": 1, "/events/hue.ics": 1, "/events/lai-chau.ics": 0, "/events/cum/tay-bac.ics": 2, "/bulletins/" + soon.ID + "/event.ics": 1} {
		if got := strings.Count(read(path), "BEGIN:VEVENT"); got != events {
			t.Errorf("%s has %d events, want %d", path, got, events)
		}
	}
	before := read("/events/phu-tho.ics")
	if !strings.Contains(before, uid) || !strings.Contains(before, "LOCATION:Nhà văn hóa") || !strings.Contains(before, s.site.Site.Link("/bulletins/"+soon.ID)) {
		t.Errorf("%s", before)
	}
	if _, err := s.store.Bulletins().Withdraw(t.Context(), soon.ID); err != nil {
		t.Fatal(err)
	}
	after := read("/events/phu-tho.ics")
	if !strings.Contains(after, uid) || !strings.Contains(after, "STATUS:CANCELLED") || sequence(t, after) <= sequence(t, before) {
		t.Errorf("after the withdrawal:\n%s", after)
	}
	if _, err := s.store.Bulletins().Merge(t.Context(), "giao-ban-2", elsewhere.ID); err != nil {
		t.Fatal(err)
	}
	if body := read("/events/hue.ics"); strings.Contains(body, "BEGIN:VEVENT") {
		t.Errorf("a merged event stays:\n%s", body)
	}
	for _, path := range []string{"/events/khong-co.ics", "/events/cum/khong.ics", "/events/phu-tho", "/bulletins/giao-ban-9/event.ics"} {
		if res, _ := s.do(t, http.MethodGet, path, ""); res.StatusCode != 404 {
			t.Errorf("%s = %d", path, res.StatusCode)
		}
	}
}

func sequence(t *testing.T, calendar string) int {
	t.Helper()
	m := regexp.MustCompile(`SEQUENCE:(\d+)`).FindStringSubmatch(calendar)
	if m == nil {
		t.Fatalf("no sequence in %s", calendar)
	}
	n := 0
	for _, c := range m[1] {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestPublisherHasTheLogo(t *testing.T) {
	s := newTestSite(t)
	s.site.Site.Logo = &bantin.Image{Src: "/images/a1b2.png", Width: 48, Height: 40}
	_, body := s.do(t, http.MethodGet, "/", "")
	publisher, _ := unfurl(t, body).data[0]["publisher"].(map[string]any)
	logo, _ := publisher["logo"].(map[string]any)
	if logo["url"] != s.site.Site.Link("/images/a1b2.png") || logo["width"] != 48.0 {
		t.Errorf("%v", publisher)
	}
}
