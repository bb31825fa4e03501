// Package schedule says when something is due: the times of one or several
// cron lines in one zone, without the days that are skipped.
//
// # Lines
//
// A line is five fields (minute, hour, day of the month, month, day of the
// week), a name such as @daily, or "@every 15m". Beyond the grammar of
// robfig/cron, from which all else is taken, these are understood:
//
//	MON#1  in the fifth field: the first Monday of the month, up to #5
//	FRI#L  in the fifth field: the last Friday of the month; also FRIL
//	L      in the third field: the last day of the month
//	7      in the fifth field: Sunday, as 0; FRI-SUN is a span
//
// Where both the third and the fifth field say something other than *, a day
// is meant that fits either of them (crontab(5) of POSIX). Several lines are
// joined: due is what any of them says, once.
//
// # The clock
//
// A line speaks of the clock on the wall in its zone, to the minute. A time
// that summer time leaves out is due at the first minute after the gap, and a
// time that comes twice is due once, the first time. Both follow from one
// rule: a time is due when the clock on the wall first shows it or a later one.
// "@every" alone knows no wall: it is due that long after the last time, unless
// it is [Schedule.Aligned]. A [Window] is a span of hours by the same clock.
//
// # What is not done
//
// No goroutine and no timer is started here; a caller that keeps a loop asks
// [Schedule.Next], and after a downtime [Schedule.Latest].
package schedule
