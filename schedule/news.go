package schedule

import (
	"time"

	"bantin"
)

// News is the line of a digest that is due when there is something new. It stands alone.
const News = "@news"

// A digest on news waits a while after the first bulletin, since others of the same
// matter follow it, and does not go out again and again.
const (
	NewsDelay   = 10 * time.Minute
	newsWait    = time.Hour // between two editions
	maxNewsADay = 6
)

// OnNews reports whether the schedule is that of [News]: Next does not know when it is
// due, and NewsDue does.
func (s *Schedule) OnNews() bool { return s != nil && s.news }

// NewsDue is when an edition is due whose first bulletin became news at first; before are
// the due times of the digest's last editions. It is a whole minute, and the same for all
// who ask. Where the day has had its editions, or is skipped, it is the beginning of the
// next one.
func (s *Schedule) NewsDue(first time.Time, before []time.Time) time.Time {
	due := first.Add(NewsDelay)
	for _, b := range before {
		if next := b.Add(newsWait); next.After(due) {
			due = next
		}
	}
	if due = due.Truncate(time.Minute).In(s.loc); due.Before(first.Add(NewsDelay)) {
		due = due.Add(time.Minute)
	}
	for s.isFull(bantin.DayOf(due), before) {
		due = firstShown(bantin.DayOf(due).In(time.UTC).AddDate(0, 0, 1), s.loc)
	}
	return due
}

// isFull reports whether no further edition is due on the day.
func (s *Schedule) isFull(day bantin.Day, before []time.Time) bool {
	n := 0
	for _, b := range before {
		if bantin.DayOf(b.In(s.loc)) == day {
			n++
		}
	}
	return n >= maxNewsADay || s.skip.Contains(day)
}

// parseNews reads the line, which does not join others: what is due by them is no news.
func parseNews(spec string, lines int) error {
	if lines == 1 {
		return nil
	}
	return wrong(spec,
		bantin.Words{VI: "@news không đứng chung với dòng khác", EN: "@news cannot be joined with other lines"},
		bantin.Words{VI: "chỉ viết một mình nó", EN: "write it alone"})
}

// Frequency is how often a digest comes, in words for people.
type Frequency string

// The frequencies that have a name.
const (
	AtOnce  Frequency = "at once"
	Daily   Frequency = "daily"
	Weekly  Frequency = "weekly"
	Monthly Frequency = "monthly"
)

// Words names the frequency; empty for one without a name.
func (f Frequency) Words() bantin.Words {
	return map[Frequency]bantin.Words{
		AtOnce:  {VI: "Ngay khi có tin", EN: "At once"},
		Daily:   {VI: "Hằng ngày", EN: "Daily"},
		Weekly:  {VI: "Hằng tuần", EN: "Weekly"},
		Monthly: {VI: "Hằng tháng", EN: "Monthly"},
	}[f]
}

// Frequency names how often the schedule is due from a time on, "" where there is no name
// for it: of the next due times each must be so far from the one before. Days that are
// skipped make no difference.
func (s *Schedule) Frequency(now time.Time) Frequency {
	if s == nil || s.news {
		if s.OnNews() {
			return AtOnce
		}
		return ""
	}
	always := *s
	always.skip = nil
	const looks = 8 // more than a week of days
	found, last := Frequency(""), always.Next(now)
	for range looks {
		next := always.Next(last)
		is := named(next.Sub(last))
		if last.IsZero() || next.IsZero() || is == "" || found != "" && is != found {
			return ""
		}
		found, last = is, next
	}
	return found
}

// named gives the frequency of an interval, to which summer time may add an hour.
func named(interval time.Duration) Frequency {
	const hour, day = time.Hour, 24 * time.Hour
	within := func(least, most time.Duration) bool { return interval >= least-hour && interval <= most+hour }
	switch {
	case within(day, day):
		return Daily
	case within(7*day, 7*day):
		return Weekly
	case within(28*day, 35*day): // the first Monday may be five weeks away
		return Monthly
	}
	return ""
}
