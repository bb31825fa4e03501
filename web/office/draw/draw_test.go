package draw

import (
	"fmt"
	"strings"
	"testing"
)

// An axis ends with a round number that is not far away.
func TestRoundUp(t *testing.T) {
	for n, want := range map[int64]int64{0: 1, 1: 1, 7: 7, 10: 10, 11: 15, 21: 30, 97: 100, 101: 150, 2911: 3000, 1_000_001: 1_500_000} {
		if got := RoundUp(n); got != want {
			t.Errorf("%d: %d, want %d", n, got, want)
		}
	}
	for n := int64(1); n < 100_000; n += 7 {
		if got := RoundUp(n); got < n || got >= 2*n && n > 1 {
			t.Errorf("%d: %d", n, got)
		}
	}
}

// Bars stand on the base line and upon each other, within the edges; what there is can be
// seen however little it is.
func TestOver(t *testing.T) {
	for _, isStacked := range []bool{true, false} {
		p := &Plot{}
		edge := p.Over(isStacked, Series{"a", []int64{1, 0, 5000}}, Series{"b", []int64{2, 0, 3000}})
		if want := map[bool]int64{true: 8000, false: 5000}[isStacked]; edge != want || len(p.Bars) != 4 {
			t.Fatalf("%v: up to %d, %d bars", isStacked, edge, len(p.Bars))
		}
		for _, b := range p.Bars {
			if b.Y < top || b.Y+b.Height > bottom || b.Height < 1 {
				t.Errorf("%v: %+v", isStacked, b)
			}
		}
		if first := p.Bars[0]; first.Y+first.Height != bottom || first.Height != 1 {
			t.Errorf("%v: the first bar is %+v", isStacked, first)
		}
		if onTop := p.Bars[3].Y+p.Bars[3].Height == p.Bars[2].Y; onTop != isStacked {
			t.Errorf("%v: %+v upon %+v", isStacked, p.Bars[3], p.Bars[2])
		}
	}
}

// The value at the end of a line stands right above it, wherever it comes from.
func TestLastOfCurve(t *testing.T) {
	for last, want := range map[int64]int{20: bottom - 35 - 8, 100: top + 16} {
		p := &Plot{}
		p.Curve([]int64{100, last, 20}, func(n int64) string { return fmt.Sprint(n) })
		if p.LastY != want {
			t.Errorf("behind %d it stands at %d, want %d", last, p.LastY, want)
		}
	}
}

// A curve begins where it is known, and one point is seen too.
func TestCurve(t *testing.T) {
	for _, test := range []struct {
		values []int64
		line   string
	}{
		{[]int64{-1, 50, 100}, "M50.00 50.00L100.00 0.00"},
		{[]int64{-1, -1, 100}, "M100.00 0.00h-4"},
		{[]int64{100}, "M0.00 0.00h4"},
		{[]int64{-1, -1}, ""},
		{nil, ""},
	} {
		p := &Plot{}
		p.Curve(test.values, func(n int64) string { return fmt.Sprint(n) })
		if p.Line != test.line || test.line != "" && (p.Last != "100" || !strings.HasSuffix(p.Area, "Z")) {
			t.Errorf("%v: %+v", test.values, p)
		}
	}
}
