package returns

import (
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// Three editions in a row that came back suppress once they lie a week apart, and not a
// moment earlier (docs/bounces.md).
func TestSoftTakesAWeek(t *testing.T) {
	last := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)
	for apart, want := range map[time.Duration]bool{7*24*time.Hour - time.Second: false, 7 * 24 * time.Hour: true} {
		past := []store.PastDelivery{
			{Edition: 3, Due: last, Status: bantin.DeliverySent},
			{Edition: 2, Due: last.Add(-time.Hour), Status: bantin.DeliverySent, Returned: true},
			{Edition: 1, Due: last.Add(-apart), Status: bantin.DeliverySent, Returned: true},
		}
		if got := shouldSuppress(past, 3, last.Add(time.Hour)); got != want {
			t.Errorf("%v apart: %v", apart, got)
		}
	}
}
