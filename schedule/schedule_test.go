package schedule_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of these tests, whatever the machine has

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/schedule"
)

const stamp = "2006-01-02 15:04 -0700"

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func parse(t testing.TB, loc *time.Location, specs ...string) *schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(specs, loc)
	if err != nil {
		t.Fatalf("Parse(%q): %v", specs, err)
	}
	return s
}

func moment(t testing.TB, loc *time.Location, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ zone, specs, after, want string }{
		// Five fields and names.
		{"Asia/Ho_Chi_Minh", "0 7 * * MON", "2026-11-22 12:00", "2026-11-23 07:00, 2026-11-30 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * MON", "2026-11-23 07:00", "2026-11-30 07:00"},
		{"Asia/Ho_Chi_Minh", "*/20 6-7 * * *", "2026-11-23 06:50", "2026-11-23 07:00, 2026-11-23 07:20, 2026-11-23 07:40, 2026-11-24 06:00"},
		{"Asia/Ho_Chi_Minh", "@daily", "2026-11-23 07:00", "2026-11-24 00:00"},
		{"Asia/Ho_Chi_Minh", "@Weekly", "2026-11-23 07:00", "2026-11-29 00:00"},
		{"Asia/Ho_Chi_Minh", "@monthly", "2026-11-23 07:00", "2026-12-01 00:00"},
		{"Asia/Ho_Chi_Minh", "@yearly", "2026-11-23 07:00", "2027-01-01 00:00"},
		{"Asia/Ho_Chi_Minh", "@every 90m", "2026-11-23 07:00", "2026-11-23 08:30, 2026-11-23 10:00"},
		{"Asia/Ho_Chi_Minh", "@every 2d", "2026-11-23 07:00", "2026-11-25 07:00"},
		// Sunday is 0, 7 and SUN, and ends a span.
		{"Asia/Ho_Chi_Minh", "0 7 * * 7", "2026-11-23 07:00", "2026-11-29 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * FRI-SUN", "2026-11-23 07:00", "2026-11-27 07:00, 2026-11-28 07:00, 2026-11-29 07:00, 2026-12-04 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * 1-7/3", "2026-11-23 07:00", "2026-11-26 07:00, 2026-11-29 07:00, 2026-11-30 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * SUN/5", "2026-11-23 07:00", "2026-11-27 07:00, 2026-11-29 07:00, 2026-12-04 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * sat-sun", "2026-11-23 07:00", "2026-11-28 07:00, 2026-11-29 07:00, 2026-12-05 07:00"},
		// The first Monday, the last Friday, the last day.
		{"Asia/Ho_Chi_Minh", "0 7 * * MON#1", "2026-11-23 07:00", "2026-12-07 07:00, 2027-01-04 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * 1#5", "2026-11-23 07:00", "2026-11-30 07:00, 2027-03-29 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * fri#l", "2026-11-23 07:00", "2026-11-27 07:00, 2026-12-25 07:00, 2027-01-29 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * FRIL", "2026-11-23 07:00", "2026-11-27 07:00, 2026-12-25 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * * MON#1,MON#3,FRI", "2026-12-01 00:00", "2026-12-04 07:00, 2026-12-07 07:00, 2026-12-11 07:00, 2026-12-18 07:00, 2026-12-21 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 L * *", "2027-01-31 07:00", "2027-02-28 07:00, 2027-03-31 07:00, 2027-04-30 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 15,L 2 *", "2027-03-01 07:00", "2028-02-15 07:00, 2028-02-29 07:00"},
		// The rule of crontab: both days restricted, either will do.
		{"Asia/Ho_Chi_Minh", "0 7 13 * FRI", "2026-12-01 00:00", "2026-12-04 07:00, 2026-12-11 07:00, 2026-12-13 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 L * MON#1", "2026-11-23 07:00", "2026-11-30 07:00, 2026-12-07 07:00, 2026-12-31 07:00"},
		// A list, in which a time that two lines say comes once.
		{"Asia/Ho_Chi_Minh", "0 7 * * MON; 0 7 1 * *", "2027-01-31 12:00", "2027-02-01 07:00, 2027-02-08 07:00"},
		// Leap days, across the year 2100 too.
		{"Asia/Ho_Chi_Minh", "0 7 29 2 *", "2096-02-29 07:00", "2104-02-29 07:00"},
		{"Asia/Ho_Chi_Minh", "0 7 * 2 MON#5", "2088-03-01 07:00", "2112-02-29 07:00"},
		// Summer time: the gap, and the hour that comes twice.
		{"Europe/Berlin", "30 2 * * *", "2026-03-28 12:00", "2026-03-29 03:00, 2026-03-30 02:30"},
		{"Europe/Berlin", "*/15 2 * * *", "2026-03-28 12:00", "2026-03-29 03:00, 2026-03-30 02:00"},
		{"Europe/Berlin", "30 2 * * *", "2026-10-24 12:00", "2026-10-25 02:30, 2026-10-26 02:30"},
		{"Europe/Berlin", "0 * * * *", "2026-10-25 01:30", "2026-10-25 02:00, 2026-10-25 03:00"},
		{"America/Sao_Paulo", "0 0 * * *", "2018-11-03 12:00", "2018-11-04 01:00, 2018-11-05 00:00"},
		{"Pacific/Apia", "0 7 * * *", "2011-12-29 12:00", "2011-12-31 00:00, 2011-12-31 07:00"},
		{"Australia/Lord_Howe", "15 2 * * *", "2026-10-03 12:00", "2026-10-04 02:30, 2026-10-05 02:15"},
	} {
		t.Run(c.zone+" "+c.specs, func(t *testing.T) {
			loc := zone(t, c.zone)
			s := parse(t, loc, strings.Split(c.specs, "; ")...)
			want := strings.Split(c.want, ", ")
			var got []string
			for due := range s.All(moment(t, loc, c.after)) {
				if len(got) == len(want) {
					break
				}
				got = append(got, due.Format("2006-01-02 15:04"))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheHourThatComesTwiceIsDueTheFirstTime(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := parse(t, berlin, "30 2 * * *")
	first := s.Next(moment(t, berlin, "2026-10-25 00:00"))
	if got, want := first.Format(stamp), "2026-10-25 02:30 +0200"; got != want {
		t.Errorf("due at %s, want %s", got, want)
	}
	// Asked between the two, it is over.
	if got, want := s.Next(first.Add(30*time.Minute)).Format(stamp), "2026-10-26 02:30 +0100"; got != want {
		t.Errorf("then due at %s, want %s", got, want)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ spec, vi, en string }{
		// Never due.
		{"0 0 31 2 *", "không bao giờ đến hạn", "never fires"},
		{"0 0 30,31 2 *", "không bao giờ", "never fires"},
		{"0 0 31 4,6,9,11 *", "không bao giờ", "never fires"},
		// The fields.
		{"", "có 0 trường", "0 fields"},
		{"0 7 * *", "có 4 trường", "4 fields"},
		{"0 0 7 * * MON", "có 6 trường", "6 fields"},
		{"60 7 * * *", "trường phút", "for the minute"},
		{"0 24 * * *", "trường giờ", "for the hour"},
		{"0 7 0 * *", "trường ngày trong tháng", "day of the month"},
		{"0 7 32 * *", "1-31, L", "1-31, L"},
		{"0 7 * 13 *", "trường tháng", "for the month"},
		{"0 7 * * T2", "trường thứ", `"T2"`},
		{"0 7 * * MON#6", "MON#1", "MON#1"},
		{"0 7 * * L", "FRI#L", "FRI#L"},
		{"0 7 L-3 * *", "L-3", "L-3"},
		{"0 7 * * FRI-MON", "FRI-MON", "FRI-MON"},
		{", 7 * * *", "trường phút", "for the minute"},
		{"*/0 7 * * *", "*/0", "*/0"},
		{"1-2-3 7 * * *", "1-2-3", "1-2-3"},
		{"-5 7 * * *", "-5", "-5"},
		{"*-5 7 * * *", "*-5", "*-5"}, // robfig takes it as *
		{"*/60 7 * * *", "*/60", "*/60"},
		{"0 7 * * 1-8/2", "1-8/2", "1-8/2"},
		{"TZ=Asia/Tokyo", "timezone", "timezone"},
		{"CRON_TZ=UTC 0 7 * * *", "timezone", "timezone"},
		// Names.
		{"@dayly", "@daily", "@daily"},
		{"@every", "@every 15m", "@every 15m"},
		{"@every soon", "@every 15m", "@every 15m"},
		{"@every -1m", "@every 15m", "@every 15m"},
		{"@every 1ms", "một giây", "a second"},
	} {
		_, err := schedule.Parse([]string{c.spec}, time.UTC)
		var wrong *schedule.Error
		if !errors.As(err, &wrong) {
			t.Errorf("Parse(%q): %v, want a *schedule.Error", c.spec, err)
			continue
		}
		if vi, en := wrong.In(bantin.Vietnamese), wrong.Error(); !strings.Contains(vi, c.vi) || !strings.Contains(en, c.en) {
			t.Errorf("Parse(%q):\n%s\n%s\nwant %q and %q", c.spec, vi, en, c.vi, c.en)
		}
	}
	for _, specs := range [][]string{nil, {"@every 5m", "0 7 * * *"}, {"0 7 * * *", "0 0 30 2 *"}} {
		if _, err := schedule.Parse(specs, time.UTC); err == nil {
			t.Errorf("Parse(%q) is content", specs)
		}
	}
}

func TestSkipping(t *testing.T) {
	hanoi, apia := zone(t, "Asia/Ho_Chi_Minh"), zone(t, "Pacific/Apia")
	for _, c := range []struct {
		loc               *time.Location
		spec, skip, after string
		want              string
	}{
		{hanoi, "0 7 * * MON", "2027-02-05..2027-02-12", "2027-02-01 07:00", "2027-02-15 07:00"},
		{hanoi, "0 7 * * *", "2027-02-05", "2027-02-04 12:00", "2027-02-06 07:00"},
		{hanoi, "0 7 * * *", "2027-02-07,2027-02-05..2027-02-06,2027-02-08..2027-02-12", "2027-02-04 12:00", "2027-02-13 07:00"},
		{hanoi, "@every 2d", "2027-02-05..2027-02-12", "2027-02-04 07:00", "2027-02-14 07:00"},
		{hanoi, "@every 7h", "2027-02-05", "2027-02-04 20:00", "2027-02-06 00:00"},
		// A day that the zone never had puts its times on the next one.
		{apia, "0 7 * * *", "2011-12-30", "2011-12-29 12:00", "2011-12-31 07:00"},
		{apia, "0 7 * * *", "2011-12-31", "2011-12-29 12:00", "2012-01-01 07:00"},
	} {
		days, err := schedule.ParseDays(strings.Split(c.skip, ","))
		if err != nil {
			t.Fatal(err)
		}
		s := parse(t, c.loc, c.spec).Skipping(days)
		if got := s.Next(moment(t, c.loc, c.after)).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s without %s: due at %s, want %s", c.spec, c.skip, got, c.want)
		}
	}
}

func TestParseDays(t *testing.T) {
	days, err := schedule.ParseDays([]string{"2027-02-05..2027-02-12", "2027-04-30", "2027-05-01"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"2027-02-04": false, "2027-02-05": true, "2027-02-12": true, "2027-02-13": false, "2027-04-30": true, "2027-05-01": true,
	} {
		day, err := bantin.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		if days.Contains(day) != want {
			t.Errorf("Contains(%s) = %v", text, !want)
		}
	}
	for _, bad := range []string{"", "2027-02-30", "5/2/2027", "2027-02-12..2027-02-05", "2027-01-01..2207-01-01", "2027-02-05.."} {
		var wrong *schedule.Error
		if _, err := schedule.ParseDays([]string{bad}); !errors.As(err, &wrong) {
			t.Errorf("ParseDays(%q): %v, want a *schedule.Error", bad, err)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{"90s": 90 * time.Second, "15m": 15 * time.Minute, "24h": 24 * time.Hour, "31d": 31 * 24 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := schedule.ParseDuration(text); got != want || err != nil {
			t.Errorf("ParseDuration(%q) = %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "15", "-1h", "1.5d", "d", "99999d", "một giờ"} {
		if _, err := schedule.ParseDuration(bad); err == nil {
			t.Errorf("ParseDuration(%q) is content", bad)
		}
	}
}

func TestLatest(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		spec, after, until, want string
		missed                   int
	}{
		{"0 7 * * MON", "2026-11-23 07:00", "2026-11-30 06:59", "", 0},
		{"0 7 * * MON", "2026-11-23 07:00", "2026-11-30 07:00", "2026-11-30 07:00", 1},
		{"0 7 * * MON", "2026-11-02 00:00", "2026-11-30 12:00", "2026-11-30 07:00", 5},
		{"0 7 * * *", "2016-11-30 12:00", "2026-11-30 12:00", "2026-11-30 07:00", 3652},
		{"* * * * *", "2016-11-30 12:00", "2026-11-30 12:00", "2026-11-30 12:00", schedule.MaxCounted},
		{"* * * 1 *", "2016-11-30 12:00", "2026-11-30 12:00", "2026-01-31 23:59", schedule.MaxCounted},
		{"@every 1m", "2016-11-30 12:00", "2026-11-30 12:00", "2026-11-30 12:00", schedule.MaxCounted},
		{"@every 7m", "2026-11-30 12:00", "2026-11-30 12:20", "2026-11-30 12:14", 2},
	} {
		latest, missed := parse(t, loc, c.spec).Latest(moment(t, loc, c.after), moment(t, loc, c.until))
		got := ""
		if !latest.IsZero() {
			got = latest.Format("2006-01-02 15:04")
		}
		if got != c.want || missed != c.missed {
			t.Errorf("%s in (%s, %s]: %s and %d times, want %s and %d", c.spec, c.after, c.until, got, missed, c.want, c.missed)
		}
	}
}

func TestLatestLeavesSkippedDaysOut(t *testing.T) {
	loc := zone(t, "Asia/Ho_Chi_Minh")
	days, err := schedule.ParseDays([]string{"2026-11-20..2026-12-31"})
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range []string{"* * * * *", "@every 1m"} {
		latest, _ := parse(t, loc, spec).Skipping(days).Latest(moment(t, loc, "2020-01-01 00:00"), moment(t, loc, "2026-11-30 12:00"))
		if got, want := latest.Format("2006-01-02 15:04"), "2026-11-19 23:59"; got != want {
			t.Errorf("%s: latest %s, want %s", spec, got, want)
		}
	}
}

func TestTheZeroScheduleIsNeverDue(t *testing.T) {
	var s schedule.Schedule
	if next := s.Next(time.Now()); !next.IsZero() {
		t.Errorf("due at %v", next)
	}
	if got := slices.Collect(s.All(time.Now())); len(got) != 0 {
		t.Errorf("due at %v", got)
	}
}
