package extract

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// An hour as bulletins write it beside a day: "8 giờ 30", "8 giờ 30 phút", "14h", "7g30
// sáng", "08:30"; of a span ("8h – 11h30", "từ 8 giờ đến 11 giờ") the first one counts.
const (
	hourOf   = `(\d{1,2}) ?(?:giờ|h|g|:)(?: ?(\d{2})\b(?: ?phút)?)?`
	partOf   = `sáng|trưa|chiều|tối|đêm`
	hourEnds = `(?: ?(?:-|–|đến) ?\d{1,2} ?(?:giờ|h|g|:)(?: ?\d{2}\b(?: ?phút)?)?)?`
	weekdays = `thứ \S+|chủ nhật`
)

var (
	// hourBefore is an hour that stands before a day: "8 giờ 30, sáng thứ Bảy, ngày ".
	hourBefore = regexp.MustCompile(`(?i)(?:^|[^\d/.,:-])` + hourOf + hourEnds + `[ ,(]*(` + partOf + `)?(?:[ ,(]*(?:` + weekdays + `|` + partOf + `|ngày|hôm nay))*[ ,(]*$`)
	// hourBehind is one that stands behind it: ", lúc 14h", " (từ 7g30", " vào hồi 8 giờ".
	hourBehind = regexp.MustCompile(`(?i)^[ )]*(?:[(,] ?(?:` + weekdays + `))?[ ),(]*(?:(?:bắt đầu|khai mạc)? ?(?:vào lúc|vào hồi|lúc|hồi|từ|vào) |\(|, )` + hourOf + hourEnds + `(?: (` + partOf + `))?(?:[^\pL\d/:]|$)`)
	// partBefore is the part of the day that stands before a day: "Chiều ngày ", "tối 14/5".
	partBefore = regexp.MustCompile(`(?i)(?:^|[ ,(])(` + partOf + `)(?:[ ,(]*(?:` + weekdays + `|ngày|hôm nay))*[ ,(]*$`)
)

// numbered is a number that a colon follows, and no minutes: "Cụm 6: ngày 14/5".
var numbered = regexp.MustCompile(`^\D*\d{1,2} ?:`)

// hourReach is how many bytes before or behind a day its hour may stand.
const hourReach = 120

// firstHour is the first one at which something begins that does not say "sáng": before it
// an hour is rather that from which a rule holds.
const firstHour = 5 * time.Hour

// eventHour reads the hour of an event from what stands before and behind its day; ""
// where there is none.
func eventHour(before, behind string) string {
	before, behind = tail(before, hourReach), cutAt(behind, hourReach)
	m := hourBefore.FindStringSubmatch(before)
	if m == nil {
		m = hourBehind.FindStringSubmatch(behind)
	}
	if m == nil {
		return ""
	}
	part := strings.ToLower(m[3])
	if part == "" {
		if p := partBefore.FindStringSubmatch(before); p != nil {
			part = strings.ToLower(p[1])
		}
	}
	if part == "đêm" && len(m[1]) == 1 && m[1] >= "7" { // 9 giờ đêm
		part = "tối"
	}
	minute := m[2]
	if minute == "" {
		if numbered.MatchString(m[0]) {
			return ""
		}
		minute = "00"
	}
	clock, ok := clockOf([]string{m[1], minute, part})
	if !ok || clock < firstHour && part == "" {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", clock/time.Hour, clock%time.Hour/time.Minute)
}

// tail is the end of a text, whole characters.
func tail(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	at := len(text) - limit
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return text[at:]
}
