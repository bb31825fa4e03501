package syndicate

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"bantin"
	"bantin/feed"
	"bantin/schedule"
	"bantin/store"
)

// ask gets a path from the library, as a reader that follows no redirects.
func ask(f *Feeds, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.Library.ServeHTTP(w, r)
	return w
}

// tins stores bulletins from to to, every third of Cần Thơ.
func (o *feedOffice) tins(from, to int) {
	o.T.Helper()
	for i := from; i < to; i++ {
		slug := "phu-tho"
		if i%3 == 0 {
			slug = "can-tho"
		}
		o.AddBulletin(fmt.Sprintf("tin-%d", i), fmt.Sprintf("Tin khuyến học thứ %d.", i), slug)
	}
}

// history reads a feed to its end by its own links, as a reader that wants all
// of it does, and gives the titles of each document.
func history(t *testing.T, f *Feeds, path string) (pages []string, titles [][]string) {
	t.Helper()
	for path != "" {
		w := ask(f, path)
		if w.Code != 200 {
			t.Fatalf("%s answers %d", path, w.Code)
		}
		var said struct {
			Next  string `json:"next_url"`
			Items []struct{ Title string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
			t.Fatal(err)
		}
		var here []string
		for _, item := range said.Items {
			here = append(here, item.Title)
		}
		pages, titles = append(pages, path), append(titles, here)
		path = strings.TrimPrefix(said.Next, "https://bantin.example.org")
	}
	return pages, titles
}

func (o *feedOffice) small(limit int) *Feeds {
	return o.feeds(
		FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin khuyến học", Limit: limit}},
		FeedPlan{Feed: bantin.Feed{ID: "tinh", Title: "Bản tin", Limit: limit}, Per: PerPlace},
	)
}

func (o *feedOffice) refreshed(f *Feeds) {
	o.T.Helper()
	if _, err := f.Refresh(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
}

// Whatever the number of bulletins, a reader that follows the links gets them all,
// and those of a place too; nothing lies between the newest archive and the
// subscription document.
func TestHistoryIsWhole(t *testing.T) {
	o := newFeedOffice(t)
	f := o.small(5)
	for n := range 23 {
		o.tins(n, n+1)
		o.refreshed(f)
		for path, want := range map[string]int{"/feeds/tat-ca.json": n + 1, "/feeds/tinh/can-tho.json": (n + 3) / 3} {
			_, titles := history(t, f, path)
			all := slices.Concat(titles...)
			slices.Sort(all)
			if got := len(slices.Compact(all)); got != want {
				t.Errorf("%d of %d bulletins in the history of %s", got, want, path)
			}
			for _, page := range titles {
				if len(page) > 5 {
					t.Errorf("%s: %d bulletins in one document", path, len(page))
				}
			}
		}
	}
}

// An archive page changes only when a bulletin in it does: not when others
// come, leave or change.
func TestArchivesStandStill(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 22)
	f := o.small(5)
	o.refreshed(f)
	tags := func() (list []string) {
		for page := range 4 {
			for _, ext := range []string{"rss", "atom", "json"} {
				h := ask(f, fmt.Sprintf("/feeds/tat-ca/archive/%d.%s", page+1, ext)).Header()
				list = append(list, h.Get("Etag")+" "+h.Get("Last-Modified"))
			}
		}
		return list
	}
	before := tags()
	changed := func(what string, want ...int) {
		t.Helper()
		o.refreshed(f)
		after := tags()
		for page := range 4 {
			for i := page * 3; i < page*3+3; i++ {
				if same := before[i] == after[i]; same == slices.Contains(want, page+1) {
					t.Errorf("%s: document %d of page %d is the same: %v", what, i%3, page+1, same)
				}
			}
		}
		before = after
	}
	o.tins(22, 40)
	changed("others came")
	o.Withdraw("tin-7", "Tin khuyến học thứ 7.")
	changed("withdrawn", 2)
	o.AddBulletin("tin-11", "Tin khuyến học thứ 11, có sửa.", "phu-tho")
	changed("revised", 3)
	o.AddBulletin("tin-7", "Tin khuyến học thứ 7.", "phu-tho")
	changed("restored", 2)
	if w := ask(f, "/feeds/tat-ca/archive/2.rss"); !strings.Contains(w.Body.String(), "thứ 7.") || w.Header().Get("Cache-Control") != "public, no-cache" {
		t.Errorf("page 2: %v", w.Header())
	}
	again := o.small(5) // a restart, or another node
	o.refreshed(again)
	f = again
	changed("restarted")
}

func TestArchiveAddresses(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	f := o.small(5)
	o.refreshed(f)
	for path, want := range map[string]string{
		"/feeds/tat-ca/archive/1.atom":       "200 ",
		"/feeds/tat-ca/archive/2.json":       "200 ",
		"/feeds/tat-ca/archive/3.atom":       "307 /feeds/tat-ca.atom", // named by page 2, not there yet
		"/feeds/tat-ca/archive/4.atom":       "404 ",
		"/feeds/tat-ca/archive/0.atom":       "404 ",
		"/feeds/tat-ca/archive/1.html":       "404 ",
		"/feeds/tinh/phu-tho/archive/1.rss":  "200 ",
		"/feeds/tinh/can-tho/archive/1.rss":  "404 ", // has none
		"/feeds/tinh/ha-noi/archive/1.rss":   "404 ",
		"/feeds/khong-co/archive/1.rss":      "404 ",
		"/feeds/tat-ca/archive/1.atom/x.rss": "404 ",
	} {
		w := ask(f, path)
		if got := fmt.Sprint(w.Code, " ", w.Header().Get("Location")); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	w := ask(f, "/feeds/tat-ca/archive/1.atom")
	if again := ask(f, "/feeds/tat-ca/archive/1.atom", "If-None-Match", w.Header().Get("Etag")); again.Code != 304 {
		t.Errorf("a known page answers %d", again.Code)
	}
	if parsed, err := gofeed.NewParser().ParseString(w.Body.String()); err != nil || len(parsed.Items) != 5 {
		t.Errorf("page 1: %v", err)
	}
}

// A page that is asked for again is compressed; a reader that has it keeps it.
func TestArchivePagesArePacked(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	f := o.small(5)
	o.refreshed(f)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Library.CompressQueued(ctx)
	}()
	defer func() { stop(); <-done }()
	const path = "/feeds/tat-ca/archive/1.rss"
	tag := ask(f, path, "Accept-Encoding", "zstd, gzip").Header().Get("Etag")
	for end := time.Now().Add(time.Minute); ask(f, path, "Accept-Encoding", "zstd").Header().Get("Content-Encoding") != "zstd"; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a page that is asked for again and again is not packed")
		}
	}
	if w := ask(f, path, "Accept-Encoding", "zstd, gzip", "If-None-Match", tag); w.Code != 304 {
		t.Errorf("who has the page from before gets %d", w.Code)
	}
}

