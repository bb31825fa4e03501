package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/place"
	"bantin/store"
	"bantin/templates"

	"github.com/jba/templatecheck"
)

func TestTemplatesFitTheirStructs(t *testing.T) {
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	structs := map[string]any{
		"home": &homePage{}, "bulletin": &bulletinPage{}, "edition": &editionPage{},
		"feeds": &feedsPage{}, "feed": &feedPage{}, "digest": &digestPage{}, "unsubscribe": &unsubscribePage{}, "message": &messagePage{},
		"subscribe": &subscribePage{}, "confirm": &confirmPage{}, "preferences": &preferencesPage{},
	}
	for _, name := range set.Pages() {
		if structs[name] == nil {
			t.Errorf("no struct for page/%s.html", name)
		} else if err := templatecheck.CheckHTML(set.Page(name), structs[name]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func wantAll(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(body, p) {
			t.Errorf("no %q in %.2000s", p, body)
		}
	}
}

func TestHome(t *testing.T) {
	s := newTestSite(t)
	wantAll(t, s.get(t, "/", 200), "Chưa có bản tin nào")
	for n := range 45 {
		s.add(t, sample(n))
	}
	first := s.get(t, "/", 200)
	wantAll(t, first, `<html lang="vi">`, "&lt;lần thứ 44&gt; &amp; tổng kết", `<link rel="alternate" type="application/rss+xml"`,
		`href="/?place=phu-tho">Phú Thọ`, "Tin cũ hơn", "Thứ ", `loading="lazy"`, `alt="Lãnh đạo các tỉnh`)
	seen := make(map[string]bool)
	page := first
	for pages := 1; ; pages++ {
		for _, part := range strings.Split(page, `<h3><a href="`)[1:] {
			path, _, _ := strings.Cut(part, `"`)
			if seen[path] {
				t.Errorf("%s twice", path)
			}
			seen[path] = true
		}
		_, older, found := strings.Cut(page, `class="button plain" href="/?before=`)
		if !found || pages > 5 {
			break
		}
		seq, _, _ := strings.Cut(older, `"`)
		page = s.get(t, "/?before="+seq, 200)
	}
	if len(seen) != 45 {
		t.Errorf("the pages hold %d bulletins, want 45", len(seen))
	}
}

func TestHomeFiltered(t *testing.T) {
	s := newTestSite(t)
	s.add(t, sample(1))
	other := sample(2)
	other.Places, other.Clusters, other.Title = []string{"ca-mau"}, nil, "Thuyền đưa học trò qua sông"
	s.add(t, other)
	phuTho := s.get(t, "/?place=phu-tho", 200)
	wantAll(t, phuTho, "<h1>Tin Phú Thọ</h1>", "lần thứ 1", "Bỏ lọc", `href="/feeds/tinh/phu-tho.rss"`)
	if strings.Contains(phuTho, "Thuyền") {
		t.Error("a bulletin of another place is in the list")
	}
	wantAll(t, s.get(t, "/?cluster=tay-bac&lang=en", 200), "News of", "lần thứ 1", "lang=en&amp;place=phu-tho", `pictured" lang="vi"`)
	for _, path := range []string{"/?place=atlantis", "/?cluster=khong", "/?before=abc", "/?before=0", "/?before=99999999999999999999"} {
		s.get(t, path, 404)
	}
}

func TestBulletin(t *testing.T) {
	s := newTestSite(t)
	b := s.add(t, sample(1))
	page := s.get(t, "/bulletins/"+b.ID, 200)
	wantAll(t, page, "<h1>Hội nghị giao ban cụm Tây Bắc &lt;lần thứ 1&gt;", `class="lead">Ngày 28/4/2022`, "<h2>Kết quả</h2>",
		`src="/images/a1b2.png"`, "Lãnh đạo các tỉnh tặng hoa Hội nghị</figcaption>", "Đồng chí Lê Mạnh Hùng phát biểu</figcaption>",
		"Thứ Năm, 28 tháng 4 năm 2022", "Quyết định 387/QĐ-TTg, ngày 25/3/2022", "ke-hoach.pdf", "sid=4929", `href="/feeds/tinh/phu-tho"`, `title="Phú Thọ (RSS)" href="/feeds/tinh/phu-tho.rss"`, `href="/subscribe"`, "Phú Thọ", "Thứ Sáu", "20/11/2026")
	if n := strings.Count(page, "<h1"); n != 1 {
		t.Errorf("%d headings of the first rank", n)
	}
	if strings.Contains(page, "Đã sửa") {
		t.Error("a first revision says that it was corrected")
	}
	revised := sample(1)
	revised.Title, revised.Revision = "Tiêu đề đã sửa", 2
	s.add(t, revised)
	wantAll(t, s.get(t, "/bulletins/"+b.ID, 200), "Tiêu đề đã sửa", "Đã sửa")
	wantAll(t, s.get(t, "/bulletins/"+b.ID+"?lang=en", 200), `<html lang="en">`, `<article lang="vi">`, "Documents cited", "Corrected")
	revised.Withdrawn, revised.Revision = true, 3
	s.add(t, revised)
	wantAll(t, s.get(t, "/bulletins/"+b.ID, 410), "Tiêu đề đã sửa", "đã được rút lại")
	s.get(t, "/bulletins/khong-co", 404)
	held := sample(2)
	held.Held = "thiếu ngày"
	if b := s.add(t, held); b.Held != "" {
		if body := s.get(t, "/bulletins/"+b.ID, 404); strings.Contains(body, "thiếu ngày") {
			t.Error("a visitor reads why a bulletin is held")
		}
	}
}

func TestEdition(t *testing.T) {
	s := newTestSite(t)
	s.add(t, sample(1))
	s.add(t, sample(2))
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", FirstNumber: 47, Max: 30}
	due := time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)
	e, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: due})
	if err != nil {
		t.Fatal(err)
	}
	page := s.get(t, "/editions/"+e.ID, 200)
	wantAll(t, page, "<h1>Bản tin khuyến học trong tuần, số 47</h1>", "2&nbsp;tin", "Thứ Hai", "23/11/2026", "lần thứ 1", "lần thứ 2")
	if strings.Contains(page, "unsubscribe") {
		t.Error("a page for everybody has a personal link")
	}
	wantAll(t, s.get(t, "/editions/"+e.ID+"?lang=en", 200), "no. 47", "2&nbsp;bulletins")
	s.get(t, "/editions/hang-tuan-48", 404)
}

