package syndicate

import (
	"fmt"
	"strings"
	"testing"

	"bantin"
	"bantin/feed"
)

// After each kind of change, feeds that readers made say from what is kept what they say
// after a restart.
func TestKeptBulletinsFollowChanges(t *testing.T) {
	o := newFeedOffice(t)
	for n := range 6 {
		o.AddBulletin(fmt.Sprint("tin-", n), fmt.Sprint("Trao học bổng lần ", n), "phu-tho")
	}
	f := o.feeds(plans()...)
	topic := func(ids ...string) {
		t.Helper()
		_, changed, err := o.DB.Bulletins().Retopic(t.Context(), 0, 100, func(*bantin.Bulletin) []string { return ids }, o.Atlas.Tags)
		if err != nil || changed == 0 {
			t.Fatalf("%d changed: %v", changed, err)
		}
	}
	for _, step := range []struct {
		name string
		make func()
	}{
		{"nothing", func() {}},
		{"news", func() { o.AddBulletin("tin-6", "Thêm học bổng", "phu-tho") }},
		{"a revision", func() { o.AddBulletin("tin-1", "Học bổng, đã sửa", "phu-tho") }},
		{"withdrawn", func() { o.Withdraw("tin-2", "Trao học bổng lần 2") }},
		{"a topic", func() { topic("hoc-bong") }},
		{"other topics", func() { topic("hoc-bong", "khac") }},
	} {
		step.make()
		o.refreshed(f)
		o.index()
		again := o.feeds(plans()...)
		o.refreshed(again)
		for _, format := range feed.Formats() {
			for _, path := range []string{"/feeds/tim." + format.Ext + "?q=hoc+bong", "/feeds/chon." + format.Ext + "?place=phu-tho"} {
				got, want := ask(f, path), ask(again, path)
				if got.Code != 200 || got.Body.String() != want.Body.String() || got.Header().Get("ETag") != want.Header().Get("ETag") {
					t.Errorf("%s, %s:\n%s\nand after a restart:\n%s", step.name, path, got.Body, want.Body)
				}
			}
		}
	}
	if body := ask(f, "/feeds/tim.atom?q=hoc+bong").Body.String(); strings.Contains(body, "lần 2") || !strings.Contains(body, "đã sửa") || strings.Contains(body, "lần 1") {
		t.Errorf("the changes are not told:\n%s", body)
	}
}

// Bulletins of any size take no more memory than is meant for them.
func TestKeptBulletinsAreBounded(t *testing.T) {
	var k keptBulletins
	for n := range int64(2 * maxKept) {
		b := &bantin.Bulletin{Change: n + 1, Text: strings.Repeat("chữ ", int(n%40)*1000)}
		for _, ext := range []string{"atom", "rss", "atom"} {
			if w, err := k.write(b, ext, func() ([]byte, error) { return []byte(ext), nil }); err != nil || string(w) != ext {
				t.Fatalf("%s, %v", w, err)
			}
		}
	}
	all := &k.changes
	sum := 0
	for e := all.order.Front(); e != nil; e = e.Next() {
		one, _ := e.Value.(*lruItem[int64, keptBulletin])
		sum += one.value.size()
	}
	if all.bytes > maxKeptBytes || all.order.Len() > maxKept || all.order.Len() != len(all.at) || sum != all.bytes {
		t.Errorf("%d bulletins of %d bytes, counted as %d", all.order.Len(), sum, all.bytes)
	}
	if b, ok := k.get(2 * maxKept); !ok || b.Change != 2*maxKept {
		t.Error("the last one is not kept")
	}
}
