// Package cost measures what code takes, for tests that bound it: bytes that are made, and
// time of the processor, which another process on the same machine does not change. Under
// the race detector, which adds work and memory of its own, the code runs and nothing is
// measured.
package cost

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// Made is how many bytes a function allocates, 0 under the race detector.
func Made(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	if isRace {
		return 0
	}
	return after.TotalAlloc - before.TotalAlloc
}

// What reading an input may make: some bytes for each of its own, and something once.
const (
	perByte = 3000
	once    = 64 << 20
)

// Within fails where a function makes more than an input of that many bytes may cost.
func Within(t testing.TB, input int, do func()) {
	t.Helper()
	if made := Made(do); made > once+perByte*uint64(input) {
		t.Errorf("%d MB are made of %d bytes", made>>20, input)
	}
}

// Linear fails where reading twice as much costs more than some three times as much: a
// piece repeated, with a text before and one behind it. n bytes is the first of the two.
func Linear(t testing.TB, before, piece, behind string, n int, read func(text string)) {
	t.Helper()
	text := func(n int) string { return before + strings.Repeat(piece, max(1, n/len(piece))) + behind }
	read(text(n / 10)) // what is made once
	const (
		most  = 3
		noise = 100 * time.Millisecond
		tries = 3 // the collector of garbage may come at the wrong moment
	)
	var few, many time.Duration
	for range tries {
		few, many = Time(func() { read(text(n)) }), Time(func() { read(text(2 * n)) })
		if isRace || many <= most*few+noise {
			break
		}
	}
	if !isRace && many > most*few+noise {
		t.Errorf("%q: %d KB take %s, twice as much %s", piece, n>>10, few, many)
	}
	Within(t, len(text(2*n)), func() { read(text(2 * n)) })
}
