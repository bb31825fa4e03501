package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/internal/officetest"
	"bantin/mailer"
	"bantin/place"
	"bantin/store"
	"bantin/templates"

	"github.com/google/uuid"
)

// testSite is a site over a real store.
type testSite struct {
	*httptest.Server
	store  *store.DB
	atlas  *place.Atlas
	tokens *mailer.Tokens
	log    *strings.Builder
	site   Options
	outbox string
	dir    string       // of the database
	passed atomic.Int64 // what the clock of the site and its store is ahead
}

func (s *testSite) now() time.Time { return time.Now().Add(time.Duration(s.passed.Load())) }

// pass has time go by.
func (s *testSite) pass(d time.Duration) { s.passed.Add(int64(d)) }

func newTestSite(t *testing.T) *testSite {
	t.Helper()
	s := &testSite{outbox: t.TempDir(), dir: officetest.DataDir(t)}
	// A morning of today: what is counted by the hour and by the day is not
	// counted anew in the midst of a test.
	now := time.Now().UTC()
	s.pass(now.Truncate(24 * time.Hour).Add(9*time.Hour + 5*time.Minute).Sub(now))
	db, err := store.Open(t.Context(), s.dir, store.Options{Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	set, err := templates.Load("")
	if err != nil {
		t.Fatal(err)
	}
	s.store, s.atlas, s.tokens, s.log = db, place.NewAtlas(nil), mailer.NewTokens([]byte("bí mật của kiểm thử")), new(strings.Builder)
	s.site = Options{
		Site: &bantin.Site{
			Title: "Hội Khuyến học Việt Nam", URL: "https://bantin.example.org", Language: bantin.Vietnamese,
			Location: time.FixedZone("+07", 7*60*60), Contact: "vanphong@example.org", Address: "Số 1 phố Ví Dụ, Hà Nội",
		},
		Store: db, Templates: set, Atlas: s.atlas, Tokens: s.tokens,
		Feeds:          testFeeds(),
		FeedList:       testFeedList,
		Digests:        []Digest{{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", Next: func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }}},
		RenamedDigests: map[string]string{"tuan": "hang-tuan"},

		RenamedFeeds: map[string]string{"toan-quoc": "tat-ca", "dia-phuong": "tinh"},
		Images:       fstest.MapFS{"a1b2.png": {Data: tinyPNG()}, "con/x.png": {Data: tinyPNG()}},
		Files: Files{
			FS: fstest.MapFS{"0a1b-ke-hoach.pdf": {Data: []byte("%PDF-1.7")}, "0a1b-mau.doc": {Data: []byte("<html><script>alert(1)</script>")}, "0a1b-x.html": {Data: []byte("<html>")}},
			Type: func(name string) (string, bool) {
				kind, ok := map[string]string{".pdf": "application/pdf", ".doc": "application/msword"}[path.Ext(name)]
				return kind, ok
			},
		},
		Log:            slog.New(slog.NewTextHandler(s.log, nil)),
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		Now:            s.now,
	}
	s.Server = httptest.NewServer(New(s.site))
	t.Cleanup(s.Close)
	return s
}

func testFeedList() []bantin.Feed {
	return []bantin.Feed{
		{ID: "tat-ca", Title: "Bản tin khuyến học"},
		{ID: "tay-bac", Title: "Bản tin Tây Bắc", Select: bantin.Selection{Clusters: []string{"tay-bac"}}},
		{ID: "tinh/phu-tho", Title: "Phú Thọ", Select: bantin.Selection{Places: []string{"phu-tho"}}},
	}
}

func testFeeds() *feed.Library {
	l := new(feed.Library)
	l.Put("/feeds/tat-ca.rss", feed.NewDocument([]byte("<rss/>"), "application/rss+xml; charset=utf-8", time.Now()))
	return l
}

// tinyPNG is a picture of one pixel.
func tinyPNG() []byte {
	return []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
		"\x00\x00\x00\rIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x1b\xb6\xeeV\x00\x00\x00\x00IEND\xaeB`\x82")
}

// add stores a bulletin as a source would, and gives it back as stored.
func (s *testSite) add(t *testing.T, b bantin.Bulletin) bantin.Bulletin {
	t.Helper()
	b.Source, b.SourceID = "van-phong", b.ID+".txt"
	arrival := store.Arrival{
		Source: b.Source, Item: b.SourceID, Version: fmt.Sprint(b.Revision), Digest: b.Title + b.Lead,
		Identity: "file:van-phong/" + b.SourceID, Bulletin: &b, Tags: s.atlas.Tags(&b),
	}
	rules := store.ArrivalPolicy{
		SameStory: func(_, _ *bantin.Bulletin) bool { return true },
		FeedID:    func(id string) string { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(id)).URN() },
	}
	out, err := s.store.Bulletins().Store(t.Context(), []store.Arrival{arrival}, rules)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := s.store.Bulletins().Get(t.Context(), out[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func sample(n int) bantin.Bulletin {
	return bantin.Bulletin{
		ID:        fmt.Sprintf("giao-ban-%d", n),
		Title:     fmt.Sprintf("Hội nghị giao ban cụm Tây Bắc <lần thứ %d> & tổng kết", n),
		Lead:      "Ngày 28/4/2022, tại Thành phố Việt Trì, Cụm I đã tổ chức Hội nghị Giao ban.",
		HTML:      `<p>Tham dự có lãnh đạo Hội Khuyến học 9 tỉnh.</p><h1>Kết quả</h1><p><a href="https://example.org/">Xem</a></p>`,
		Text:      "Tham dự có lãnh đạo Hội Khuyến học 9 tỉnh.",
		URL:       "http://www.example.org/modules.php?name=News&op=viewst&sid=4929",
		Author:    "Văn phòng Trung ương Hội",
		Published: time.Date(2026, time.November, 20, 3, 0, 0, 0, time.UTC).AddDate(0, 0, n/3),
		Places:    []string{"phu-tho", "son-la"},
		Clusters:  []string{"tay-bac"},
		Images: []bantin.Image{
			{Src: "/images/a1b2.png", Caption: "Lãnh đạo các tỉnh tặng hoa Hội nghị", Width: 960, Height: 540},
			{Caption: "Đồng chí Lê Mạnh Hùng phát biểu"},
		},
		Attachments: []bantin.Attachment{{Src: "https://example.org/ke-hoach.pdf", Type: "application/pdf", Length: 9}},
		LegalRefs:   []bantin.LegalRef{{Ref: "387/QĐ-TTg", Kind: "Quyết định", Date: bantin.Day{Year: 2022, Month: 3, Day: 25}, Count: 2}},
		Event:       &bantin.Event{Date: bantin.Day{Year: 2022, Month: 4, Day: 28}, Place: "Thành phố Việt Trì", Host: "Hội Khuyến học tỉnh Phú Thọ"},
	}
}

// contact adds a contact and returns their unsubscribe token.
func (s *testSite) contact(t *testing.T, digest string) (token string) {
	t.Helper()
	people := []bantin.Contact{{Email: "mai@sonla.example.org", Place: "son-la", Level: bantin.LevelProvince}}
	if _, err := s.store.Imports().Apply(t.Context(), people, bantin.OriginOffice, []byte("x"), false); err != nil {
		t.Fatal(err)
	}
	c, err := s.store.Contacts().Get(t.Context(), "mai@sonla.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if token, err = s.tokens.UnsubscribeToken(c.Key, digest); err != nil {
		t.Fatal(err)
	}
	return token
}

// left reports whether the contact has left the weekly digest.
func (s *testSite) left(t *testing.T) bool {
	t.Helper()
	c, err := s.store.Contacts().Get(context.Background(), "mai@sonla.example.org")
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range c.Subscriptions {
		if sub.Digest == "hang-tuan" && sub.Status == bantin.SubscriptionUnsubscribed {
			return true
		}
	}
	return false
}

func (s *testSite) see(t *testing.T) {
	t.Helper()
	if err := s.store.Digests().Register(t.Context(), "hang-tuan", "Bản tin khuyến học trong tuần", nil); err != nil {
		t.Fatal(err)
	}
}

// do asks without following redirects.
func (s *testSite) do(t *testing.T, method, path, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func (s *testSite) get(t *testing.T, path string, status int) string {
	t.Helper()
	res, body := s.do(t, http.MethodGet, path, "")
	if res.StatusCode != status {
		t.Fatalf("GET %s = %d, want %d\n%s", path, res.StatusCode, status, body)
	}
	return body
}
