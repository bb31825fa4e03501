package bantin

import (
	"fmt"
	"time"
)

// Month is a month of the calendar without a zone, written 2022-04.
// The zero Month is no month.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf gives the month in which t falls in t's own zone.
func MonthOf(t time.Time) Month { return Month{t.Year(), t.Month()} }

// ParseMonth reads YYYY-MM and refuses months that do not exist.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return Month{}, fmt.Errorf("month %q: want YYYY-MM", s)
	}
	return MonthOf(t), nil
}

// IsZero reports whether m is no month.
func (m Month) IsZero() bool { return m == Month{} }

// First gives the first day of m.
func (m Month) First() Day { return Day{m.Year, m.Month, 1} }

// Next gives the month that follows m.
func (m Month) Next() Month { return MonthOf(time.Date(m.Year, m.Month+1, 1, 0, 0, 0, 0, time.UTC)) }

// String gives YYYY-MM, or nothing for the zero Month.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month))
}