// Many ask for many pages while bulletins change; nobody sees an old page once
// the feeds are refreshed, and few are kept.
func TestShelf(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 150)
	f := o.small(1) // a page for each
	o.refreshed(f)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for page := range 150 {
			ask(f, fmt.Sprintf("/feeds/tat-ca/archive/%d.json", page+1))
		}
	}()
	for i := range 20 {
		o.AddBulletin("tin-3", fmt.Sprintf("Tin khuyến học thứ 3, bản sửa %d.", i), "can-tho")
		o.refreshed(f)
		if w := ask(f, "/feeds/tat-ca/archive/4.json"); !strings.Contains(w.Body.String(), fmt.Sprintf("bản sửa %d.", i)) {
			t.Fatalf("after revision %d: %s", i, w.Body)
		}
	}
	<-done
	if kept := &f.archives.pages.byPath; len(kept.at) > maxCachedPages || len(kept.at) != kept.order.Len() {
		t.Errorf("%d pages are kept, in an order of %d", len(kept.at), kept.order.Len())
	}
}

// Pages of months may be large: few of them are kept then, and always the last.
func TestShelfIsBoundedInBytes(t *testing.T) {
	var s pageCache
	page := func() (*feed.Document, store.SeqRange, error) {
		return &feed.Document{Body: make([]byte, maxCachedPageBytes/3)}, store.SeqRange{}, nil
	}
	for n := range 5 {
		if _, err := s.get(fmt.Sprintf("/feeds/tat-ca/archive/2015-0%d.rss", n+1), "", page); err != nil {
			t.Fatal(err)
		}
	}
	if kept := &s.byPath; len(kept.at) != 3 || kept.bytes > maxCachedPageBytes || kept.at["/feeds/tat-ca/archive/2015-05.rss"] == nil {
		t.Errorf("%d pages of %d bytes are kept", len(kept.at), kept.bytes)
	}
	s.clear()
	if document, err := s.get("/feeds/tat-ca/archive/1.rss", "", func() (*feed.Document, store.SeqRange, error) {
		return &feed.Document{Body: make([]byte, 2*maxCachedPageBytes)}, store.SeqRange{}, nil
	}); err != nil || len(s.byPath.at) != 1 || document == nil {
		t.Errorf("of a page that is larger than all may be, %d are kept: %v", len(s.byPath.at), err)
	}
}

