package delivery

import (
	"fmt"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/pgtest"
)

// Two nodes on one PostgreSQL, 8 connections each, against a mail server that
// takes 20 ms for a message, compared with one node.
func BenchmarkNodes(b *testing.B) {
	if _, err := exec.LookPath("smtp-sink"); err != nil {
		b.Skip("smtp-sink is not installed (Debian: apt-get install postfix)")
	}
	durable := &pgtest.Server{Durable: true, Prepare: officetest.Postgres.Prepare}
	b.Cleanup(durable.Stop)
	n := officetest.Small(300, 8_000)
	port := other(b, "far", fmt.Sprint(sink(b), " ", (20*time.Millisecond).Nanoseconds()))
	var one, two time.Duration
	for b.Loop() {
		one += deliverBy(b, durable, 1, port, n)
		two += deliverBy(b, durable, 2, port, n)
	}
	b.ReportMetric(float64(one)/float64(two), "x-one-node")
	b.ReportMetric(float64(n*b.N)/two.Seconds(), "msg/s")
}

// deliverBy has so many nodes deliver an edition and gives how long that took.
func deliverBy(b *testing.B, server *pgtest.Server, nodes, port, n int) time.Duration {
	b.Helper()
	url := server.Database(b)
	o := newOfficeOn(b, url)
	o.AddWeeksNews()
	o.AddContactsOf63Places(n)
	e := o.edition()
	var deliverers []*Deliverer
	for range nodes {
		deliverers = append(deliverers, newOfficeOn(b, url).delivererTo(port, 8)) // another machine
	}
	runtime.GC()
	start := time.Now()
	var working sync.WaitGroup
	for _, c := range deliverers {
		working.Go(func() {
			if err := c.Run(b.Context(), &e); err != nil {
				b.Error(err)
			}
		})
	}
	working.Wait()
	took := time.Since(start)
	if got := o.Counts(&e); got != (bantin.Counts{Sent: int64(n)}) {
		b.Fatal(got)
	}
	return took
}
