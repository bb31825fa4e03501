//go:build unix

package office

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"bantin/internal/officetest"
	"bantin/internal/smtptest"
)

// BenchmarkWatchers sends editions in turns, without anybody who looks and with ten who
// watch the page, and compares the processor time, which has that of the mail server and of
// the watchers' own ends in it.
func BenchmarkWatchers(b *testing.B) {
	const watchers, turns = 10, 3
	n := officetest.Small(200, 10_000)
	o := newTestOffice(b)
	o.AddContactsOf63Places(n)
	server := smtptest.StartAs(b, smtptest.Options{DiscardData: true})
	who := o.signedIn(lan)
	turn := 0
	send := func(watched int) (used time.Duration, events int) {
		turn++
		o.AddBulletin(fmt.Sprintf("tin-%d", turn), fmt.Sprintf("Phú Thọ tổng kết phong trào lần thứ %d", turn), "phu-tho")
		e, err := o.editor.Make(b.Context(), o.Digest, o.Now().Truncate(time.Second).Add(time.Duration(turn)*time.Second))
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		var watching sync.WaitGroup
		var mu sync.Mutex
		for range watched {
			watching.Go(func() {
				got := who.watch(ctx, "/office/editions/"+e.ID+"/events")
				mu.Lock()
				events += got
				mu.Unlock()
			})
		}
		before := processorTime(b)
		o.deliver(&e, server)
		used = processorTime(b) - before
		stop()
		watching.Wait()
		return used, events
	}
	for b.Loop() {
		send(0) // warm
		var alone, watched time.Duration
		var events int
		for range turns {
			without, _ := send(0)
			with, seen := send(watchers)
			alone, watched, events = alone+without, watched+with, events+seen
		}
		if events < turns*watchers {
			b.Fatalf("the watchers saw %d events", events)
		}
		b.ReportMetric(float64(watched)/float64(alone), "x-unwatched-cpu")
		b.ReportMetric(float64(alone.Microseconds())/float64(turns*n), "cpu-µs/msg")
	}
	b.ReportMetric(0, "ns/op")
}

// watch reads the events of an edition until its context ends, and counts them.
func (b *browser) watch(ctx context.Context, path string) (events int) {
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.o.server.URL+path, nil)
		if err != nil {
			return events
		}
		req.AddCookie(b.cookie)
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return events
		}
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if len(lines.Bytes()) == 0 {
				events++
			}
		}
		res.Body.Close()
	}
	return events
}
