package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bantin"
)

// field is one of the five of a line: what may stand in it.
type field struct {
	name     bantin.Words
	min, max int
	names    []string // of its values, from min on
}

func minuteField() field { return field{bantin.Words{VI: "phút", EN: "minute"}, 0, 59, nil} }
func hourField() field   { return field{bantin.Words{VI: "giờ", EN: "hour"}, 0, 23, nil} }
func dayField() field {
	return field{bantin.Words{VI: "ngày trong tháng", EN: "day of the month"}, 1, 31, nil}
}

func monthField() field {
	return field{bantin.Words{VI: "tháng", EN: "month"}, 1, 12,
		strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")}
}

func weekdayField() field {
	return field{bantin.Words{VI: "thứ trong tuần", EN: "day of the week"}, 0, 7,
		strings.Fields("SUN MON TUE WED THU FRI SAT SUN")}
}

// check looks at each item of the field, so that a message can name the field
// and what it takes; robfig's own messages name neither.
func (f field) check(spec, text string) error {
	for item := range strings.SplitSeq(text, ",") {
		if !f.fits(item) {
			return f.wrong(spec, item)
		}
	}
	return nil
}

// fits reports whether item is *, a value or a span, perhaps with a step.
func (f field) fits(item string) bool {
	span, step, stepped := strings.Cut(item, "/")
	if n, err := strconv.ParseUint(step, 10, 8); stepped && (err != nil || n == 0 || int(n) > f.max) {
		return false
	}
	if span == "*" || span == "?" {
		return true
	}
	low, high, isSpan := strings.Cut(span, "-")
	first, ok := f.value(low)
	if !ok || !isSpan {
		return ok
	}
	last, ok := f.lastValue(high)
	return ok && first <= last
}

// value reads a number or a name.
func (f field) value(text string) (int, bool) {
	if i := slices.Index(f.names, strings.ToUpper(text)); i >= 0 {
		return f.min + i, true
	}
	n, err := strconv.ParseUint(text, 10, 8)
	return int(n), err == nil && int(n) >= f.min && int(n) <= f.max
}

// lastValue reads the end of a span, where SUN is the end of the week.
func (f field) lastValue(text string) (int, bool) {
	if len(f.names) == 8 && strings.EqualFold(text, "SUN") {
		return 7, true
	}
	return f.value(text)
}

func (f field) wrong(spec, item string) error {
	return wrong(spec, bantin.Words{
		VI: fmt.Sprintf("trường %s không nhận %q", f.name.VI, item),
		EN: fmt.Sprintf("the field for the %s does not take %q", f.name.EN, item),
	}, f.hint())
}

func (f field) hint() bantin.Words {
	span := fmt.Sprintf("%d-%d", f.min, f.max)
	switch {
	case f.max == 31:
		span += ", L"
	case len(f.names) == 8:
		span += " (0, 7: SUN), MON-FRI, MON#1, FRI#L"
	case f.names != nil:
		span += ", JAN-DEC"
	}
	return bantin.Words{
		VI: "có thể dùng *, " + span + ", danh sách 1,2, khoảng 1-3, bước */2",
		EN: "it takes *, " + span + ", a list 1,2, a span 1-3, a step */2",
	}
}

func wrongCount(spec string, found int) error {
	return wrong(spec, bantin.Words{
		VI: fmt.Sprintf("có %d trường, cần 5", found),
		EN: fmt.Sprintf("it has %d fields and needs 5", found),
	}, lineHint())
}

func lineHint() bantin.Words {
	return bantin.Words{
		VI: "viết phút, giờ, ngày, tháng, thứ, ví dụ 0 7 * * MON (bảy giờ sáng thứ Hai), hoặc @daily, @every 15m",
		EN: "write minute, hour, day, month, weekday, such as 0 7 * * MON (Mondays at seven), or @daily, @every 15m",
	}
}
