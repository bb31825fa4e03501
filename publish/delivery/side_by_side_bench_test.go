package delivery

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bantin"
	"bantin/internal/officetest"
	"bantin/internal/smtptest"
)

// BenchmarkSideBySide delivers two editions side by side, against one after the
// other, in turns.
func BenchmarkSideBySide(b *testing.B) {
	n := officetest.Small(200, 10_000)
	port := sink(b)
	var together, oneByOne []time.Duration
	for b.Loop() {
		for range officetest.Small(1, 3) {
			together = append(together, twoEditions(b, port, n, true))
			oneByOne = append(oneByOne, twoEditions(b, port, n, false))
		}
	}
	b.ReportMetric(float64(middle(together))/float64(middle(oneByOne)), "x-one-by-one")
}

func twoEditions(b *testing.B, port, n int, together bool) time.Duration {
	b.Helper()
	o := newOffice(b)
	o.AddWeeksNews()
	o.AddContactsOf63Places(n)
	first := o.edition()
	o.Digest.ID = "khac"
	second := o.edition()
	d := o.delivererTo(port, 8)
	start := time.Now()
	var running sync.WaitGroup
	for _, e := range []*bantin.Edition{&first, &second} {
		running.Go(func() {
			if err := d.Run(b.Context(), e); err != nil {
				b.Error(err)
			}
		})
		if !together {
			running.Wait()
		}
	}
	running.Wait()
	took := time.Since(start)
	if sent := o.Counts(&first).Sent + o.Counts(&second).Sent; sent != int64(2*n) {
		b.Fatalf("%d sent", sent)
	}
	return took
}

// BenchmarkRefusingDomains delivers to contacts of 500 domains of which ten refuse
// everything for now, and looks when the other 490 are done, against the same without
// refusals, in turns.
func BenchmarkRefusingDomains(b *testing.B) {
	n := officetest.Small(500, 10_000)
	var refusing, healthy []time.Duration
	for b.Loop() {
		for range officetest.Small(1, 3) {
			refusing = append(refusing, untilOthersAreDone(b, n, true))
			healthy = append(healthy, untilOthersAreDone(b, n, false))
		}
	}
	b.ReportMetric(float64(middle(refusing))/float64(middle(healthy)), "x-healthy")
}

func untilOthersAreDone(b *testing.B, n int, refusing bool) time.Duration {
	b.Helper()
	o := newOffice(b)
	o.AddWeeksNews()
	var list []bantin.Contact
	bad := 0
	for i := range n {
		domain := fmt.Sprintf("mien%d.example", i%500)
		if i%50 == 0 {
			domain = fmt.Sprintf("hong%d.example", i/50%10)
			bad++
		}
		list = append(list, bantin.Contact{Email: fmt.Sprintf("c%d@%s", i, domain), Place: "phu-tho"})
	}
	for ; len(list) > 0; list = list[min(500, len(list)):] {
		o.Import(list[:min(500, len(list))])
	}
	others, done := int64(n-bad), make(chan struct{})
	var mu sync.Mutex
	var taken int64
	server := smtptest.StartAs(b, smtptest.Options{DiscardData: true, Decide: func(stage smtptest.Stage, to string) smtptest.Answer {
		isBad := strings.HasPrefix(to[strings.IndexByte(to, '@')+1:], "hong")
		switch {
		case stage == smtptest.Rcpt && isBad && refusing:
			return smtptest.Answer{Reply: "451 4.3.0 máy chủ bận, thử lại sau"}
		case stage == smtptest.Body && !isBad:
			mu.Lock()
			defer mu.Unlock()
			if taken++; taken == others {
				close(done)
			}
		}
		return smtptest.Answer{}
	}})
	e, d := o.edition(), o.delivererTo(server.Port(), 8)
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error)
	start := time.Now()
	go func() { ended <- d.Run(ctx, &e) }()
	<-done
	took := time.Since(start)
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	return took
}
