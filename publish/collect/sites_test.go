package collect_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/fetch"
	nuke "bantin/internal/nukeviettest"
	"bantin/internal/officetest"
	"bantin/picture"
	"bantin/place"
	"bantin/publish/collect"
	"bantin/schedule"
	"bantin/source"
	"bantin/store"
)

// newsroom is a site, a store, and what carries the one to the other.
type newsroom struct {
	t     testing.TB
	site  *nuke.Site
	db    *store.DB
	now   time.Time
	since bantin.Day
}

func newNewsroom(t testing.TB, site *nuke.Site) *newsroom {
	t.Helper()
	n := &newsroom{t: t, site: site.Start(t), now: time.Date(2022, 5, 2, 8, 0, 0, 0, time.UTC)}
	var err error
	n.db, err = store.Open(t.Context(), officetest.DataDir(t), store.Options{URL: officetest.Database(t), Now: func() time.Time { return n.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// collect reads the site as a process of its own does.
func (n *newsroom) collect(ctx context.Context) (collect.Collected, error) {
	n.t.Helper()
	pictures, err := picture.Open(n.t.TempDir())
	if err != nil {
		n.t.Fatal(err)
	}
	src, err := source.Open(source.Spec{
		ID: "website", Kind: "nukeviet", URL: n.site.URL(), Location: time.UTC, Pictures: pictures, Since: n.since,
		Web:   fetch.New(fetch.Options{AllowPrivate: true, MaxAttempts: 1}),
		Now:   func() time.Time { return n.now },
		Notes: func(ctx context.Context) (map[string]string, error) { return n.db.Sources().Notes(ctx, "website") },
	})
	if err != nil {
		n.t.Fatal(err)
	}
	c := &collect.Collector{DB: n.db, Log: slog.New(slog.DiscardHandler), Atlas: place.NewAtlas(nil), Known: []string{"website"}}
	return c.Collect(ctx, &collect.Reading{Source: src, Once: true})
}

// siteStories makes n stories a day apart.
func siteStories(n int) []nuke.Story {
	var list []nuke.Story
	last := time.Date(2022, 5, 2, 7, 0, 0, 0, time.UTC)
	for i := range n {
		id := i + 1
		list = append(list, nuke.Story{
			ID: id, Title: fmt.Sprintf("Tin số %d", id), Alias: fmt.Sprintf("Tin-so-%d", id),
			Lead: "Hội Khuyến học tỉnh Phú Thọ trao học bổng.",
			Body: fmt.Sprintf("<p>Đợt %d tại Thành phố Việt Trì.</p>", id) + strings.Repeat("<p>Các cấp hội đã trao học bổng cho học sinh nghèo vượt khó.</p>\n", 10),
			At:   last.Add(-time.Duration(n-id) * 24 * time.Hour),
		})
	}
	return list
}

func TestSiteWithdrawnAndRestored(t *testing.T) {
	n := newNewsroom(t, &nuke.Site{Stories: siteStories(5)})
	n.site.Location = time.UTC
	look := func(what string, want int) collect.Collected {
		t.Helper()
		done, err := n.collect(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if listed, _, err := n.db.Bulletins().Count(t.Context()); err != nil || listed != int64(want) {
			t.Errorf("%s: %d bulletins are shown, want %d (%v)", what, listed, want, err)
		}
		return done
	}
	first := look("first", 5)
	var gone nuke.Story
	n.site.Change(func(s *nuke.Site) { gone = *s.Story(3); s.Remove(3) })
	n.now = n.now.Add(time.Hour)
	if done := look("missing", 5); len(done.Problems) != 1 {
		t.Errorf("problems %v", done.Problems)
	}
	n.now = n.now.Add(25 * time.Hour)
	if done := look("vanished", 4); len(done.Withdrawn) != 1 || done.Withdrawn[0] != first.Added[2] {
		t.Errorf("withdrawn %v", done.Withdrawn)
	}
	n.site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, gone) })
	n.now = n.now.Add(time.Hour)
	if done := look("back", 5); len(done.Restored) != 1 {
		t.Errorf("restored %v", done.Restored)
	}
	b, err := n.db.Bulletins().Get(t.Context(), first.Added[2])
	if err != nil || b.Seq != 3 || b.Withdrawn {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestHistoryIsNoNews(t *testing.T) {
	n := newNewsroom(t, &nuke.Site{Generation: nuke.Four, Stories: siteStories(100), Location: time.UTC})
	n.since = bantin.Day{Year: 2022, Month: 1, Day: 1}
	done, err := n.collect(t.Context())
	if err != nil || len(done.Added) != 31 || done.History != 69 {
		t.Fatalf("%d added, %d as history, %v", len(done.Added), done.History, err)
	}
	news, err := n.db.Bulletins().List(t.Context(), store.Filter{})
	if err != nil || len(news) != 31 {
		t.Errorf("%d are news, %v", len(news), err)
	}
	old, err := n.db.History().ByChange(t.Context(), 0, 1000)
	if err != nil || len(old) != 69 {
		t.Fatalf("%d are history, %v", len(old), err)
	}
	for _, b := range old {
		if b.Seq != 0 || b.Change == 0 || !b.Publishable() {
			t.Errorf("%s: seq %d, change %d", b.ID, b.Seq, b.Change)
		}
	}
	// An edit of history is no news either.
	id := old[0].SourceID
	n.site.Change(func(s *nuke.Site) {
		for i := range s.Stories {
			if fmt.Sprint(s.Stories[i].ID) == id {
				s.Stories[i].Title, s.Stories[i].Alias = "Tin cũ đã sửa", "Tin-cu-da-sua"
			}
		}
	})
	n.now = n.now.Add(time.Hour)
	if done, err = n.collect(t.Context()); err != nil || len(done.Revised) != 1 {
		t.Fatalf("revised %v, %v", done.Revised, err)
	}
	if b, err := n.db.Bulletins().Get(t.Context(), done.Revised[0]); err != nil || b.Seq != 0 || b.Title != "Tin cũ đã sửa" {
		t.Errorf("%+v, %v", b, err)
	}
}

// A backfill is stopped after any number of requests, as a kill would, and
// begun again by a new process.
func TestBackfillStoppedAnywhere(t *testing.T) {
	for _, g := range []nuke.Generation{nuke.Two, nuke.Three, nuke.Four} {
		const total = 150
		var stop context.CancelFunc
		left := 0
		site := &nuke.Site{Generation: g, Stories: siteStories(total), NoSitemap: true, Location: time.UTC}
		n := newNewsroom(t, site)
		n.since = bantin.Day{Year: 2021, Month: 1, Day: 1}
		runs := 0
		for ; runs < 100; runs++ {
			ctx, cancel := context.WithCancel(t.Context())
			stop, left = cancel, 5+runs*3
			site.SetBefore(func() {
				if left--; left == 0 {
					stop()
				}
			})
			_, err := n.collect(ctx)
			cancel()
			if err == nil {
				break
			}
		}
		_, all, err := n.db.Bulletins().Count(t.Context())
		if err != nil || all != total {
			t.Errorf("generation %d: %d of %d bulletins after %d runs, %v", g, all, total, runs, err)
		}
		for i := 1; i <= total; i++ {
			if g == nuke.Two && site.Hits(i) > 0 {
				t.Errorf("story %d: its counter was raised", i)
			}
		}
	}
}

func TestNextTry(t *testing.T) {
	s, err := schedule.Parse([]string{"*/15 * * * *"}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2022, 5, 2, 8, 0, 0, 0, time.UTC)
	broken := &source.SiteError{Err: &fetch.Error{Status: 503}}
	patient := &source.SiteError{Err: &fetch.Error{Status: 429, RetryAt: now.Add(3 * time.Hour)}}
	for _, c := range []struct {
		err      error
		failures int
		want     time.Duration
	}{
		{nil, 0, 15 * time.Minute},
		{errors.New("thư mục không mở được"), 9, 15 * time.Minute},
		{broken, 1, 15 * time.Minute},
		{broken, 6, 45 * time.Minute},
		{broken, 50, 6 * time.Hour},
		{patient, 1, 3 * time.Hour},
	} {
		if got := collect.NextTry(s, now, c.err, c.failures).Sub(now); got != c.want {
			t.Errorf("%v, %d times: next in %s, want %s", c.err, c.failures, got, c.want)
		}
	}
}

// Who starts anew goes on with the pauses where they were.
func TestFailuresBefore(t *testing.T) {
	at := time.Date(2022, 5, 2, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		failed bool
		pause  time.Duration
		want   int
	}{{false, 15 * time.Minute, 0}, {true, time.Minute, 1}, {true, 32 * time.Minute, 6}, {true, 45 * time.Minute, 6}, {true, 6 * time.Hour, 9}, {true, 24 * time.Hour, 9}} {
		state := store.SourceState{ErrorAt: at, NextTry: at.Add(c.pause)}
		if c.failed {
			state.LastError = "trang trả lời mã 503"
		}
		if got := collect.PastFailures(state); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
