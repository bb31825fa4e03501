package returns

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin/mailer/bounce"
)

// BenchmarkFlood takes forged bounces of 6 KB, and as many of an edition whose messages all
// came back, and compares them with classifying the same messages.
func BenchmarkFlood(b *testing.B) {
	flood := 3000
	if testing.Short() {
		flood = 100
	}
	for b.Loop() {
		o := newOffice(b)
		o.AddContacts(flood)
		e := o.sent("Phú Thọ tổng kết năm học")
		original := "Message-ID: <0123456789abcdef0123456789abcdef@bantin.example.org>\nTo: c0@example.org\n" + strings.Repeat("X-Dem: "+strings.Repeat("a", 70)+"\n", 70)
		var spent [3]time.Duration
		r := o.returns()
		for i := range flood {
			said := fmt.Sprintf("452 4.2.2 mailbox full %d", i)
			address := fmt.Sprintf("c%d@example.org", i)
			path := o.verp(&e, address)
			ours := bounced(path, address, "4.2.2", said, original)
			forged := bounced(strings.Replace(path, "+", "+a", 1), address, "4.2.2", said, original)
			for n, do := range []func() error{
				func() error { bounce.Classify(forged); return nil },
				func() error { _, err := r.Process(b.Context(), forged, ""); return err },
				func() error { _, err := r.Process(b.Context(), ours, ""); return err },
			} {
				start := time.Now()
				if err := do(); err != nil {
					b.Fatal(err)
				}
				spent[n] += time.Since(start)
			}
		}
		b.ReportMetric(float64(flood)/spent[1].Seconds(), "forged/s")
		b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "forged-x-classify")
		b.ReportMetric(float64(flood)/spent[2].Seconds(), "ours/s")
	}
}
