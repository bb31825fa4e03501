package templates

import (
	"fmt"
	"time"

	"bantin"
)

// LongDate formats a date, in t's own zone, as people of each language write it:
// "Thứ Hai, 23 tháng 11 năm 2026", "Monday, 23 November 2026".
func LongDate(l bantin.Language, t time.Time) string {
	return l.Say(
		fmt.Sprintf("%s, %d tháng %d năm %d", Weekday(l, t), t.Day(), t.Month(), t.Year()),
		t.Format("Monday, 2 January 2006"))
}

// ShortDate formats a date as 23/11/2026, with the day first in both languages.
func ShortDate(t time.Time) string { return t.Format("2/1/2006") }

// DayMonth formats a date as 20/11, "20 Nov", where the year is given elsewhere.
func DayMonth(l bantin.Language, t time.Time) string {
	return l.Say(t.Format("2/1"), t.Format("2 Jan"))
}

// Weekday returns the name of the day, "Thứ Hai", "Monday".
func Weekday(l bantin.Language, t time.Time) string {
	days := [...]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}
	return l.Say(days[t.Weekday()], t.Weekday().String())
}

// Clock formats the time of day as 14:20.
func Clock(t time.Time) string { return t.Format("15:04") }

// isoDate formats a date for the datetime attribute.
func isoDate(t time.Time) string { return t.Format(time.DateOnly) }

// Number formats a number with thousands separators: 2.911, in English 2,911.
func Number(l bantin.Language, n int) string {
	if n < 0 {
		return "-" + Number(l, -n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s%s%03d", Number(l, n/1000), l.Say(".", ","), n%1000)
}

// FileSize formats a number of bytes, the same in both languages; "" where unknown.
func FileSize(bytes int64) string {
	switch {
	case bytes <= 0:
		return ""
	case bytes < 1<<20:
		return fmt.Sprintf("%d KB", max(1, bytes>>10))
	}
	return fmt.Sprintf("%d MB", (bytes+1<<19)>>20)
}

// isoTime formats a time for machines.
func isoTime(t time.Time) string { return t.Format(time.RFC3339) }
