package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin"
)

func TestAnnouncements(t *testing.T) { eachDatabase(t, testAnnouncements) }

// What was announced stands in the next edition of each digest that carried the bulletin:
// at most three, the newest first, once; again where that edition was cancelled.
func testAnnouncements(t *testing.T, db *DB, clock *clock) {
	digest, other := &bantin.Digest{ID: "hang-tuan", FirstNumber: 1, WhenEmpty: bantin.WhenEmptySend}, &bantin.Digest{ID: "khan", FirstNumber: 1, WhenEmpty: bantin.WhenEmptySend}
	next := func(d *bantin.Digest) (bantin.Edition, string) {
		t.Helper()
		clock.t = clock.t.Add(time.Hour)
		e, made, err := db.Editions().Make(t.Context(), EditionPlan{Digest: d, Due: clock.t})
		if err != nil || !made {
			t.Fatal(made, err)
		}
		var said []string
		for _, c := range e.Corrections {
			said = append(said, c.Bulletin+": "+c.Text)
		}
		return e, strings.Join(said, " | ")
	}
	announce := func(id, text string) {
		t.Helper()
		must(t)(db.Bulletins().Correct(t.Context(), id, Correction{Announce: text}, nil, byPlace))
	}
	var batch []Arrival
	for i := range 4 {
		batch = append(batch, tin(fmt.Sprintf("%d.md", i), []string{"Trao quà", "Mở lớp", "Họp mặt", "Đón ghe sách"}[i]))
	}
	arrive(t, db, batch...)
	announce("van-phong-0", "nói trước khi đăng")
	if _, said := next(digest); said != "" {
		t.Errorf("an edition corrects what none has said: %q", said)
	}
	for i := range 4 {
		announce(fmt.Sprintf("van-phong-%d", i), "sai ngày")
	}
	want := "van-phong-3: sai ngày | van-phong-2: sai ngày | van-phong-1: sai ngày"
	e, said := next(digest)
	if said != want {
		t.Errorf("the next edition says %q, want %q", said, want)
	}
	if _, said := next(other); said != "" {
		t.Errorf("a digest that never had it says %q", said)
	}
	if _, err := db.Editions().Cancel(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if pending, err := db.Digests().Corrections(t.Context(), "hang-tuan"); err != nil || len(pending) != 3 {
		t.Errorf("after a cancelled edition: %v %v", pending, err)
	}
	if _, said := next(digest); said != want {
		t.Errorf("after a cancelled edition: %q", said)
	}
	if _, said := next(digest); said != "" {
		t.Errorf("said twice: %q", said)
	}
	must(t)(db.Bulletins().WithdrawAnnounced(t.Context(), "van-phong-0", "tin không đúng"))
	must(t)(db.Bulletins().WithdrawAnnounced(t.Context(), "van-phong-1", "tin nhầm"))
	must(t)(db.Bulletins().Withdraw(t.Context(), "van-phong-2"))
	must(t)(db.Bulletins().Release(t.Context(), "van-phong-1", byPlace))
	e, said = next(digest)
	if said != "van-phong-0: tin không đúng" || !e.Corrections[0].Withdrawn || e.Corrections[0].Title != "Trao quà" {
		t.Errorf("withdrawn with a reason, one of them back: %+v", e.Corrections)
	}
}
