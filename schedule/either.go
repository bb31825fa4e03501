package schedule

import "strings"

// EitherDay reports whether a line is due on the days of a month that it names and on
// the days of the week as well: "0 7 1-7 * MON" is due on eleven days or so of each
// month, and not on its first Monday. Where the first Monday seems to be meant, it
// gives the line for that.
func EitherDay(spec string) (meant string, either bool) {
	parsed, err := parseLine(spec)
	if err != nil {
		return "", false
	}
	l, ok := parsed.(*line)
	if !ok || l.days.month&anyDay != 0 || l.days.week&anyDay != 0 {
		return "", false
	}
	parts := strings.Fields(spec)
	nth, isWeek := weekOfMonth(parts[2])
	if _, isDay := weekday(parts[4]); !isWeek || !isDay {
		return "", true
	}
	parts[2], parts[4] = "*", parts[4]+"#"+nth
	return strings.Join(parts, " "), true
}

// weekOfMonth says which of its kind a weekday is that falls on these days.
func weekOfMonth(days string) (nth string, ok bool) {
	nth, ok = map[string]string{
		"1-7": "1", "8-14": "2", "15-21": "3", "22-28": "4", "29-31": "5", "25-31": "L", "24-31": "L",
	}[days]
	return nth, ok
}
