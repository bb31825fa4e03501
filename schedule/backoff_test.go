package schedule

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	b := Backoff{Min: time.Minute, Max: 5 * time.Minute}
	for _, want := range []time.Duration{1, 2, 4, 5, 5} {
		if got := b.Next(); got != want*time.Minute {
			t.Errorf("%s, want %d minutes", got, want)
		}
	}
	b.Reset()
	if got := b.Next(); got != time.Minute {
		t.Errorf("%s after a success", got)
	}
}
