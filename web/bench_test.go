package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/mailer"
	"bantin/place"
	"bantin/publish/syndicate"
	"bantin/store"
	"bantin/templates"

	"github.com/google/uuid"
)

// shelfOf is a site with n bulletins, every fifth of Phú Thọ, every thousandth
// about a lighthouse.
func shelfOf(b *testing.B, n int) (http.Handler, *store.DB) {
	b.Helper()
	db, err := store.Open(b.Context(), officetest.DataDir(b), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	atlas := place.NewAtlas(nil)
	slugs := []string{"phu-tho", "son-la", "lao-cai", "ha-noi", "ca-mau"}
	rules := store.ArrivalPolicy{FeedID: func(id string) string { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(id)).URN() }}
	var batch []store.Arrival
	for i := range n {
		x := story(fmt.Sprintf("tin-%d", i), fmt.Sprintf("Hội nghị khuyến học lần thứ %d", i),
			strings.Repeat("Các cấp hội trao học bổng cho học sinh nghèo vượt khó trong phong trào khuyến tài của tỉnh. ", 6), slugs[i%5], 1)
		if i%1000 == 7 {
			x.Text += " Ngọn hải đăng."
		}
		batch = append(batch, store.Arrival{Source: "van-phong", Item: x.ID, Version: "1", Digest: x.ID, Identity: "file:" + x.ID, Bulletin: &x, Tags: atlas.Tags(&x)})
		if len(batch) == 500 || i == n-1 {
			if _, err := db.Bulletins().Store(b.Context(), batch, rules); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if _, err := (&syndicate.ListIndexer{DB: db, Atlas: atlas}).Index(b.Context()); err != nil {
		b.Fatal(err)
	}
	set, err := templates.Load("")
	if err != nil {
		b.Fatal(err)
	}
	return New(Options{
		Site:  &bantin.Site{Title: "Hội Khuyến học Việt Nam", URL: "https://bantin.example.org", Language: bantin.Vietnamese, Location: time.UTC},
		Store: db, Atlas: atlas, Templates: set, Tokens: mailer.NewTokens([]byte("bí mật của kiểm thử")), Feeds: testFeeds(), FeedList: testFeedList,
		Images: fstest.MapFS{}, Log: slog.New(slog.DiscardHandler),
	}), db
}

// middle is the middle of 31 timings of each of some acts, taken in turns.
func middle(b *testing.B, acts ...func()) []time.Duration {
	took := make([][]time.Duration, len(acts))
	for range 31 {
		for i, act := range acts {
			start := time.Now()
			act()
			took[i] = append(took[i], time.Since(start))
		}
	}
	out := make([]time.Duration, len(acts))
	for i := range took {
		slices.Sort(took[i])
		out[i] = took[i][len(took[i])/2]
	}
	return out
}

func opened(b *testing.B, h http.Handler, path string) func() {
	return func() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			b.Fatalf("%s: %d", path, w.Code)
		}
	}
}

// A page of the list out of many bulletins against one out of few, at its
// beginning and deep in it, and a search among many against a lookup by id.
func BenchmarkPagesAmongMany(b *testing.B) {
	few, many := 1_000, 100_000
	if testing.Short() {
		many = 2_000
	}
	small, _ := shelfOf(b, few)
	large, db := shelfOf(b, many)
	search := func(words string, phrase bool, tags ...[]string) func() {
		return func() {
			_, err := db.Bulletins().Search(context.Background(), store.SearchQuery{Words: strings.Fields(words), Phrase: phrase, Tags: tags, Limit: pageLength + 1})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	lookup := func() {
		if _, err := db.Bulletins().Get(context.Background(), "tin-500"); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		t := middle(b,
			opened(b, small, "/"), opened(b, large, "/"),
			opened(b, small, "/?before=500"), opened(b, large, fmt.Sprintf("/?before=%d", many/2)),
			opened(b, small, "/?place=phu-tho"), opened(b, large, "/?place=phu-tho"),
			lookup, search("hoc bong", true), search("hoc tinh bong", false), search("hai dang", true), search("hai dang", true, []string{"place:phu-tho"}))
		ratio := func(a, b time.Duration) float64 { return float64(a) / float64(b) }
		b.ReportMetric(ratio(t[1], t[0]), "first/few")
		b.ReportMetric(ratio(t[3], t[2]), "deep/few")
		b.ReportMetric(ratio(t[5], t[4]), "place/few")
		b.ReportMetric(ratio(t[7], t[6]), "phrase/lookup")
		b.ReportMetric(ratio(t[8], t[6]), "words/lookup")
		b.ReportMetric(ratio(t[9], t[6]), "rare/lookup")
		b.ReportMetric(ratio(t[10], t[6]), "rare-in-place/lookup")
		b.ReportMetric(float64(t[6].Microseconds()), "lookup-µs")
	}
}
