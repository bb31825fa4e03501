package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bantin/store"
)

// An outage of the database is a line a minute in all; other errors are
// logged as ever.
func TestOutageIsALineAMinute(t *testing.T) {
	var out bytes.Buffer
	h := outageHandler{slog.NewTextHandler(&out, nil), &outage{}}
	now := time.Date(2026, time.November, 30, 7, 0, 0, 0, time.UTC)
	say := func(message string, err error) {
		r := slog.NewRecord(now, slog.LevelError, message, 0)
		r.AddAttrs(slog.String("digest", "hang-tuan"), slog.Any("error", err))
		if err := h.WithAttrs([]slog.Attr{slog.String("a", "b")}).Handle(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	say("late before", context.DeadlineExceeded)
	for range 300 { // five minutes
		now = now.Add(time.Second)
		say("editions cannot be advanced, retrying", fmt.Errorf("list: %w (dial tcp)", store.ErrUnavailable))
		say("lease lookup failed, retrying", fmt.Errorf("acquire: %w", context.DeadlineExceeded))
		say("feeds cannot be refreshed, retrying", store.ErrTooManyConnections)
	}
	if n := strings.Count(out.String(), "\n"); n != 6 {
		t.Errorf("%d lines:\n%s", n, out.String())
	}
	if !strings.Contains(out.String(), "lines_left_out=179") {
		t.Errorf("what was left out is not counted:\n%s", out.String())
	}
	out.Reset()
	say("source cannot be read", errors.New("it answers 500"))
	now = now.Add(2 * time.Minute)
	say("late", context.DeadlineExceeded)
	if n := strings.Count(out.String(), "\n"); n != 2 {
		t.Errorf("other errors: %d lines\n%s", n, out.String())
	}
}

// What programs read of the log has durations in seconds.
func TestLogInSeconds(t *testing.T) {
	var out bytes.Buffer
	log, err := runCommand{&app{printer: printer{err: &out}}}.logger(runFlags{logFormat: "json"})
	if err != nil {
		t.Fatal(err)
	}
	log.With("ahead", -time.Minute).Warn("mail server unavailable, retrying; no recipient is skipped", "wait", 1500*time.Millisecond)
	if !strings.Contains(out.String(), `"ahead":-60,"wait":1.5}`) {
		t.Errorf("it says %s", &out)
	}
}
