package collect_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"

	"bantin"
	nuke "bantin/internal/nukeviettest"
)

// cpu is what the process has used, the test double included.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// plain fetches and parses all pages that a backfill needs, and nothing else.
func plain(b *testing.B, site *nuke.Site, stories int) {
	b.Helper()
	read := func(address string) {
		res, err := http.Get(address)
		if err != nil {
			b.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := html.Parse(bytes.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
	}
	for offset := 0; offset < stories; offset += 14 {
		read(fmt.Sprintf("%s&page=%d", site.URL(), offset))
	}
	for id := 1; id <= stories; id++ {
		read(fmt.Sprintf("%s&file=save&sid=%d", site.URL(), id))
	}
}

// heapWatch keeps the largest live heap of the first and of the last part of a
// backfill.
type heapWatch struct {
	mu          sync.Mutex
	first, last uint64
}

func (h *heapWatch) look(part *uint64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.mu.Lock()
	defer h.mu.Unlock()
	*part = max(*part, m.HeapAlloc)
}

// A backfill of years without the polite pause, against fetching and parsing
// its pages alone: processor time, and the heap near its end against that near
// its beginning.
func BenchmarkBackfill(b *testing.B) {
	stories := 10_000
	if testing.Short() {
		stories = 600
	}
	var ours, theirs time.Duration
	var heap heapWatch
	for b.Loop() {
		site := &nuke.Site{Stories: siteStories(stories), Location: time.UTC}
		for i := range site.Stories { // four a day
			st := &site.Stories[i]
			st.At = st.At.Add(time.Duration(stories-st.ID) * 18 * time.Hour)
		}
		n := newNewsroom(b, site)
		n.since = bantin.Day{Year: 1995, Month: 1, Day: 1}
		start := cpu(b)
		plain(b, site, stories)
		theirs += cpu(b) - start
		site.Requests()

		requests := 0
		tenth := stories / 10
		site.SetBefore(func() {
			if requests%100 == 0 {
				site.Requests() // what the double remembers is not ours
			}
			switch requests++; requests {
			case 2 * tenth:
				heap.look(&heap.first)
			case 10 * tenth:
				heap.look(&heap.last)
			}
		})
		start = cpu(b)
		done, err := n.collect(context.Background())
		ours += cpu(b) - start
		if err != nil || len(done.Added)+done.History != stories {
			b.Fatalf("%d of %d stories, %v", len(done.Added)+done.History, stories, err)
		}
	}
	b.ReportMetric(float64(ours)/float64(theirs), "x-fetch-and-parse")
	b.ReportMetric(float64(heap.last)/float64(heap.first), "x-heap-end/begin")
	b.ReportMetric(float64(heap.last-min(heap.first, heap.last))/1024, "KB-grown")
}
