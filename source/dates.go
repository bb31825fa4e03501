package source

import (
	"regexp"
	"strings"
	"time"

	"bantin"
)

// dated is a day as bulletins write it, with a time or without: 2026-03-05,
// 2026-03-05 14:30, 05.03.2026, 5/3/2026 14:30, perhaps behind a weekday.
var dated = regexp.MustCompile(`^(?:(?:Thứ|Chủ)[^\d,]{1,12}[,\-–]?\s*)?` +
	`(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-](\d{4}))` +
	`(?:[T ,\-–]+(\d{1,2})[:hg](\d{2})(?::\d{2})?)?$`)

// parseTime reads a day, or a day with a time, in the zone loc; a time with a
// zone of its own is taken in that.
func parseTime(text string, loc *time.Location) (time.Time, bantin.Precision, bool) {
	text = strings.TrimSpace(text)
	if len(text) == 0 || len(text) > 48 {
		return time.Time{}, "", false
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, bantin.PrecisionMinute, true
	}
	m := dated.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, "", false
	}
	year, month, day := m[1], m[2], m[3]
	if year == "" {
		day, month, year = m[4], m[5], m[6]
	}
	if m[7] == "" {
		t, err := time.ParseInLocation("2006-1-2", year+"-"+month+"-"+day, loc)
		return t, bantin.PrecisionDay, err == nil
	}
	t, err := time.ParseInLocation("2006-1-2 15:4", year+"-"+month+"-"+day+" "+m[7]+":"+m[8], loc)
	return t, bantin.PrecisionMinute, err == nil
}

// setPublished takes text for the time of publication, if it is one.
func (d *draft) setPublished(text string) bool {
	t, precision, ok := parseTime(text, d.spec.Location)
	if ok {
		d.published, d.precision = t, precision
	}
	return ok
}
