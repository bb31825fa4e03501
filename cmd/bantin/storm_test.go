//go:build unix

package main

import (
	"os"
	"strconv"
	"testing"
	"time"

	"bantin/internal/storm"
)

// long is how many kills were asked for, instead of a few: see bench/storm.sh
// and docs/reliability.md.
func long() int {
	n, err := strconv.Atoi(os.Getenv("STORM_KILLS"))
	if err != nil {
		return 0
	}
	return n
}

// TestStorm mails an edition while nodes are killed, stopped, frozen and cut
// off, contacts leave and the mail server is as such servers are, and accounts
// for every contact.
func TestStorm(t *testing.T) {
	o := storm.Options{
		Contacts: 2000, Acts: 8,
		Weather: storm.Weather{Defer: 0.04, Break: 0.005, Unsaid: 0.005, MostMessages: 100, Latency: 10 * time.Millisecond, RefuseEvery: 97},
	}
	if kills := long(); kills > 0 {
		o.Contacts, o.Acts = 300*kills, 2*kills
	}
	t.Run("SQLite", func(t *testing.T) { weather(t, o) })
}

// TestTrials puts bantin to the trials in which others lost mail or repeated
// it, one at a time.
func TestTrials(t *testing.T) {
	contacts := 600
	if long() > 0 {
		contacts = 20_000
	}
	slow := storm.Weather{Latency: 5 * time.Millisecond}
	for _, trial := range []struct {
		name    string
		acts    int
		only    []string
		weather storm.Weather
	}{
		{"killed once", 1, []string{"kill"}, slow},
		{"killed five times", 5, []string{"kill"}, slow},
		{"terminated once", 1, []string{"term"}, slow},
		{"frozen three times", 3, []string{"freeze"}, slow},
		{"5 % of all commands meet a 4xx", 0, nil, storm.Weather{Defer: 0.05}},
		{"10 % of all commands meet a 4xx", 0, nil, storm.Weather{Defer: 0.1}},
		{"5 % of connections end before the reply", 0, nil, storm.Weather{Break: 0.05}},
		{"5 % of messages are taken and not answered", 0, nil, storm.Weather{Unsaid: 0.05}},
		{"421 after 100 messages", 0, nil, storm.Weather{MostMessages: 100}},
		{"two processes", 0, nil, storm.Weather{}},
	} {
		t.Run(trial.name, func(t *testing.T) {
			t.Parallel()
			weather(t, storm.Options{Contacts: contacts, Acts: trial.acts, Only: trial.only, Weather: trial.weather})
		})
	}
}

// weather runs a storm and demands that the promise held.
func weather(t *testing.T, o storm.Options) {
	t.Helper()
	o.Dir, o.Program, o.Connections, o.Log = t.TempDir(), "bantin", 8, t.Logf
	o.Seed = uint64(time.Now().UnixNano())
	if seed, err := strconv.ParseUint(os.Getenv("STORM_SEED"), 10, 64); err == nil {
		o.Seed = seed
	}
	start := time.Now()
	report, err := storm.Run(t.Context(), t, o)
	if err != nil {
		t.Fatalf("seed %d: %v", o.Seed, err)
	}
	t.Logf("seed %d, %v: %d of %d contacts got it, %d refused, %d left before; %d repeated, %d may be; %v, %d answers unsaid",
		o.Seed, time.Since(start).Round(time.Millisecond), report.Got, report.Contacts, report.Refused, report.Left, report.Repeated, report.MayRepeat, report.Acts, report.Unsaid)
	if err := report.Err(); err != nil {
		t.Errorf("seed %d: %v", o.Seed, err)
	}
}
