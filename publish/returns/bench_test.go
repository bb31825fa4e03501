package returns

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin/mailer/bounce"
)

// BenchmarkFlood takes forged bounces of 6 KB, and as many to a return path of ours, and
// compares them with classifying the same messages.
func BenchmarkFlood(b *testing.B) {
	flood := 5000
	if testing.Short() {
		flood = 100
	}
	for b.Loop() {
		o := newOffice(b)
		o.AddContacts(2)
		e := o.sent("Phú Thọ tổng kết năm học")
		path := o.verp(&e, "c0@example.org")
		original := "Message-ID: <0123456789abcdef0123456789abcdef@bantin.example.org>\nTo: c0@example.org\n" + strings.Repeat("X-Dem: "+strings.Repeat("a", 70)+"\n", 70)
		var spent [3]time.Duration
		r := o.returns()
		for i := range flood {
			said := fmt.Sprintf("550 5.1.1 User unknown %d", i)
			forged := bounced(strings.Replace(path, "+", "+a", 1), "c0@example.org", "5.1.1", said, original)
			for n, do := range []func() error{
				func() error { bounce.Classify(forged); return nil },
				func() error { _, err := r.Process(b.Context(), forged, ""); return err },
				func() error {
					_, err := r.Process(b.Context(), bounced(path, "c0@example.org", "5.1.1", said, original), "")
					return err
				},
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
