package syndicate

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"bantin"
	"bantin/feed"
	"bantin/internal/officetest"
	"bantin/source"
	"bantin/store"
)

// old stores history about places, published on a day.
func (o *feedOffice) old(id, title, day string, places ...string) {
	o.T.Helper()
	o.ancient(oldBulletin(o.T, id, title, day, places...))
}

func oldBulletin(t testing.TB, id, title, day string, places ...string) *bantin.Bulletin {
	t.Helper()
	d, err := bantin.ParseDay(day)
	if err != nil {
		t.Fatal(err)
	}
	return &bantin.Bulletin{ID: id, Source: "van-phong", SourceID: id + ".md", Title: title, Lead: title + ": phong trào khuyến học.",
		Text: title, HTML: "<p>" + title + "</p>", Places: places, Published: d.In(time.UTC).Add(23 * time.Hour)}
}

func (o *feedOffice) ancient(list ...*bantin.Bulletin) {
	o.T.Helper()
	var arrivals []store.Arrival
	for _, b := range list {
		arrivals = append(arrivals, store.Arrival{
			Source: "van-phong", Item: b.SourceID, Version: b.Title, Digest: b.ID + b.Title, Identity: "file:van-phong/" + b.SourceID,
			Bulletin: b, Tags: o.Atlas.Tags(b), History: true,
		})
	}
	_, err := o.DB.Bulletins().Store(o.T.Context(), arrivals, store.ArrivalPolicy{SameStory: func(_, _ *bantin.Bulletin) bool { return true }, FeedID: source.FeedID})
	if err != nil {
		o.T.Fatal(err)
	}
}

