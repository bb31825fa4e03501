package web

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/testneed"
)

// khalConfig is that of a reader in Việt Nam, with one calendar.
const khalConfig = `[calendars]
[[lich]]
path = %[1]s/lich
[sqlite]
path = %[1]s/khal.db
[locale]
local_timezone = Asia/Ho_Chi_Minh
default_timezone = Asia/Ho_Chi_Minh
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
`

// TestCalendarInKhal opens the calendar in a real client: an event with an hour, one of
// the whole day, one that is over, one that is cancelled. It gives what has no end an hour.
// After a revision the client has it at its new time, once.
func TestCalendarInKhal(t *testing.T) {
	program := testneed.Program(t, "khal")
	s := newTestSite(t)
	event := func(n int, date bantin.Day, hour string) bantin.Bulletin {
		b := sample(n)
		b.Title, b.Event = fmt.Sprintf("Họp, lần %d; “tổng kết”", n), &bantin.Event{Date: date, Time: hour, Place: "Nhà văn hóa, Hà Nội"}
		return s.add(t, b)
	}
	soon, last := bantin.DayOf(time.Now().AddDate(0, 0, 7)), bantin.DayOf(time.Now().AddDate(0, -3, 0))
	timed := event(1, soon, "08:30")
	event(2, soon, "")
	event(3, last, "")
	off := event(5, soon, "14:00")
	if _, err := s.store.Bulletins().Withdraw(t.Context(), off.ID); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "config")
	if err := os.WriteFile(config, fmt.Appendf(nil, khalConfig, dir), 0o600); err != nil {
		t.Fatal(err)
	}
	khal := func(args ...string) string {
		t.Helper()
		run := exec.CommandContext(t.Context(), program, append([]string{"-c", config}, args...)...)
		run.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CACHE_HOME="+dir, "LC_ALL=C.UTF-8")
		out, err := run.CombinedOutput()
		if err != nil {
			t.Fatalf("khal %s: %v\n%s", args, err, out)
		}
		return string(out)
	}
	list := func() string {
		t.Helper()
		_, body := s.do(t, http.MethodGet, "/events.ics", "")
		file := filepath.Join(dir, "events.ics")
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		khal("import", "--batch", "-a", "lich", file)
		return khal("list", "--day-format", "", "--format", "{start-date-long}|{start-end-time-style}|{title}|{location}|{status}", last.String(), soon.In(time.UTC).AddDate(0, 0, 2).Format(time.DateOnly))
	}
	seen := list()
	for _, want := range []string{
		soon.String() + "|08:30-09:30|Họp, lần 1; “tổng kết”|Nhà văn hóa, Hà Nội|", soon.String() + "||Họp, lần 2; “tổng kết”|", last.String() + "||Họp, lần 3;", "Họp, lần 5; “tổng kết”|Nhà văn hóa, Hà Nội|CANCELLED",
	} {
		if !strings.Contains(seen, want) {
			t.Errorf("no %q in\n%s", want, seen)
		}
	}
	timed.Event.Time, timed.Revision = "09:15", 2
	s.add(t, timed)
	if seen = list(); strings.Count(seen, "lần 1;") != 1 || !strings.Contains(seen, "09:15-10:15|Họp, lần 1;") {
		t.Errorf("after the revision:\n%s", seen)
	}
}
