package extract

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/source/charset"
)

// A day as bulletins write it: 2026-03-05, 05.03.2026, 5/3/2026, 5/3/26, 5 tháng 3 năm
// 2026, 5 Mar 2026; the day stands before the month. The time may stand before it or
// behind it, in 24 hours or twelve: 14:30, 14h30, 2:30 PM, 2:30 CH, 14 giờ 30.
const (
	dayForms = `(?:(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})|(\d{1,2}) tháng (\d{1,2})(?:,? năm|,)? (\d{4}))`
	hourForm = `(\d{1,2})(?:[:hg]| giờ )(\d{2})(?::\d{2}(?:[.,]\d{1,9})?)?(?: phút)?(?: ?(am|pm|sa|ch|sáng|trưa|chiều|tối)\b)?`
	between  = `[T ,|–-]+`
)

// dayAndTime is a day with what may stand around it: a weekday, a time, a zone.
var dayAndTime = regexp.MustCompile(`(?i)^(?:(?:đăng|đăng lúc|cập nhật|lúc):? )?(?:(?:thứ|chủ) [^\s\d,]+|thứ \d|t[2-7]|cn|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?)?[ ,–-]*(?:ngày(?: đăng)?:? )?` +
	`(?:` + dayForms + `(?:` + between + hourForm + `)?|` + hourForm + between + `(?:ngày )?` + dayForms + `)` +
	`(?: ?\(?(?:(?:GMT|UTC|UT|ICT)? ?([+-]\d{1,2})(?::?(\d{2}))?|([a-z]{1,5}|Asia/Ho_Chi_Minh|Asia/Saigon|Asia/Bangkok))\)?)?$`)

// ParseTime reads a day, or a day with a time, in the zone loc; a time with a
// zone of its own is taken in that. What can be read in two ways is read with the day
// before the month; a zone whose letters are not known makes it no time.
func ParseTime(text string, loc *time.Location) (time.Time, bantin.Precision, bool) {
	const longest = 80
	if text = charset.OneLine(text); len(text) < len("1.1.20") || len(text) > longest || !strings.ContainsAny(text, "0123456789") {
		return time.Time{}, "", false
	}
	if t, ok := standardTime(text); ok {
		return t, bantin.PrecisionMinute, true
	}
	m := dayAndTime.FindStringSubmatch(numberMonths(text))
	if m == nil {
		return time.Time{}, "", false
	}
	day, hour := m[1:10], m[10:13]
	if m[13] != "" {
		day, hour = m[16:25], m[13:16]
	}
	t, ok := dayOf(day)
	if !ok {
		return time.Time{}, "", false
	}
	clock, ok := clockOf(hour)
	if !ok {
		return t.In(loc), bantin.PrecisionDay, true
	}
	if loc, ok = zoneOf(m[25], m[26], m[27], loc); !ok {
		return time.Time{}, "", false
	}
	return time.Date(t.Year, t.Month, t.Day, int(clock/time.Hour), int(clock%time.Hour/time.Minute), 0, 0, loc), bantin.PrecisionMinute, true
}

// standardTime reads the forms of RFC 3339 and of RFC 1123. Most pages have none,
// and each that is tried costs an error.
func standardTime(text string) (time.Time, bool) {
	const day, weekday = len("2006-01-02"), len("Mon")
	if len(text) <= day || text[day] != 'T' && text[weekday] != ',' {
		return time.Time{}, false
	}
	for _, form := range [...]string{time.RFC3339, time.RFC1123Z, http.TimeFormat} {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// dayOf reads the one of the three forms of a day that was met. A year of two digits is
// of this century, or of the end of the last one (RFC 2822 4.3 has the same idea).
func dayOf(forms []string) (bantin.Day, bool) {
	year, month, day := forms[0], forms[1], forms[2]
	for i := 3; i < len(forms); i += 3 {
		if forms[i] != "" {
			day, month, year = forms[i], forms[i+1], forms[i+2]
		}
	}
	if len(year) == 2 && year < "70" {
		year = "20" + year
	} else if len(year) == 2 {
		year = "19" + year
	}
	t, err := time.Parse("2006-1-2", year+"-"+month+"-"+day)
	return bantin.DayOf(t), err == nil
}

// clockOf reads a time of day, from midnight on. "CH" is chiều, after noon.
func clockOf(form []string) (time.Duration, bool) {
	hour, err := strconv.Atoi(form[0])
	minute, err2 := strconv.Atoi(form[1])
	switch half := strings.ToLower(form[2]); {
	case (half == "am" || half == "sa" || half == "sáng") && hour == 12:
		hour = 0
	case (half == "pm" || half == "ch" || half == "chiều" || half == "tối") && hour < 12:
		hour += 12
	case half == "trưa" && hour < 3:
		hour += 12
	}
	ok := err == nil && err2 == nil && hour < 24 && minute < 60
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute, ok
}

// zoneHours are the zones of RFC 822, and others that programs write by their letters.
var zoneHours = map[string]int{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
	"ict": 7, "wib": 7, "asia/ho_chi_minh": 7, "asia/saigon": 7, "asia/bangkok": 7,
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "sgt": 8, "hkt": 8, "jst": 9, "kst": 9,
}

// zoneOf reads the zone that stands behind a time, and is loc where none does.
func zoneOf(hours, minutes, letters string, loc *time.Location) (*time.Location, bool) {
	if letters != "" {
		h, ok := zoneHours[strings.ToLower(letters)]
		return time.FixedZone("", h*3600), ok
	}
	if hours == "" {
		return loc, true
	}
	h, err := strconv.Atoi(hours)
	if err != nil || h < -12 || h > 14 {
		return nil, false
	}
	m, _ := strconv.Atoi(minutes) // none is none
	if hours[0] == '-' {
		m = -m
	}
	return time.FixedZone("", h*3600+m*60), true
}

// IsPlausible reports whether a time of publication may be right: sites and mails of
// this kind are not older than the web, and nobody publishes tomorrow.
func IsPlausible(t, now time.Time) bool {
	return t.Year() >= 1995 && t.Before(now.Add(48*time.Hour))
}