// TestFeedsOfAllPlaces holds the longest page under the weight of the others.
func TestFeedsOfAllPlaces(t *testing.T) {
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	list := func() []bantin.Feed {
		var out []bantin.Feed
		for n := range 97 {
			slug := fmt.Sprintf("ba-ria-vung-tau-%d", n)
			out = append(out, bantin.Feed{ID: "tinh/" + slug, Title: "Bà Rịa - Vũng Tàu", Select: bantin.Selection{Places: []string{slug}}})
		}
		return out
	}
	db, err := store.Open(t.Context(), officetest.DataDir(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	handler := New(Options{Site: &bantin.Site{Title: "Hội", Language: bantin.Vietnamese}, Store: db, Atlas: place.NewAtlas(nil), Templates: set, FeedList: list, Feeds: testFeeds()})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/feeds", nil))
	if n := w.Body.Len(); w.Code != 200 || n > 30<<10 || strings.Count(w.Body.String(), `<li><a href="/feeds/tinh/`) != 97 {
		t.Errorf("status %d, %d bytes", w.Code, n)
	}
}

func TestFeeds(t *testing.T) {
	s := newTestSite(t)
	wantAll(t, s.get(t, "/feeds", 200), "/feeds/tat-ca.rss", "/feeds/tay-bac.atom", "/feeds/tinh/phu-tho.json", `id="places"`, `id="clusters"`)
	if body := s.get(t, "/feeds/tat-ca.rss", 200); body != "<rss/>" {
		t.Errorf("feed = %q", body)
	}
	s.get(t, "/feeds/khong.rss", 404)
	if res, _ := s.do(t, "POST", "/feeds/tat-ca.rss", ""); res.StatusCode != 405 || res.Header.Get("Allow") == "" {
		t.Errorf("POST of a feed = %d", res.StatusCode)
	}
}

// TestUnsubscribe goes the whole way: looking changes nothing, posting leaves.
func TestUnsubscribe(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	path := "/unsubscribe/" + s.contact(t, "hang-tuan")
	for range 3 {
		wantAll(t, s.get(t, path, 200), "Ngừng nhận Bản tin khuyến học trong tuần?", `method="post"`, `name="robots" content="noindex"`)
	}
	s.do(t, http.MethodHead, path, "")
	if res, _ := s.do(t, http.MethodPut, path, "List-Unsubscribe=One-Click"); res.StatusCode != 405 {
		t.Errorf("PUT = %d", res.StatusCode)
	}
	s.do(t, http.MethodOptions, path, "")
	if s.left(t) {
		t.Fatal("looking at the page left the digest")
	}
	for _, body := range []string{"List-Unsubscribe=One-Click", "", "vớ+vẩn=%zz", "List-Unsubscribe=One-Click"} {
		res, page := s.do(t, http.MethodPost, path, body)
		if res.StatusCode != 200 || len(res.Cookies()) > 0 || res.Header.Get("Location") != "" {
			t.Errorf("POST %q = %d, %d cookies, Location %q", body, res.StatusCode, len(res.Cookies()), res.Header.Get("Location"))
		}
		if res.Header.Get("Cache-Control") != "no-store" {
			t.Error("the answer may be cached")
		}
		wantAll(t, page, "Bạn đã ngừng nhận Bản tin khuyến học trong tuần")
		if !s.left(t) {
			t.Fatalf("POST %q did not leave", body)
		}
	}
	wantAll(t, s.get(t, path+"?lang=en", 200), "Unsubscribe from Bản tin khuyến học trong tuần?", `?lang=en"`)
}

// One-click posts come from mail programs, which are no browsers of this site.
func TestUnsubscribeFromElsewhere(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	path := "/unsubscribe/" + s.contact(t, "tuan") // the digest's old name
	req, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	req.Header.Set("Origin", "https://mail.example.com")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || !s.left(t) {
		t.Errorf("status %d, left %v", res.StatusCode, s.left(t))
	}
}
