package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"bantin"
)

// judged judges so many outcomes by domain; of gives how many recipients each has.
func judged(t *testing.T, left int64, allTried bool, domains map[string]outcomeCount, of map[string]int64) (ruling, bool) {
	t.Helper()
	j := judgement{share: 100, least: 20, left: left, allTried: allTried, domains: domains,
		of: func(domain string) (int64, error) { return of[domain], nil }}
	v, ok, err := j.judge()
	if err != nil {
		t.Fatal(err)
	}
	return v, ok
}

func TestJudgeEdition(t *testing.T) {
	for _, test := range []struct {
		name     string
		left     int64
		allTried bool
		domains  map[string]outcomeCount
		of       map[string]int64
		held     string // a domain, "edition" or ""
		reason   bantin.HeldReason
	}{
		// While it is sent: at least twenty, and more than a tenth.
		{"nobody refused", 1000, false, map[string]outcomeCount{"a": {500, 0, 0}}, nil, "", ""},
		{"nineteen in a row", 1000, false, map[string]outcomeCount{"a": {0, 10, 10}, "b": {0, 9, 9}}, nil, "", ""},
		{"the first twenty", 1000, false, map[string]outcomeCount{"a": {0, 10, 10}, "b": {0, 10, 10}}, nil, "edition", bantin.HeldUnknownWave},
		{"other words", 1000, false, map[string]outcomeCount{"a": {0, 10, 0}, "b": {0, 10, 1}}, nil, "edition", bantin.HeldRefused},
		{"a tenth", 1000, false, map[string]outcomeCount{"a": {90, 10, 10}, "b": {90, 10, 10}}, nil, "", ""},
		{"more than a tenth", 1000, false, map[string]outcomeCount{"a": {90, 11, 11}, "b": {90, 10, 10}}, nil, "edition", bantin.HeldUnknownWave},
		// One receiver has a bad day: its domain waits, the others go on.
		{"one domain", 1000, false, map[string]outcomeCount{"a": {300, 4, 4}, "b": {5, 20, 20}}, map[string]int64{"b": 100}, "b", bantin.HeldUnknownWave},
		{"the first are of one domain", 100, false, map[string]outcomeCount{"b": {0, 20, 20}}, map[string]int64{"b": 60}, "b", bantin.HeldUnknownWave},
		{"it is all there is", 60, false, map[string]outcomeCount{"b": {0, 20, 20}}, map[string]int64{"b": 60}, "edition", bantin.HeldUnknownWave},
		{"others are refused too", 1000, false, map[string]outcomeCount{"a": {0, 3, 3}, "b": {0, 20, 20}}, map[string]int64{"b": 100}, "edition", bantin.HeldUnknownWave},
		// When all were tried: five, and more than a fifth.
		{"a fifth at the end", 25, true, map[string]outcomeCount{"a": {20, 5, 5}}, map[string]int64{"a": 25}, "", ""},
		{"more at the end", 25, true, map[string]outcomeCount{"a": {19, 6, 6}}, map[string]int64{"a": 25}, "edition", bantin.HeldUnknownWave},
		{"not yet the end", 25, false, map[string]outcomeCount{"a": {19, 6, 6}}, map[string]int64{"a": 25}, "", ""},
		{"few recipients, half", 6, true, map[string]outcomeCount{"a": {3, 3, 3}}, map[string]int64{"a": 6}, "", ""},
		{"few recipients, more than half", 6, true, map[string]outcomeCount{"a": {2, 4, 0}}, map[string]int64{"a": 6}, "edition", bantin.HeldRefused},
		{"two of two", 2, true, map[string]outcomeCount{"a": {0, 2, 2}}, map[string]int64{"a": 2}, "", ""},
		{"a domain at the end", 1000, true, map[string]outcomeCount{"a": {970, 2, 2}, "b": {20, 8, 8}}, map[string]int64{"a": 972, "b": 28}, "b", bantin.HeldUnknownWave},
		{"a small domain at the end", 1000, true, map[string]outcomeCount{"a": {980, 2, 2}, "b": {10, 8, 8}}, map[string]int64{"a": 982, "b": 18}, "", ""},
	} {
		v, ok := judged(t, test.left, test.allTried, test.domains, test.of)
		got := ""
		if ok {
			if got = v.domain; got == "" {
				got = "edition"
			}
		}
		if got != test.held || ok && v.reason() != test.reason {
			t.Errorf("%s: held %q for %s, want %q for %s", test.name, got, v.reason(), test.held, test.reason)
		}
	}
}

// A healthy list never meets a hold: one address in fifty is dead, spread at random
// over 10,000 contacts of big receivers and of hundreds of small ones.
func TestHealthyListIsNotHeld(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const contacts, dead = 10_000, 50
	editions := 1000
	if testing.Short() {
		editions = 50
	}
	for edition := range editions {
		tallies, of := map[string]outcomeCount{}, map[string]int64{}
		list := make([]string, contacts)
		for i := range list {
			list[i] = "gmail.com"
			switch n := random.IntN(100); {
			case n < 20:
				list[i] = fmt.Sprintf("truong%d.example.org", random.IntN(200))
			case n < 35:
				list[i] = fmt.Sprintf("tinh%d.example.org", random.IntN(63))
			}
			of[list[i]]++
		}
		for i, domain := range list {
			n := tallies[domain]
			if random.IntN(dead) > 0 {
				n.sent++
			} else {
				n.refused, n.unknown = n.refused+1, n.unknown+1
			}
			tallies[domain] = n
			if last := i == contacts-1; last || n.refused > 0 && i%97 == 0 {
				if v, ok := judged(t, contacts, last, tallies, of); ok {
					t.Errorf("edition %d is held for %q after %d: %+v", edition, v.domain, i+1, v.outcomeCount)
				}
			}
		}
	}
}
