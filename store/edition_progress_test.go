package store

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// What the page of an edition shows of the ledger: when messages were sent and came back,
// what was refused, and lists by status that go on where they ended.
func TestEditionProgress(t *testing.T) { eachDatabase(t, testEditionProgress) }

func testEditionProgress(t *testing.T, db *DB, clock *clock) {
	ctx := t.Context()
	l := newLedger(t, db, clock, 5, 2, func(*bantin.Digest) {})
	began := clock.t
	c, _ := l.claim()
	l.settle(c, bantin.DeliverySent, bantin.DeliveryFailed)
	l.release(c)
	clock.t = clock.t.Add(time.Minute)
	c, _ = l.claim()
	l.settle(c, bantin.DeliverySent, bantin.DeliverySent)
	l.release(c)
	contact, err := db.Contacts().Get(ctx, "c002@example.org")
	fine(t, err)
	_, err = db.Returns().Store(ctx, Return{Message: "m", At: clock.t, Contact: contact.Key, Edition: l.e.Row, Address: contact.Email, Kind: "soft", Reason: "mailbox-full", Proof: "verp", Done: DoneNoted}, ReturnAction{})
	fine(t, err)

	sent, returned, err := db.Editions().Timeline(ctx, l.e.Row)
	fine(t, err)
	at := func(m []Moment) (out []string) {
		for _, one := range m {
			out = append(out, fmt.Sprintf("%s %d", one.At.Sub(began), one.N))
		}
		return out
	}
	if diff := cmp.Diff([][]string{{"0s 1", "1m0s 2"}, {"1m0s 1"}}, [][]string{at(sent), at(returned)}); diff != "" {
		t.Errorf("timeline (-want +got)\n%s", diff)
	}
	var refused []Refused
	fine(t, db.Deliveries().VisitRefused(ctx, l.e.Row, func(r Refused) { refused = append(refused, r) }))
	want := []Refused{{"c001@example.org", "250 failed", ""}, {"c002@example.org", "", "mailbox-full"}}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("refused (-want +got)\n%s", diff)
	}
	for status, want := range map[bantin.DeliveryStatus]string{"": "0 1 2 3 4", bantin.DeliverySent: "0 2 3", bantin.DeliveryFailed: "1", bantin.DeliveryQueued: "4", bantin.DeliverySkipped: ""} {
		var got []string
		for after := int64(0); ; {
			list, err := db.Deliveries().Page(ctx, &l.e, status, after, 2)
			fine(t, err)
			for _, d := range list {
				got, after = append(got, strings.TrimLeft(d.Contact[1:4], "0")), d.Row
			}
			if len(list) < 2 {
				break
			}
		}
		if text := strings.ReplaceAll(strings.Join(got, " "), "  ", " "); strings.TrimSpace(strings.TrimPrefix(want, "0")) != strings.TrimSpace(text) {
			t.Errorf("%q: %q, want %q", status, text, want)
		}
	}
	page, err := db.Editions().Page(ctx, "", 0, 5)
	if err != nil || len(page) != 1 {
		t.Errorf("%d editions, %v", len(page), err)
	}
	if page, err = db.Editions().Page(ctx, l.e.Digest, page[0].Row, 5); err != nil || len(page) > 0 {
		t.Errorf("%d older editions, %v", len(page), err)
	}
	growth := func(want Growth) {
		t.Helper()
		g, err := db.Figures().Growth(ctx, clock.t.Add(-time.Hour))
		if diff := cmp.Diff(want, g); err != nil || diff != "" {
			t.Errorf("growth (-want +got)\n%s%v", diff, err)
		}
	}
	growth(Growth{Contacts: 5, New: 5})
	one, err := db.Contacts().Get(ctx, "c001@example.org")
	fine(t, err)
	fine(t, db.Contacts().Unsubscribe(ctx, contact.Key, "hang-tuan", clock.t))
	growth(Growth{Contacts: 5, New: 5, Left: 1})
	fine(t, db.write(ctx, "merge", func(tx *sql.Tx) error { return db.mergeContact(ctx, tx, &one, "c002@example.org") }))
	growth(Growth{Contacts: 4, New: 4, Left: 1})
	fine(t, db.write(ctx, "merge", func(tx *sql.Tx) error { return db.mergeContact(ctx, tx, &one, "c003@example.org") }))
	growth(Growth{Contacts: 3, New: 3, Left: 1}) // who became one with another has not left
}