// A feed that chooses otherwise is begun anew; one of another limit is not.
func TestArchivesOfAnotherSelection(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 30)
	o.refreshed(o.small(5))
	f := o.small(3)
	o.refreshed(f)
	if pages, titles := history(t, f, "/feeds/tat-ca.json"); len(pages) != 7 || len(titles[6]) != 5 {
		t.Errorf("of another limit: %d documents, the oldest of %d", len(pages), len(titles[6]))
	}
	f = o.small(5)
	f.Plans[0].Select = bantin.Selection{Places: []string{"can-tho"}}
	o.refreshed(f)
	if pages, titles := history(t, f, "/feeds/tat-ca.json"); len(pages) != 3 || len(slices.Concat(titles[1:]...)) != 10 {
		t.Errorf("of another selection: %v", titles)
	}
}

func TestExportHasArchives(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	f := o.small(5)
	o.refreshed(f)
	dir := t.TempDir()
	exporter := &Exporter{Feeds: f, Dir: dir}
	done, err := exporter.Export(t.Context())
	all, written := done.Documents, done.Written
	if err != nil || all != len(f.Library.Paths())+6+3 || written != all { // two pages of all, one of Phú Thọ
		t.Fatalf("%d documents, %d written: %v", all, written, err)
	}
	for _, path := range []string{"/feeds/tat-ca/archive/2.atom", "/feeds/tinh/phu-tho/archive/1.json"} {
		body, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || string(body) != ask(f, path).Body.String() {
			t.Errorf("%s is not what is served: %v", path, err)
		}
	}
	o.AddBulletin("tin-1", "Tin khuyến học thứ 1, có sửa.", "phu-tho")
	o.refreshed(f)
	if done, err := exporter.Export(t.Context()); err != nil || done.Written != 6 { // page 1 of all and of Phú Thọ
		t.Errorf("%d written after a revision: %v", written, err)
	}
}

