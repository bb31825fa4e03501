package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"bantin"
)

// maxYearsAhead is how far ahead a line is looked for. The rarest line, the fifth
// Monday of February, comes every 28 years, and every 40 around the year 2100.
const maxYearsAhead = 60 // years

// A line is a cron.Schedule over wall times. The hours, minutes and months are
// robfig's; the days are ours, for robfig knows neither the first Monday nor
// the last day of a month and gives up after five years, though the 29th of
// February can be eight years away.
type line struct {
	clock *cron.SpecSchedule // of any day
	days  dayRule
}

// Next is the first wall time of the line after wall, or the zero time.
func (l *line) Next(wall time.Time) time.Time {
	limit := wall.AddDate(maxYearsAhead, 0, 0)
	for {
		wall = l.clock.Next(wall)
		if wall.IsZero() || wall.After(limit) {
			return time.Time{}
		}
		if l.days.match(wall) {
			return wall
		}
		y, m, d := wall.Date()
		wall = time.Date(y, m, d, 23, 59, 59, 0, time.UTC)
	}
}

// newLine makes a line of its five fields.
func newLine(spec string, parts []string) (cron.Schedule, error) {
	if err := minuteField().check(spec, parts[0]); err != nil {
		return nil, err
	}
	if err := hourField().check(spec, parts[1]); err != nil {
		return nil, err
	}
	if err := monthField().check(spec, parts[3]); err != nil {
		return nil, err
	}
	var days dayRule
	if err := days.takeMonthDays(spec, parts[2]); err != nil {
		return nil, err
	}
	if err := days.takeWeekdays(spec, parts[4]); err != nil {
		return nil, err
	}
	clock, err := parseCron(parts[0], parts[1], "*", parts[3], "*")
	if err != nil {
		return nil, wrong(spec, bantin.Words{VI: err.Error(), EN: err.Error()}, lineHint())
	}
	l := &line{clock, days}
	if l.Next(time.Date(2000, 1, 1, 0, 0, 0, -1, time.UTC)).IsZero() {
		return nil, wrongNever(spec)
	}
	return l, nil
}

func parseCron(fields ...string) (*cron.SpecSchedule, error) {
	parsed, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return nil, err
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("cron gives %T for five fields", parsed)
	}
	spec.Location = time.UTC
	return spec, nil
}

func wrongNever(spec string) error {
	return wrong(spec,
		bantin.Words{VI: "không bao giờ đến hạn: không tháng nào được nêu có ngày ấy", EN: "it never fires: no month that is named has such a day"},
		bantin.Words{VI: "dùng L ở trường ngày cho ngày cuối tháng", EN: "use L in the field for the day for the last day of a month"})
}
