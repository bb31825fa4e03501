package schedule

import (
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

// takeMonthDays takes what is ours out of the third field and gives what is
// left for robfig, nothing if need be.
func (r *dayRule) takeMonthDays(spec, text string) (rest string, err error) {
	var plain []string
	for item := range strings.SplitSeq(text, ",") {
		switch {
		case strings.EqualFold(item, "L"):
			r.lastDay = true
		case dayField().fits(item):
			plain = append(plain, item)
		default:
			return "", dayField().wrong(spec, item)
		}
	}
	return strings.Join(plain, ","), nil
}

// takeWeekdays does the same for the fifth field, and writes what is left in
// robfig's numbers, which end at 6.
func (r *dayRule) takeWeekdays(spec, text string) (rest string, err error) {
	var plain []string
	for item := range strings.SplitSeq(text, ",") {
		switch {
		case r.takeNth(item):
		case weekdayField().fits(item):
			plain = append(plain, endWeekAtSix(item))
		default:
			return "", weekdayField().wrong(spec, item)
		}
	}
	return strings.Join(plain, ","), nil
}

// takeNth reads MON#1, FRI#L and FRIL.
func (r *dayRule) takeNth(item string) bool {
	name, nth, counted := strings.Cut(strings.ToUpper(item), "#")
	if !counted {
		name, counted = strings.CutSuffix(name, "L")
		nth = "L"
	}
	weekday, ok := weekdayField().value(name)
	if !ok || !counted {
		return false
	}
	if nth == "L" {
		r.last[weekday%7] = true
		return true
	}
	n, err := strconv.Atoi(nth)
	if err != nil || n < 1 || n > 5 {
		return false
	}
	r.nth[weekday%7] |= 1 << n
	return true
}

// endWeekAtSix writes an item that may name Sunday as 7 as a list that does not.
func endWeekAtSix(item string) string {
	f := weekdayField()
	span, step, stepped := strings.Cut(item, "/")
	low, high, isSpan := strings.Cut(span, "-")
	first, ok := f.value(low)
	if !ok || !isSpan && first < 7 {
		return item
	}
	last, by := first, 1
	if isSpan {
		last, _ = f.lastValue(high)
	}
	if stepped {
		by, _ = strconv.Atoi(step)
	}
	var days []string
	for d := first; d <= last; d += by {
		days = append(days, strconv.Itoa(d%7))
	}
	return strings.Join(days, ",")
}
