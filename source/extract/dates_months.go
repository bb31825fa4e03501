package extract

import (
	"regexp"
	"strconv"
	"strings"
)

// Months by their names: 25 Nov 2026, Nov 25, 2026, Wed Nov 25 14:30:00 2026 (asctime),
// 25 tháng Mười một 2026, 25 thg 11, 2026.
const (
	months   = `(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?`
	thang    = `(?:tháng|thg)\.? (mười một|mười hai|một|giêng|hai|ba|bốn|tư|năm|sáu|bảy|tám|chín|mười|chạp|\d{1,2})`
	monthsVI = "một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười|mười một|mười hai"
)

var (
	namedMonth = regexp.MustCompile(`(?i)jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|tháng|thg|\)$|[ap]\.m`)
	dayMonth   = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?[ -]` + months + `[ ,-]+(\d{4}|\d{2})\b`)
	monthDay   = regexp.MustCompile(`(?i)\b` + months + ` (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b`)
	asctime    = regexp.MustCompile(`(?i)\b` + months + ` (\d{1,2}) (\d{1,2}:\d{2}(?::\d{2})?) (\d{4})\b`)
	vietMonth  = regexp.MustCompile(`(?i)\b(\d{1,2}) ` + thang + `,? (?:năm )?(\d{4})\b`)
	comment    = regexp.MustCompile(`([+-]\d{2}:?\d{2}) ?\([^()\d]*\)$`)
	halfDay    = regexp.MustCompile(`(?i)\b([ap])\.m\.?`)
)

// numberMonths writes the months of a time in digits, the day before them. Most texts
// have no name of a month.
func numberMonths(text string) string {
	if strings.Trim(text, "0123456789 ./-:,") == "" || !namedMonth.MatchString(text) {
		return text
	}
	text = comment.ReplaceAllString(text, "$1")
	text = halfDay.ReplaceAllString(text, "${1}m")
	text = replaceMonth(asctime, text, func(m []string) string { return m[2] + "/" + monthEN(m[1]) + "/" + m[4] + " " + m[3] })
	text = replaceMonth(dayMonth, text, func(m []string) string { return m[1] + "/" + monthEN(m[2]) + "/" + m[3] })
	text = replaceMonth(monthDay, text, func(m []string) string { return m[2] + "/" + monthEN(m[1]) + "/" + m[3] })
	return replaceMonth(vietMonth, text, func(m []string) string { return m[1] + "/" + monthVI(m[2]) + "/" + m[3] })
}

func replaceMonth(form *regexp.Regexp, text string, write func(m []string) string) string {
	return form.ReplaceAllStringFunc(text, func(s string) string { return write(form.FindStringSubmatch(s)) })
}

func monthEN(name string) string {
	return strconv.Itoa(strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(name[:3]))/3 + 1)
}

// monthVI is the number of a month, which may stand in digits already.
func monthVI(name string) string {
	name = strings.ToLower(name)
	switch name {
	case "giêng":
		return "1"
	case "bốn":
		return "4"
	case "chạp":
		return "12"
	}
	for i, word := range strings.Split(monthsVI, "|") {
		if word == name {
			return strconv.Itoa(i + 1)
		}
	}
	return name
}
