package syndicate

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"bantin/internal/officetest"
)

// The feed of a search among many bulletins against a lookup by id in the same database,
// taken in turns: made anew after a change, and polled when it is made.
func BenchmarkSearchedFeed(b *testing.B) {
	o := newFeedOffice(b)
	o.AddBulletins(officetest.Small(2_000, 100_000))
	f := o.feeds()
	if _, err := f.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	o.index()
	poll := func(q string) {
		w := httptest.NewRecorder()
		f.Library.ServeHTTP(w, httptest.NewRequest("GET", "/feeds/tim.atom?q="+q, nil))
		if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, "<entry>") {
			b.Fatalf("%d\n%.300s", w.Code, body)
		}
	}
	forget := func(q string) { f.server.chosen.forget("/feeds/tim.atom?q=" + q) }
	lookup := func() {
		if _, err := o.DB.Bulletins().Get(b.Context(), "tin-500"); err != nil {
			b.Fatal(err)
		}
	}
	acts := []func(){lookup, func() { forget("khuyen+hoc"); poll("khuyen+hoc") }, func() { poll("khuyen+hoc") }}
	for b.Loop() {
		took := make([][]time.Duration, len(acts))
		for range 31 {
			for i, act := range acts {
				start := time.Now()
				act()
				took[i] = append(took[i], time.Since(start))
			}
		}
		for i := range took {
			slices.Sort(took[i])
		}
		mid := func(i int) float64 { return float64(took[i][len(took[i])/2]) }
		b.ReportMetric(mid(1)/mid(0), "made/lookup")
		b.ReportMetric(mid(2)/mid(0), "polled/lookup")
		b.ReportMetric(mid(0)/1000, "lookup-µs")
	}
}