// shelve puts what was stored where lists and archives find it.
func (o *feedOffice) shelve() {
	o.T.Helper()
	if _, err := (&ListIndexer{DB: o.DB, Atlas: o.Atlas}).Index(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
}

// years stores history of three months, a bulletin of Cần Thơ in the oldest.
func (o *feedOffice) years() {
	o.T.Helper()
	o.old("cu-1", "Khuyến học năm xưa, tin 1", "2015-03-01", "phu-tho")
	o.old("cu-2", "Khuyến học năm xưa, tin 2", "2015-03-31", "phu-tho")
	o.old("cu-3", "Khuyến học năm xưa, tin 3", "2014-12-31", "phu-tho", "ha-giang")
	o.old("cu-4", "Khuyến học năm xưa, tin 4", "2012-02-29", "can-tho")
	o.old("cu-5", "Khuyến học năm xưa, tin 5", "2012-02-29", "phu-tho")
	o.shelve()
}

// linked is where a document leads by a link, within the site.
func linked(body, rel string) string {
	if rel == "prev-archive" && strings.HasPrefix(body, "{") {
		rel = "next_url"
	}
	m := regexp.MustCompile(`href="([^"]+)" rel="` + rel + `"|"` + rel + `":"([^"]+)"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return strings.TrimPrefix(m[1]+m[2], "https://bantin.example.org")
}

// walk follows a link from document to document, and gives the titles in each
// by its path.
func walk(t *testing.T, f *Feeds, path, rel string) (paths []string, titles map[string][]string) {
	t.Helper()
	titles = map[string][]string{}
	for path != "" {
		w := ask(f, path)
		if w.Code == 307 {
			path = w.Header().Get("Location")
			paths = append(paths, path)
			break
		}
		parsed, err := gofeed.NewParser().ParseString(w.Body.String())
		if err != nil || w.Code != 200 || titles[path] != nil {
			t.Fatalf("%s answers %d: %v", path, w.Code, err)
		}
		titles[path] = []string{}
		for _, item := range parsed.Items {
			titles[path] = append(titles[path], item.Title)
		}
		paths = append(paths, path)
		path = linked(w.Body.String(), rel)
	}
	return paths, titles
}

// A reader that follows the links sees all there is, news and history, each in one
// archive page, in every format; and comes back by the links the other way.
func TestWalkThroughAllMonths(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	o.years()
	f := o.small(5)
	o.refreshed(f)
	for _, format := range feed.Formats() {
		paths, titles := walk(t, f, "/feeds/tat-ca."+format.Ext, "prev-archive")
		var want []string
		for _, page := range []string{"", "/archive/2", "/archive/1", "/archive/2015-03", "/archive/2014-12", "/archive/2012-02"} {
			want = append(want, "/feeds/tat-ca"+page+"."+format.Ext)
		}
		if diff := cmp.Diff(want, paths); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", format.Name, diff)
		}
		seen := map[string]int{}
		for path, list := range titles {
			for _, title := range list {
				if path != paths[0] || seen[title] == 0 && strings.HasSuffix(title, "10.") || strings.HasSuffix(title, "11.") {
					seen[title]++ // the last two are in no archive yet
				}
			}
		}
		for title, times := range seen {
			if times != 1 {
				t.Errorf("%s: %q is there %d times", format.Name, title, times)
			}
		}
		if len(seen) != 12+5 {
			t.Errorf("%s: %d bulletins: %v", format.Name, len(seen), titles)
		}
		if got := titles[want[3]]; !slices.Equal(got, []string{"Khuyến học năm xưa, tin 2", "Khuyến học năm xưa, tin 1"}) {
			t.Errorf("%s: the latest published first, got %v", format.Name, got)
		}
		if format.Ext == "json" {
			continue // knows one direction
		}
		back, _ := walk(t, f, paths[len(paths)-1], "next-archive")
		slices.Reverse(paths)
		if diff := cmp.Diff(paths, back); diff != "" {
			t.Errorf("%s, the other way:\n%s", format.Name, diff)
		}
	}
}

// Where no numbered page is full, months stand behind the subscription
// document, also of a place that has nothing but history.
func TestMonthsWithoutNumberedPages(t *testing.T) {
	o := newFeedOffice(t)
	o.years()
	o.AddBulletin("moi", "Phú Thọ tổng kết", "phu-tho")
	f := o.small(5)
	o.refreshed(f)
	for id, want := range map[string]string{
		"tat-ca":        " 2015-03 2014-12 2012-02",
		"tinh/phu-tho":  " 2015-03 2014-12 2012-02",
		"tinh/can-tho":  " 2012-02",
		"tinh/ha-giang": " 2014-12",
	} {
		paths, titles := walk(t, f, "/feeds/"+id+".atom", "prev-archive")
		got := ""
		for _, path := range paths[1:] {
			got += " " + strings.TrimSuffix(strings.TrimPrefix(path, "/feeds/"+id+"/archive/"), ".atom")
			if len(titles[path]) == 0 {
				t.Errorf("%s is empty", path)
			}
		}
		if got != want {
			t.Errorf("%s leads to %q, want %q", id, got, want)
		}
	}
	if list := f.List(); !slices.ContainsFunc(list, func(one bantin.Feed) bool { return one.ID == "tinh/ha-giang" }) {
		t.Errorf("listed are %v", list)
	}
	newest := ask(f, "/feeds/tat-ca/archive/2015-03.rss").Body.String()
	if next := linked(newest, "next-archive"); next != "/feeds/tat-ca/archive/1.rss" {
		t.Errorf("the newest month leads on to %s", next)
	}
}

func TestMonthAddresses(t *testing.T) {
	o := newFeedOffice(t)
	o.years()
	o.AddBulletin("moi", "Hà Nội mở thư viện", "ha-noi")
	f := o.feeds(
		FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin", Limit: 5, Aliases: []string{"moi-tin"}}},
		FeedPlan{Feed: bantin.Feed{ID: "tinh", Title: "Bản tin", Limit: 5}, Per: PerPlace},
	)
	o.refreshed(f)
	for path, want := range map[string]string{
		"/feeds/tat-ca/archive/2015-03.atom":       "200 ",
		"/feeds/tat-ca/archive/2012-02.json":       "200 ",
		"/feeds/tinh/can-tho/archive/2012-02.rss":  "200 ",
		"/feeds/tinh/can-tho/archive/2015-03.rss":  "404 ", // of others
		"/feeds/tinh/can-tho/archive/1.rss":        "307 /feeds/tinh/can-tho.rss",
		"/feeds/tinh/ha-noi/archive/1.rss":         "404 ", // nothing names it
		"/feeds/tat-ca/archive/2.rss":              "404 ",
		"/feeds/tat-ca/archive/2015-04.atom":       "404 ",
		"/feeds/tat-ca/archive/2015-13.atom":       "404 ",
		"/feeds/tat-ca/archive/0000-01.atom":       "404 ",
		"/feeds/tat-ca/archive/9999-12.atom":       "404 ",
		"/feeds/tat-ca/archive/2015-3.atom":        "404 ",
		"/feeds/chon/archive/2015-03.atom":         "404 ",
		"/feeds/moi-tin/archive/2015-03.atom":      "301 /feeds/tat-ca/archive/2015-03.atom",
		"/feeds/moi-tin/archive/2015-04.atom":      "404 ",
		"/feeds/moi-tin/can-tho/archive/2012.atom": "404 ",
	} {
		w := ask(f, path)
		if got := fmt.Sprint(w.Code, " ", w.Header().Get("Location")); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	w := ask(f, "/feeds/tat-ca/archive/2015-03.atom")
	if w.Header().Get("Cache-Control") != feed.ArchiveCaching {
		t.Errorf("%v", w.Header())
	}
	if again := ask(f, "/feeds/tat-ca/archive/2015-03.atom", "If-None-Match", w.Header().Get("Etag")); again.Code != 304 {
		t.Errorf("a known page answers %d", again.Code)
	}
}

// A page of history changes with what is in it and with which months stand
// beside it, and not otherwise; nor is it served as it was before the index saw
// the change.
func TestMonthsStandStill(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	o.years()
	f := o.small(5)
	o.refreshed(f)
	tags := func() map[string]string {
		list := map[string]string{}
		for _, page := range []string{"", "/archive/2", "/archive/1", "/archive/2015-03", "/archive/2015-01", "/archive/2014-12", "/archive/2012-02"} {
			w := ask(f, "/feeds/tat-ca"+page+".atom")
			list[page] = fmt.Sprint(w.Code, w.Header().Get("Etag"), w.Header().Get("Last-Modified"))
		}
		return list
	}
	before := tags()
	changed := func(what string, want ...string) {
		t.Helper()
		tags() // the pages are kept as they are before the index saw it
		o.shelve()
		o.refreshed(f)
		after := tags()
		for page, was := range before {
			if same := was == after[page]; same == slices.Contains(want, page) {
				t.Errorf("%s: %q is the same: %v", what, page, same)
			}
		}
		before = after
	}
	o.old("cu-3", "Khuyến học năm xưa, tin 3, có sửa", "2014-12-31", "phu-tho")
	changed("revised", "/archive/2014-12")
	if w := ask(f, "/feeds/tat-ca/archive/2014-12.atom"); !strings.Contains(w.Body.String(), "có sửa") {
		t.Error("a revised page is served as it was")
	}
	o.Withdraw("cu-5", "Khuyến học năm xưa, tin 5")
	changed("withdrawn", "/archive/2012-02")
	o.old("cu-6", "Khuyến học năm xưa, tin 6", "2015-01-02", "phu-tho")
	changed("a month between", "/archive/2015-03", "/archive/2015-01", "/archive/2014-12")
	o.old("cu-6", "Khuyến học năm xưa, tin 6", "2015-03-02", "phu-tho")
	changed("it was another month", "/archive/2015-03", "/archive/2015-01", "/archive/2014-12")
	o.Withdraw("cu-4", "Khuyến học năm xưa, tin 4")
	changed("the oldest is gone", "/archive/2014-12", "/archive/2012-02")
	o.old("cu-7", "Khuyến học năm xưa, tin 7", "2016-07-01", "phu-tho")
	changed("a later month", "/archive/1", "/archive/2015-03")
	o.tins(12, 13)
	changed("news", "")
	if w := ask(f, "/feeds/tat-ca/archive/2012-02.atom"); w.Code != 404 {
		t.Errorf("a month whose history is gone answers %d", w.Code)
	}
	f = o.small(5) // a restart, or another node
	o.refreshed(f)
	changed("restarted")
}

// A backfill writes the documents that lead into another month now, and no
// others; hubs hear of those alone.
func TestBackfillWritesLittle(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12) // Cần Thơ has no page, Phú Thọ has one
	f := o.small(5)
	f.Hubs = []string{"https://hub.example.org/"}
	o.refresh(f, 3)
	shown := f.server.change.Load()
	fill := func(year, want int) {
		t.Helper()
		var list []*bantin.Bulletin
		for i := range 1200 {
			day := fmt.Sprintf("%d-%02d-%02d", year, i%12+1, i%28+1)
			list = append(list, oldBulletin(t, fmt.Sprintf("cu-%d-%d", year, i), fmt.Sprintf("Tin năm %d, số %d", year, i), day, "can-tho"))
		}
		for batch := range slices.Chunk(list, 200) {
			o.ancient(batch...)
		}
		o.refresh(f, 0) // the index has none of it
		documents := map[string]*feed.Document{}
		for _, path := range f.Library.Paths() {
			documents[path] = f.Library.Get(path)
		}
		f.TakeChanged()
		o.shelve()
		o.refresh(f, want)
		if f.TakeChanged() != (want > 0) || f.server.change.Load() != shown {
			t.Errorf("%d: documents are fresh though %d feeds were written", year, want)
		}
		for path, was := range documents {
			concerned := want > 0 && strings.HasPrefix(path, "/feeds/tinh/can-tho.")
			if same := f.Library.Get(path) == was; same == concerned {
				t.Errorf("%d: %s is the same document: %v", year, path, same)
			}
		}
	}
	fill(2015, 1) // Cần Thơ's subscription document leads to it
	fill(2014, 0)
	if older := linked(ask(f, "/feeds/tat-ca/archive/1.rss").Body.String(), "prev-archive"); older != "/feeds/tat-ca/archive/2015-12.rss" {
		t.Errorf("page 1 leads to %s", older)
	}
	fill(2016, 1)
	if older := linked(ask(f, "/feeds/tat-ca/archive/1.rss").Body.String(), "prev-archive"); older != "/feeds/tat-ca/archive/2016-12.rss" {
		t.Errorf("page 1 leads to %s", older)
	}
	if paths, _ := walk(t, f, "/feeds/tinh/can-tho.json", "prev-archive"); len(paths) != 1+36 {
		t.Errorf("%d documents", len(paths))
	}
}

// An export has the months, writes those that changed, and takes away those
// that have no history any more.
func TestExportHasMonths(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	o.years()
	f := o.feeds(
		FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin khuyến học", Limit: 5}},
		FeedPlan{Feed: bantin.Feed{ID: "can-tho", Title: "Tin Cần Thơ", Limit: 5, Select: bantin.Selection{Places: []string{"can-tho"}}}},
	)
	o.refreshed(f)
	dir := t.TempDir()
	exporter := &Exporter{Feeds: f, Dir: dir}
	export := func(what string, written, removed int) {
		t.Helper()
		o.shelve()
		o.refreshed(f)
		done, err := exporter.Export(t.Context())
		if err != nil || done.Written != written || done.Removed != removed*len(copyExtensions()) {
			t.Errorf("%s: %+v, want %d written, %d removed: %v", what, done, written, removed, err)
		}
	}
	const numbered, months = 3 * 2, 3 * (3 + 1) // of all; of all and Cần Thơ
	export("first", len(f.Library.Paths())+numbered+months, 0)
	for _, path := range []string{"/feeds/tat-ca/archive/2015-03.atom", "/feeds/can-tho/archive/2012-02.json"} {
		body, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || string(body) != ask(f, path).Body.String() {
			t.Errorf("%s is not what is served: %v", path, err)
		}
	}
	export("nothing new", 0, 0)
	o.old("cu-1", "Khuyến học năm xưa, tin 1, có sửa", "2015-03-01", "phu-tho")
	export("revised", 3, 0)
	o.AddBulletin("tin-1", "Tin khuyến học thứ 1, có sửa.", "phu-tho")
	export("news revised", 3, 0)
	o.Withdraw("cu-4", "Khuyến học năm xưa, tin 4")
	export("the last of Cần Thơ gone", 3+3, 3) // of all its month, of Cần Thơ the document
	o.old("cu-8", "Khuyến học năm xưa, tin 8", "2018-01-01", "can-tho")
	export("a later month", 3+3+2+3+3, 0) // of all with page 1 and the month before, whose JSON knows no next; of Cần Thơ with its document
	exporter = &Exporter{Feeds: f, Dir: dir}
	export("by another process", 0, 0)
}

// What a backfill costs the feeds each second: to see that history came, among
// much of it and 64 feeds, against among little.
func BenchmarkNewHistory(b *testing.B) {
	plans := []FeedPlan{{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin", Limit: 50}}}
	for i := range 63 {
		slug := []string{"phu-tho", "can-tho", "ha-noi"}[i%3]
		plans = append(plans, FeedPlan{Feed: bantin.Feed{ID: fmt.Sprintf("tin-%d", i), Title: "Bản tin", Limit: 50, Select: bantin.Selection{Places: []string{slug}}}})
	}
	among := func(n int) func(i int) time.Duration {
		o := newFeedOffice(b)
		var list []*bantin.Bulletin
		for i := range n {
			day := fmt.Sprintf("%d-%02d-%02d", 2005+i%15, i%12+1, i%28+1)
			list = append(list, oldBulletin(b, fmt.Sprintf("cu-%d", i), fmt.Sprintf("Tin năm xưa, số %d", i), day, []string{"phu-tho", "can-tho"}[i%2]))
		}
		for batch := range slices.Chunk(list, 500) {
			o.ancient(batch...)
		}
		o.shelve()
		f := o.feeds(plans...)
		o.refresh(f, 64)
		return func(i int) time.Duration {
			o.old(fmt.Sprintf("them-%d", i), fmt.Sprintf("Tin năm xưa, thêm %d", i), "2004-05-06", "phu-tho")
			o.shelve()
			start := time.Now()
			o.refresh(f, 0)
			return time.Since(start)
		}
	}
	few, many := among(100), among(officetest.Small(2_000, 50_000))
	var short, long time.Duration
	i := 0
	for ; b.Loop(); i++ {
		short += few(i)
		long += many(i)
	}
	b.ReportMetric(float64(long)/float64(short), "x-few")
	b.ReportMetric(float64(long.Microseconds())/1000/float64(i), "ms/look")
}
