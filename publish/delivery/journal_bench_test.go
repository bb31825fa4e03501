package delivery

import (
	"runtime"
	"testing"
	"time"

	"bantin/internal/officetest"
	"bantin/store"
)

// BenchmarkJournal measures what it costs to note each delivery in the journal: an edition
// with it and one without, in turns, over 8 connections.
func BenchmarkJournal(b *testing.B) {
	n := officetest.Small(300, 10_000)
	port := sink(b)
	deliver := func(journal bool) (took, used time.Duration) {
		o := newOffice(b)
		o.AddWeeksNews()
		o.AddContactsOf63Places(n)
		e := o.edition()
		d := o.delivererTo(port, 8)
		if journal {
			d.Journal = &store.SentJournal{DB: o.DB, Secret: o.Tokens.ErasedKey(), Fingerprint: o.Tokens.Fingerprint()}
		}
		runtime.GC()
		start, before := time.Now(), cpu()
		if err := d.Run(b.Context(), &e); err != nil {
			b.Fatal(err)
		}
		if c := o.Counts(&e); c.Sent != int64(n) {
			b.Fatal(c)
		}
		return time.Since(start), cpu() - before
	}
	var with, without, usedWith, usedWithout []time.Duration
	for b.Loop() {
		for range officetest.Small(1, 9) {
			took, used := deliver(true)
			with, usedWith = append(with, took), append(usedWith, used)
			took, used = deliver(false)
			without, usedWithout = append(without, took), append(usedWithout, used)
		}
	}
	b.ReportMetric(float64(middle(with))/float64(middle(without)), "x-wall")
	b.ReportMetric(float64(middle(usedWith))/float64(middle(usedWithout)), "x-cpu")
}
