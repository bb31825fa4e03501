package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What turned bad is known with its time, until it is good again. What could not be looked
// at stays as it was, and what is bad from the first day on turned nothing bad.
func TestCheckups(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		begin := clock.t
		for day, test := range []struct {
			status       string
			since, turns int // days; turns: when it turned bad, -1: it is not
		}{
			{"failed", 0, -1},
			{"failed", 0, -1},
			{"ok", 2, -1},
			{"warning", 3, 3},
			{"failed", 4, 3},
			{"skipped", 5, 3},
			{"ok", 6, -1},
			{"skipped", 7, -1},
			{"failed", 8, 8},
		} {
			clock.t = begin.AddDate(0, 0, day)
			err := db.Checkups().Record(t.Context(), []Checkup{{Name: "dns_spf", Status: test.status, What: "có\nyes", Hint: "làm\ndo"}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := db.Checkups().List(t.Context())
			want := Checkup{Name: "dns_spf", Status: test.status, What: "có\nyes", Hint: "làm\ndo", At: clock.t, Since: begin.AddDate(0, 0, test.since)}
			if test.turns >= 0 {
				want.BadSince = begin.AddDate(0, 0, test.turns)
			}
			if diff := cmp.Diff([]Checkup{want}, got); diff != "" || err != nil {
				t.Errorf("day %d: %v\n%s", day, err, diff)
			}
		}
		if err := db.Checkups().Record(t.Context(), []Checkup{{Name: "disk", Status: "ok"}}); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Checkups().List(t.Context()); err != nil || len(got) != 1 || got[0].Name != "disk" {
			t.Errorf("a check that is gone is kept: %v, %v", got, err)
		}
	})
}
