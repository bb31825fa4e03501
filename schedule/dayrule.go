package schedule

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// dayRule says on which days a line is due.
type dayRule struct {
	month   uint64    // days of the month, as robfig's bits
	week    uint64    // days of the week, as robfig's bits
	lastDay bool      // the last day of the month
	nth     [7]uint64 // by day of the week: bit n for the nth in a month
	last    [7]bool   // by day of the week: the last in a month
}

// anyDay is the bit by which robfig marks a field that says *.
const anyDay = 1 << 63

func (r *dayRule) match(t time.Time) bool {
	inMonth := r.month&(1<<t.Day()) != 0 || r.lastDay && t.AddDate(0, 0, 1).Day() == 1
	inWeek := r.week&(1<<t.Weekday()) != 0 || r.matchNth(t)
	if r.month&anyDay != 0 || r.week&anyDay != 0 {
		return inMonth && inWeek
	}
	return inMonth || inWeek
}

func (r *dayRule) matchNth(t time.Time) bool {
	weekday := t.Weekday()
	nth := (t.Day()-1)/7 + 1
	isLast := t.AddDate(0, 0, 7).Month() != t.Month()
	return r.nth[weekday]&(1<<nth) != 0 || r.last[weekday] && isLast
}

// takeMonthDays reads the third field.
func (r *dayRule) takeMonthDays(spec, text string) error {
	for item := range strings.SplitSeq(text, ",") {
		if strings.EqualFold(item, "L") {
			r.lastDay = true
			continue
		}
		parsed, ok := dayField().read(item)
		if !ok {
			return dayField().wrong(spec, item)
		}
		r.month |= parsed.Dom
	}
	return nil
}

// takeWeekdays reads the fifth field.
func (r *dayRule) takeWeekdays(spec, text string) error {
	for item := range strings.SplitSeq(text, ",") {
		if r.takeNth(item) {
			continue
		}
		days, ok := weekdays(item)
		if !ok {
			return weekdayField().wrong(spec, item)
		}
		r.week |= days
	}
	return nil
}

// takeNth reads MON#1, FRI#L and FRIL.
func (r *dayRule) takeNth(item string) bool {
	name, nth, counted := strings.Cut(strings.ToUpper(item), "#")
	if !counted {
		name, counted = strings.CutSuffix(name, "L")
		nth = "L"
	}
	weekday, ok := weekday(name)
	if !ok || !counted {
		return false
	}
	if nth == "L" {
		r.last[weekday] = true
		return true
	}
	n, err := strconv.Atoi(nth)
	if err != nil || n < 1 || n > 5 {
		return false
	}
	r.nth[weekday] |= 1 << n
	return true
}

// weekday reads one day of the week, 0 for Sunday.
func weekday(text string) (int, bool) {
	days, ok := weekdays(text)
	return bits.TrailingZeros64(days), ok && bits.OnesCount64(days) == 1 && !strings.ContainsAny(text, "-/")
}

// weekdays reads an item as robfig's bits. Sunday may be 7 too, and is that at the end
// of a span: such an item is read as hours, which go on behind 6.
func weekdays(text string) (uint64, bool) {
	const sunday = 7
	text = strings.NewReplacer( // the first that fits counts
		"SUN-", "0-", "SUN/", "0/", "SUN", "7", "MON", "1", "TUE", "2", "WED", "3", "THU", "4", "FRI", "5", "SAT", "6",
	).Replace(strings.ToUpper(text))
	if parsed, ok := weekdayField().read(text); ok {
		return parsed.Dow, true
	}
	hours := hourField()
	hours.max = sunday
	span, _, _ := strings.Cut(text, "/")
	whole, ok := hours.read(span)
	parsed, stepped := hours.read(text)
	if !ok || !stepped || whole.Hour >= 1<<(sunday+1) {
		return 0, false
	}
	return parsed.Hour&(1<<sunday-1) | parsed.Hour>>sunday&1, true
}