// Old names lead to the new ones for good, with all that hangs on them; what
// has ended says so; and neither is said by mistake.
func TestRenamedAndGone(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	before := o.small(5)
	o.refreshed(before)
	f := o.feeds(
		FeedPlan{Feed: bantin.Feed{ID: "toan-quoc", Title: "Tên mới", Limit: 5, Aliases: []string{"tat-ca"}}},
		FeedPlan{Feed: bantin.Feed{ID: "dia-phuong", Title: "Bản tin", Limit: 5, Aliases: []string{"tinh"}}, Per: PerPlace},
		FeedPlan{Feed: bantin.Feed{ID: "cu", Title: "Đã ngừng", Limit: 5, Gone: true, Aliases: []string{"cu-hon"}}},
	)
	f.Site = &bantin.Site{Title: o.Site.Title, URL: "https://example.org/ban-tin", Language: "vi", Location: o.Site.Location}
	o.refreshed(f)
	for path, want := range map[string]string{
		"/feeds/tat-ca.atom":                "301 /ban-tin/feeds/toan-quoc.atom",
		"/feeds/tat-ca/archive/2.json":      "301 /ban-tin/feeds/toan-quoc/archive/2.json",
		"/feeds/tat-ca/archive/3.json":      "301 /ban-tin/feeds/toan-quoc/archive/3.json", // which page 2 named under the old name
		"/feeds/tinh/phu-tho.rss":           "301 /ban-tin/feeds/dia-phuong/phu-tho.rss",
		"/feeds/tinh/phu-tho/archive/1.rss": "301 /ban-tin/feeds/dia-phuong/phu-tho/archive/1.rss",
		"/feeds/cu.rss":                     "410 ",
		"/feeds/cu/archive/1.rss":           "410 ",
		"/feeds/cu-hon.json":                "410 ",
		// by mistake
		"/feeds/tat-ca":                 "404 ",
		"/feeds/tat-ca.html":            "404 ",
		"/feeds/tat-ca/archive/9.json":  "404 ",
		"/feeds/tat-ca-khac.atom":       "404 ",
		"/feeds/tinh/ha-noi.rss":        "404 ",
		"/feeds/tinh.rss":               "404 ",
		"/feeds/cu":                     "404 ",
		"/feeds/cu.html":                "404 ",
		"/feeds/cu-moi.rss":             "404 ",
		"/feeds/chua-tung-co.rss":       "404 ",
		"/feeds/toan-quoc/phu-tho.json": "404 ",
	} {
		w := ask(f, path)
		if got := fmt.Sprint(w.Code, " ", w.Header().Get("Location")); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
		if w.Code == 410 && !strings.Contains(w.Body.String(), "ngừng hẳn") {
			t.Errorf("%s says %q", path, w.Body)
		}
	}
	was, is := ask(before, "/feeds/tat-ca.atom").Body.String(), ask(f, "/feeds/toan-quoc.atom").Body.String()
	if id := is[strings.Index(is, "<id>"):strings.Index(is, "</id>")]; !strings.Contains(was, id) {
		t.Errorf("the feed's id changed with its name: %s", id)
	}
	if slices.ContainsFunc(f.List(), func(one bantin.Feed) bool { return one.ID == "cu" }) {
		t.Error("a feed that has ended is listed")
	}
}

// Last-Modified rises with the bytes, also where only their writing changed,
// and never falls.
func TestLastModifiedGoesByTheBytes(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 3)
	modified := func(f *Feeds) string {
		o.refreshed(f)
		return ask(f, "/feeds/tat-ca.rss").Header().Get("Last-Modified")
	}
	first := modified(o.small(5))
	if again := modified(o.small(5)); again != first {
		t.Errorf("a restart made %s of %s", again, first)
	}
	other := o.small(5)
	other.Quiet = []int{1, 2} // stands for another writing: bulletins and site are the same
	o.Skew.Store(-1e9 * 3600) // even with a clock that was put back
	rose := modified(other)
	a, _ := http.ParseTime(first)
	b, _ := http.ParseTime(rose)
	if !b.After(a) {
		t.Errorf("other bytes, but Last-Modified went from %s to %s", first, rose)
	}
}

func TestQuietHours(t *testing.T) {
	vietnam := newFeedOffice(t).Site.Location
	tests := []struct {
		specs [][]string
		want  string
	}{
		{nil, "[]"},
		{[][]string{{"@every 1m"}}, "[]"},
		{[][]string{{"*/15 6-22 * * *"}}, "[17 18 19 20 21 22]"}, // 0 to 5 in Việt Nam, and the hour after the last
		{[][]string{{"0 7 * * *"}, {"30 12 * * MON"}}, "[2 3 4 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23]"},
		{[][]string{{"*/15 6-22 * * *"}, {"@hourly"}}, "[]"},
		{[][]string{{"*/15 6-22 * * *"}, nil}, "[]"}, // one is read by hand
	}
	for _, tt := range tests {
		var list []*schedule.Schedule
		for _, specs := range tt.specs {
			var s *schedule.Schedule
			if specs != nil {
				var err error
				if s, err = schedule.Parse(specs, vietnam); err != nil {
					t.Fatal(err)
				}
			}
			list = append(list, s)
		}
		if got := fmt.Sprint(QuietHours(list)); got != tt.want {
			t.Errorf("%v: quiet in %s, want %s", tt.specs, got, tt.want)
		}
	}
}
