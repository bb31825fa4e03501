package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// shelve has the shelf see all that is stored, with the tags it arrived with.
func shelve(t *testing.T, db *DB, tags map[string][]string) {
	t.Helper()
	batch, err := db.Bulletins().Unindexed(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range batch {
		batch[i].Tags = tags[batch[i].ID]
	}
	if err := db.Bulletins().Index(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
}

func TestHistoryMonths(t *testing.T) { eachDatabase(t, testHistoryMonths) }

func testHistoryMonths(t *testing.T, db *DB, _ *clock) {
	tags := map[string][]string{}
	ancient := func(item, day string, of ...string) Arrival {
		a := tin(item, "Tin năm xưa "+day)
		d, err := bantin.ParseDay(day)
		if err != nil {
			t.Fatal(err)
		}
		a.History, a.Bulletin.Published, a.Tags = true, d.In(time.UTC).Add(24*time.Hour-time.Millisecond), of
		tags[a.Bulletin.ID] = of
		return a
	}
	both := []string{"place:phu-tho", "source:van-phong"}
	arrive(t, db, tin("moi.md", "Tin hôm nay"),
		ancient("a.md", "2015-03-31", both...), ancient("b.md", "2015-03-01", both...), ancient("c.md", "2015-02-28", "place:ha-giang"),
		ancient("d.md", "1971-01-01", "place:phu-tho"), ancient("e.md", "2012-02-29", "place:phu-tho", "place:ha-giang"))
	phuTho := [][]string{{"place:phu-tho", "place:viet-tri"}}
	check := func(what string, tags [][]string, want string) {
		t.Helper()
		months, err := db.History().Months(t.Context(), tags)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, m := range months {
			list, err := db.History().OfMonth(t.Context(), m.Month, tags)
			if err != nil || len(list) != m.Bulletins {
				t.Errorf("%s: %s has %d bulletins and shows %d: %v", what, m.Month, m.Bulletins, len(list), err)
			}
			got += fmt.Sprint(m.Month, ":")
			for _, b := range list {
				got += b.SourceID[:1]
			}
			got += " "
		}
		latest, err := db.History().LatestMonth(t.Context(), tags)
		if err != nil || len(months) > 0 && latest != months[0].Month || len(months) == 0 && !latest.IsZero() {
			t.Errorf("%s: the latest is %s: %v", what, latest, err)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	seen := func() int64 {
		t.Helper()
		change, err := db.History().LastChange(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return change
	}
	check("not yet seen", nil, "")
	if seen() != 0 {
		t.Error("history is shelved that was not")
	}
	shelve(t, db, tags)
	before := seen()
	check("all", nil, "2015-03:ab 2015-02:c 2012-02:e 1971-01:d ")
	check("one of a place", phuTho, "2015-03:ab 2012-02:e 1971-01:d ")
	check("two groups", [][]string{{"place:phu-tho"}, {"place:ha-giang", "source:van-phong"}}, "2015-03:ab 2012-02:e ")
	check("a group of nothing", [][]string{{}}, "")
	check("a second group of nothing", [][]string{{"place:phu-tho"}, {}}, "")

	must(t)(db.Bulletins().Withdraw(t.Context(), "van-phong-a"))
	check("withdrawn, not yet seen", phuTho, "2015-03:b 2012-02:e 1971-01:d ")
	must(t)(db.Bulletins().Withdraw(t.Context(), "van-phong-b"))
	check("the latest withdrawn, not yet seen", phuTho, "2012-02:e 1971-01:d ")
	shelve(t, db, tags)
	check("withdrawn", nil, "2015-02:c 2012-02:e 1971-01:d ")
	if after := seen(); after <= before {
		t.Errorf("the shelf saw %d, then %d", before, after)
	}
	places, err := db.Bulletins().TagsWith(t.Context(), "place:")
	if diff := cmp.Diff([]string{"place:ha-giang", "place:phu-tho"}, places); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if changed, err := db.Bulletins().Changes(t.Context(), 0, 100); err != nil || len(changed) != 1 || changed[0].ID != "van-phong-moi" {
		t.Errorf("history is among the changes of news: %v %v", changed, err)
	}
}
