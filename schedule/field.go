package schedule

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/robfig/cron/v3"

	"bantin"
)

// field is one of the five of a line.
type field struct {
	at    int // its place in the line
	max   int // its largest step
	name  bantin.Words
	takes string
}

func minuteField() field {
	return field{0, 59, bantin.Words{VI: "phút", EN: "minute"}, "0-59"}
}

func hourField() field { return field{1, 23, bantin.Words{VI: "giờ", EN: "hour"}, "0-23"} }

func dayField() field {
	return field{2, 31, bantin.Words{VI: "ngày trong tháng", EN: "day of the month"}, "1-31, L"}
}

func monthField() field {
	return field{3, 12, bantin.Words{VI: "tháng", EN: "month"}, "1-12, JAN-DEC"}
}

func weekdayField() field {
	return field{4, 7, bantin.Words{VI: "thứ trong tuần", EN: "day of the week"}, "0-7 (0, 7: SUN), MON-FRI, MON#1, FRI#L"}
}

// check has each item of the field read by itself, so that a message can name the
// field and what it takes; robfig's own messages name neither.
func (f field) check(spec, text string) error {
	for item := range strings.SplitSeq(text, ",") {
		if _, ok := f.read(item); !ok {
			return f.wrong(spec, item)
		}
	}
	return nil
}

// item is *, a value or a span, perhaps with a step.
var item = regexp.MustCompile(`^(?:[*?]|\w+(?:-\w+)?)(?:/(\d+))?$`)

// read has robfig read an item of the field. It would take *-5 as *, and a step that
// leads out of the field as none.
func (f field) read(text string) (*cron.SpecSchedule, bool) {
	parts := item.FindStringSubmatch(text)
	if parts == nil {
		return nil, false
	}
	if step, err := strconv.Atoi(parts[1]); parts[1] != "" && (err != nil || step > f.max) {
		return nil, false
	}
	line := []string{"*", "*", "*", "*", "*"}
	line[f.at] = text
	parsed, err := parseCron(line...)
	return parsed, err == nil
}

func (f field) wrong(spec, item string) error {
	return wrong(spec, bantin.Say("trường %s không nhận %q", "the field for the %s does not take %q", f.name, item), f.hint())
}

func (f field) hint() bantin.Words {
	return bantin.Words{
		VI: "có thể dùng *, " + f.takes + ", danh sách 1,2, khoảng 1-3, bước */2",
		EN: "it takes *, " + f.takes + ", a list 1,2, a span 1-3, a step */2",
	}
}

func wrongCount(spec string, found int) error {
	return wrong(spec, bantin.Say("có %d trường, cần 5", "it has %d fields and needs 5", found), lineHint())
}

func lineHint() bantin.Words {
	return bantin.Words{
		VI: "viết phút, giờ, ngày, tháng, thứ, ví dụ 0 7 * * MON (bảy giờ sáng thứ Hai), hoặc @daily, @every 15m",
		EN: "write minute, hour, day, month, weekday, such as 0 7 * * MON (Mondays at seven), or @daily, @every 15m",
	}
}
