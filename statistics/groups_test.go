package statistics

import (
	"cmp"
	"slices"
	"testing"

	"bantin/store"
)

// Units that are one now count together: the list as long as it was when it was counted
// last, readers on their best day, and all that was sent.
func TestTogether(t *testing.T) {
	points := []store.StatisticsPoint{
		{Figure: store.FigureContacts, Name: "hoa-binh", Span: "2026-10", N: 50}, // moved away since
		{Figure: store.FigureContacts, Name: "vinh-phuc", Span: "2026-10", N: 8},
		{Figure: store.FigureContacts, Name: "vinh-phuc", Span: "2026-11", N: 6},
		{Figure: store.FigureContacts, Name: "phu-tho", Span: "2026-11", N: 7},
		{Figure: store.FigureContacts, Name: "lai-chau", Span: "2026-10", N: 9}, // nobody is left
		{Figure: store.FigureSent, Name: "phu-tho", N: 20},
		{Figure: store.FigureSent, Name: "hoa-binh", N: 30},
		{Figure: store.FigureReaders, Name: "phu-tho", Span: "2026-10", N: 3},
		{Figure: store.FigureReaders, Name: "hoa-binh", Span: "2026-10", N: 4},
		{Figure: store.FigureReaders, Name: "hoa-binh", Span: "2026-11", N: 5},
		{Figure: store.FigureSent, Name: "lai-chau", N: 2},
	}
	rows := together(points, today, []store.Figure{store.FigureContacts, store.FigureSent, store.FigureReaders})
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(b.Values[0], a.Values[0]) })
	if len(rows) != 2 || rows[0].Name != "phu-tho" || !slices.Equal(rows[0].Values, []int64{13, 50, 7}) || rows[1].Name != "lai-chau" || !slices.Equal(rows[1].Values, []int64{0, 2, 0}) {
		t.Errorf("%+v", rows)
	}
}
