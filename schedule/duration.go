package schedule

import (
	"strconv"
	"strings"
	"time"

	"bantin"
)

// ParseDuration reads a duration as it is written in YAML: 90s, 15m, 24h, 31d
// and what time.ParseDuration reads. A day has 24 hours. It refuses negative
// durations; an error is an *Error.
func ParseDuration(text string) (time.Duration, error) {
	if count, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseUint(count, 10, 16)
		if err != nil || days > 36_500 {
			return 0, wrongDuration(text)
		}
		return time.Duration(days) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, wrongDuration(text)
	}
	return d, nil
}

func wrongDuration(text string) error {
	return wrong(text,
		bantin.Words{VI: "không phải một khoảng thời gian", EN: "not a duration"},
		bantin.Words{VI: "viết như 90s, 15m, 24h hoặc 31d", EN: "write it as 90s, 15m, 24h or 31d"})
}
