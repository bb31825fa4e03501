package syndicate

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bantin"
	"bantin/internal/officetest"
)

// feedOffice is an association's office and the feeds of its bulletins.
type feedOffice struct{ *officetest.Office }

func newFeedOffice(t testing.TB) *feedOffice { return &feedOffice{officetest.New(t)} }

func plans() []FeedPlan {
	return []FeedPlan{
		{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin khuyến học", Limit: 50}},
		{Feed: bantin.Feed{ID: "tay-bac", Title: "Bản tin Tây Bắc", Limit: 50, Select: bantin.Selection{Clusters: []string{"tay-bac"}}}},
		{Feed: bantin.Feed{ID: "tinh", Title: "Bản tin", Limit: 2}, Per: PerPlace},
	}
}

func (o *feedOffice) refresh(f *Feeds, want int) {
	o.T.Helper()
	written, err := f.Refresh(o.T.Context())
	if err != nil || written != want {
		o.T.Errorf("wrote %d feeds, want %d: %v", written, want, err)
	}
}

// A change rebuilds the feeds that it is in, or was in, and no other.
func TestOnlyWhatChangedIsBuilt(t *testing.T) {
	o := newFeedOffice(t)
	f := o.feeds(plans()...)
	o.AddBulletin("can-tho", "Cần Thơ đón ghe sách", "can-tho")
	o.refresh(f, 3) // all, the cluster's, Cần Thơ's
	o.refresh(f, 0)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	o.refresh(f, 3)
	quiet := f.Library.Get("/feeds/tinh/can-tho.atom")
	o.Withdraw("phu-tho", "Phú Thọ tổng kết")
	o.refresh(f, 3)
	if f.Library.Get("/feeds/tinh/can-tho.atom") != quiet {
		t.Error("a feed that nothing happened to was written")
	}
	if strings.Contains(string(f.Library.Get("/feeds/tat-ca.rss").Body), "Phú Thọ tổng kết") {
		t.Error("a withdrawn bulletin is still in the feed")
	}
	if f.Library.Get("/feeds/tinh/phu-tho.rss") == nil {
		t.Error("the feed of a place went away with its last bulletin")
	}
}

// After a restart the documents are the same bytes with the same validators.
func TestFeedsSurviveARestart(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	before, after := o.feeds(plans()...), o.feeds(plans()...)
	o.refresh(before, 3)
	o.Withdraw("phu-tho", "Phú Thọ tổng kết")
	o.refresh(before, 3)
	o.refresh(after, 3)
	if !slices.Equal(before.Library.Paths(), after.Library.Paths()) {
		t.Fatalf("%v, then %v", before.Library.Paths(), after.Library.Paths())
	}
	for _, path := range before.Library.Paths() {
		a, b := before.Library.Get(path), after.Library.Get(path)
		if a.ETag != b.ETag || !a.Modified.Equal(b.Modified) {
			t.Errorf("%s: %s %v, then %s %v", path, a.ETag, a.Modified, b.ETag, b.Modified)
		}
	}
}

// A feed that says what it said keeps its document with the packed copies; the
// static copies still hear of it, as a page of its archive may be another.
func TestSameDocumentIsNotPackedAgain(t *testing.T) {
	o := newFeedOffice(t)
	o.tins(0, 12)
	f := o.small(5)
	o.refreshed(f)
	f.TakeChanged()
	const path = "/feeds/tat-ca.rss"
	before := f.Library.Get(path)
	before.Compress()
	o.AddBulletin("tin-1", "Tin khuyến học thứ 1, có sửa.", "phu-tho") // on page 1 of the archive
	o.refreshed(f)
	if f.Library.Get(path) != before || !f.TakeChanged() {
		t.Error("a document that says the same was made again, or nobody is told of the archive")
	}
	o.Withdraw("tin-1", "Tin khuyến học thứ 1, có sửa.")
	if written, err := f.Refresh(t.Context()); err != nil || written != 0 || !f.TakeChanged() {
		t.Errorf("withdrawn from an archive: %d feeds written, %v, or nobody is told", written, err)
	}
	o.AddBulletin("tin-11", "Tin khuyến học thứ 11, có sửa.", "phu-tho")
	o.refreshed(f)
	if f.Library.Get(path) == before {
		t.Error("a feed does not say what changed")
	}
}

// The feed of a unit also holds what its predecessors had, and the old unit
// keeps its own.
func TestOldAndNewPlaces(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("yen-bai", "Yên Bái trao học bổng", "yen-bai")
	f := o.feeds(plans()...)
	o.refresh(f, 4)
	for _, path := range []string{"/feeds/tinh/yen-bai.json", "/feeds/tinh/lao-cai.json"} {
		if d := f.Library.Get(path); d == nil || !strings.Contains(string(d.Body), "Yên Bái trao học bổng") {
			t.Errorf("%s does not hold the bulletin", path)
		}
	}
}

// A feed holds the last that became news, in the order of their publication.
func TestLimitGoesByArrival(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("mot", "Tin một", "son-la")
	o.AddBulletin("hai", "Tin hai", "son-la")
	o.AddBulletin("ba", "Tin ba", "son-la")
	f := o.feeds(plans()[2])
	o.refresh(f, 1)
	body := string(f.Library.Get("/feeds/tinh/son-la.rss").Body)
	if strings.Contains(body, "Tin một") || strings.Index(body, "Tin ba") > strings.Index(body, "Tin hai") {
		t.Errorf("want the last two, the newest first:\n%s", body)
	}
}

func TestExportTouchesWhatChanged(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	f := o.feeds(plans()...)
	o.refresh(f, 3)
	dir := t.TempDir()
	export := func(want int) {
		t.Helper()
		exporter := &Exporter{Feeds: f, Dir: dir} // another each time: all it knows is in the folder
		if done, err := exporter.Export(t.Context()); err != nil || done.Written != want {
			t.Errorf("wrote %d documents, want %d: %v", done.Written, want, err)
		}
	}
	export(11)
	export(0)
	lost := filepath.Join(dir, "feeds", "tat-ca.rss.br")
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	export(1)
	if _, err := os.Stat(lost); err != nil {
		t.Error(err)
	}
}
