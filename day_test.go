package bantin_test

import (
	"testing"

	"bantin"
)

// Days and months are read as they are written, and none that does not exist.
func TestDaysAndMonths(t *testing.T) {
	for _, text := range []string{"2026-03-04", "2024-02-29", "1945-09-02"} {
		if d, err := bantin.ParseDay(text); err != nil || d.String() != text {
			t.Errorf("day %s: %s, %v", text, d, err)
		}
		if m, err := bantin.ParseMonth(text[:7]); err != nil || m.String() != text[:7] {
			t.Errorf("month %s: %s, %v", text[:7], m, err)
		}
	}
	for _, text := range []string{"", "2026-02-29", "2026-13-01", "4/3/2026", "ngày mai"} {
		if d, err := bantin.ParseDay(text); err == nil || !d.IsZero() {
			t.Errorf("day %q: %s, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "2026-13", "2026-03-04", "3/2026", "tháng ba"} {
		if m, err := bantin.ParseMonth(text); err == nil || !m.IsZero() {
			t.Errorf("month %q: %s, %v", text, m, err)
		}
	}
}
