package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bantin/schedule"
)

// Duration is a time span, written as 90s, 15m, 24h or 31d.
type Duration time.Duration

// ParseDuration parses a duration. A negative one is an error.
func ParseDuration(text string) (Duration, error) {
	d, err := schedule.ParseDuration(text)
	return Duration(d), err
}

// Std returns the duration as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String formats the duration in the largest unit that divides it.
func (d Duration) String() string {
	std := time.Duration(d)
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if std >= unit.length && std%unit.length == 0 && (unit.name != "d" || std > 48*time.Hour) {
			return strconv.FormatInt(int64(std/unit.length), 10) + unit.name
		}
	}
	return std.String()
}

// Rate is a maximum number of events per time, written as 20/s, 100/m, 1000/h or 500/d.
// The zero Rate is no limit.
type Rate struct {
	Count int
	Per   time.Duration
}

// ParseRate parses a rate; its count is at least 1.
func ParseRate(text string) (Rate, error) {
	count, unit, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(count)
	units := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	if err != nil || n < 1 || n > 1_000_000 || units[unit] == 0 {
		return Rate{}, fmt.Errorf("rate %q: expected a count and a unit, such as 20/s, 100/m, 1000/h or 500/d", text)
	}
	return Rate{n, units[unit]}, nil
}

// PerSecond returns the rate in events per second; 0 is no limit.
func (r Rate) PerSecond() float64 {
	if r.Count == 0 {
		return 0
	}
	return float64(r.Count) / r.Per.Seconds()
}

// String formats the rate as ParseRate reads it.
func (r Rate) String() string {
	if r.Count == 0 {
		return ""
	}
	unit := map[time.Duration]string{time.Second: "s", time.Minute: "m", time.Hour: "h", 24 * time.Hour: "d"}[r.Per]
	return strconv.Itoa(r.Count) + "/" + unit
}
