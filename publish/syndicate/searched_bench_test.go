package syndicate

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"bantin/internal/officetest"
)

// The feed of a search among many bulletins against a lookup by id in the same database,
// taken in turns, each with what packing it costs: the first poll of it after a new bulletin
// that it has, the first poll of other words, the first of all, when no bulletin is kept,
// and a poll when nothing changed.
func BenchmarkSearchedFeed(b *testing.B) {
	o := newFeedOffice(b)
	o.AddBulletins(officetest.Small(2_000, 100_000))
	f := o.feeds()
	news := 0
	add := func() {
		o.AddBulletin(fmt.Sprint("moi-", news), fmt.Sprint("Phong trào khuyến học, tin mới ", news), "phu-tho")
		news++
		if _, err := f.Refresh(b.Context()); err != nil {
			b.Fatal(err)
		}
		o.index()
	}
	poll := func(q string) {
		r := httptest.NewRequest("GET", "/feeds/tim.atom?q="+q, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		f.Library.ServeHTTP(w, r)
		if w.Code != 200 || w.Body.Len() < 2_000 || w.Header().Get("Content-Encoding") != "gzip" {
			b.Fatalf("%d\n%.300s", w.Code, w.Body)
		}
	}
	lookup := func() {
		if _, err := o.DB.Bulletins().Get(b.Context(), "tin-500"); err != nil {
			b.Fatal(err)
		}
	}
	nothing := func() {}
	forget := func() { f.server.chosen.forget("/feeds/tim.atom?q=khuyen+hoc") }
	acts := []struct {
		name        string
		before, act func()
	}{
		{"lookup", nothing, lookup},
		{"changed/lookup", add, func() { poll("khuyen+hoc") }},
		{"words/lookup", forget, func() { poll("khuyen+hoc") }},
		{"cold/lookup", func() { forget(); f.server.kept.changes = lru[int64, keptBulletin]{} }, func() { poll("khuyen+hoc") }},
		{"polled/lookup", nothing, func() { poll("khuyen+hoc") }},
	}
	add()
	for b.Loop() {
		took := make([][]time.Duration, len(acts))
		for range 31 {
			for i, act := range acts {
				act.before()
				start := time.Now()
				act.act()
				took[i] = append(took[i], time.Since(start))
			}
		}
		mid := func(i int) float64 { slices.Sort(took[i]); return float64(took[i][len(took[i])/2]) }
		for i := 1; i < len(acts); i++ {
			b.ReportMetric(mid(i)/mid(0), acts[i].name)
		}
		b.ReportMetric(mid(0)/1000, "lookup-µs")
	}
}
