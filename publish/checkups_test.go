package publish

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bantin/internal/officetest"
	"bantin/store"
)

// The daemon examines the installation once a day, and each hour while something is bad. It
// says once what turned bad and once that it is good again.
func TestCheckups(t *testing.T) {
	o := officetest.New(t)
	var log bytes.Buffer
	status, times := "ok", 0
	d := &Daemon{DB: o.DB, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: o.Now, Language: "en", Examine: func(context.Context) []store.Checkup {
		times++
		return []store.Checkup{{Name: "dns_spf", Status: status, What: "SPF không nêu máy này\nthe SPF record does not name this machine", Hint: "thêm\nadd it"}}
	}}
	for _, day := range []struct {
		status string
		times  int // it looks each ten minutes
	}{
		{"ok", 1}, {"ok", 1}, {"failed", 7 + 22}, {"failed", 24}, {"ok", 1}, {"ok", 1},
	} {
		status, times = day.status, 0
		for range 144 {
			if d.checkupDue(t.Context()) {
				d.examine(t.Context())
			}
			o.Skew.Add(int64(10*time.Minute + time.Second))
		}
		if times < day.times-1 || times > day.times+1 {
			t.Errorf("%s: it was examined %d times in a day, want %d", day.status, times, day.times)
		}
	}
	said := log.String()
	if n := strings.Count(said, "a check of the installation turned bad"); n != 1 || !strings.Contains(said, "the SPF record does not name this machine") {
		t.Errorf("said %d times that it turned bad:\n%s", n, said)
	}
	if n := strings.Count(said, "a check of the installation is good again"); n != 1 {
		t.Errorf("said %d times that it is good:\n%s", n, said)
	}
}
