package store

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

// worked is an edition to three contacts, and the node that works on it.
type worked struct {
	t     *testing.T
	db    *DB
	clock *clock
	node  string
	e     bantin.Edition
}

func newWorked(t *testing.T, db *DB, clock *clock) *worked {
	t.Helper()
	people(t, db, bantin.LevelProvince, "lan@example.org", "hoa@example.org", "cuc@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ tổng kết năm học"))
	node, err := db.Nodes().Register()
	fine(t, err)
	t.Cleanup(func() { node.Close() })
	return &worked{t, db, clock, node.Name, makeEdition(t, db, clock.t, 10)}
}

// claim claims the one chunk and reads it.
func (w *worked) claim() (Chunk, []Recipient) {
	w.t.Helper()
	c, ok, err := w.db.Deliveries().Claim(w.t.Context(), w.e.Row, w.node, time.Minute)
	if err != nil || !ok {
		w.t.Fatal(ok, err)
	}
	due, err := w.db.Deliveries().DueRecipients(w.t.Context(), c)
	fine(w.t, err)
	return c, due
}

// result stores what became of one delivery: deferred for four hours, or for good.
func (w *worked) result(c Chunk, r Recipient, status bantin.DeliveryStatus) {
	w.t.Helper()
	result := DeliveryResult{Chunk: c, Contact: r.Contact, Status: status, Attempted: true}
	switch status {
	case bantin.DeliveryDeferred:
		result.NextAttempt = w.clock.t.Add(4 * time.Hour)
	case bantin.DeliverySkipped:
		result.Reply = LeftReply
	}
	taken, err := w.db.Deliveries().StoreResults(w.t.Context(), []DeliveryResult{result})
	if err != nil || !taken[0] {
		w.t.Fatal(taken, err)
	}
}

// deferLan sends all but the message to lan@, which is deferred.
func (w *worked) deferLan() {
	w.t.Helper()
	c, due := w.claim()
	for _, r := range due {
		status := bantin.DeliverySent
		if r.Address == "lan@example.org" {
			status = bantin.DeliveryDeferred
		}
		w.result(c, r, status)
	}
	w.release(c)
}

func (w *worked) release(c Chunk) {
	w.t.Helper()
	fine(w.t, w.db.Deliveries().Release(w.t.Context(), c))
}

func (w *worked) want(what string, status bantin.EditionStatus, counts bantin.Counts) {
	w.t.Helper()
	e, err := w.db.Editions().Get(w.t.Context(), w.e.ID)
	fine(w.t, err)
	if diff := cmp.Diff(counts, e.Counts); diff != "" || e.Status != status {
		w.t.Errorf("%s: %s, counts (-want +got)\n%s", what, e.Status, diff)
	}
}

func (w *worked) lan() bantin.Contact {
	w.t.Helper()
	c, err := w.db.Contacts().Get(w.t.Context(), "lan@example.org")
	fine(w.t, err)
	return c
}

// waysToLeave are all in which a contact stops getting the messages of an edition.
var waysToLeave = []struct {
	what  string
	leave func(t *testing.T, w *worked)
}{
	{"they leave the digest", func(t *testing.T, w *worked) {
		fine(t, w.db.Contacts().Unsubscribe(t.Context(), w.lan().Key, "hang-tuan", w.clock.t))
	}},
	{"they leave all on the page", func(t *testing.T, w *worked) {
		fine(t, w.db.Contacts().UnsubscribeOnPage(t.Context(), w.lan().Key, "hang-tuan", []string{"hang-tuan"}, NoticeAbout{}))
	}},
	{"they leave on their preferences page", func(t *testing.T, w *worked) {
		fine(t, w.db.Contacts().SavePreferences(t.Context(), w.lan().Key, Preferences{Unsubscribe: []string{"hang-tuan"}}))
	}},
	{"they are erased", func(t *testing.T, w *worked) {
		fine(t, w.db.Contacts().Erase(t.Context(), "lan@example.org", []byte("khóa")))
	}},
	{"the office suppresses them", func(t *testing.T, w *worked) {
		_, err := w.db.Suppressions().Add(t.Context(), "Lan@example.org", "gọi điện xin thôi", w.clock.t)
		fine(t, err)
	}},
	{"they complain", func(t *testing.T, w *worked) {
		_, err := w.db.Returns().Store(t.Context(), Return{Message: "m", At: w.clock.t, Contact: w.lan().Key, Kind: "complaint", Reason: "abuse", Done: DoneSuppressed},
			ReturnAction{UnsubscribeAll: true, Suppress: "abuse"})
		fine(t, err)
	}},
	{"they become one with another contact", func(t *testing.T, w *worked) {
		wide := RequestLimits{}
		hoa, err := w.db.Contacts().Get(t.Context(), "hoa@example.org")
		fine(t, err)
		fine(t, w.db.Contacts().RequestAddressChange(t.Context(), "m", hoa.Key, "lan@example.org", w.clock.t.Add(time.Hour), "vi", wide))
		fine(t, w.db.Contacts().ChangeAddress(t.Context(), "m", []byte("bí mật")))
	}},
}

// An edition that waits hours for the next attempt at one contact is done when that
// contact leaves, and no worker is needed for it.
func TestLeavingSettlesTheEdition(t *testing.T) {
	for _, way := range waysToLeave {
		t.Run(way.what, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
				w := newWorked(t, db, clock)
				w.deferLan()
				w.want("before", bantin.EditionSending, bantin.Counts{Sent: 2, Deferred: 1})
				way.leave(t, w)
				w.want("after", bantin.EditionDone, bantin.Counts{Sent: 2, Skipped: 1})
			})
		})
	}
}

// Who works on the chunk stores its results, and nobody waits when it gives it back.
func TestLeavingWhileTheChunkIsWorkedOn(t *testing.T) {
	for _, way := range waysToLeave {
		t.Run(way.what, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
				w := newWorked(t, db, clock)
				c, due := w.claim()
				for _, r := range due {
					if r.Address == "lan@example.org" {
						w.result(c, r, bantin.DeliveryDeferred)
					}
				}
				way.leave(t, w)
				for _, r := range due {
					if r.Address != "lan@example.org" {
						w.result(c, r, bantin.DeliverySent)
					}
				}
				w.release(c)
				e, err := db.Editions().Get(t.Context(), w.e.ID)
				fine(t, err)
				if e.Status != bantin.EditionDone { // then it is due at once, and skipped
					c, due := w.claim()
					if len(due) != 1 || due[0].Key != "" {
						t.Fatalf("due %+v", due)
					}
					w.result(c, due[0], bantin.DeliverySkipped)
					w.release(c)
				}
				w.want("in the end", bantin.EditionDone, bantin.Counts{Sent: 2, Skipped: 1})
			})
		})
	}
}

// What others wait for stays.
func TestLeavingLeavesOthersAlone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		w := newWorked(t, db, clock)
		c, due := w.claim()
		for _, r := range due {
			w.result(c, r, bantin.DeliveryDeferred)
		}
		w.release(c)
		fine(t, db.Contacts().Unsubscribe(t.Context(), w.lan().Key, "ngay", clock.t))
		w.want("another digest", bantin.EditionSending, bantin.Counts{Deferred: 3})
		fine(t, db.Contacts().Unsubscribe(t.Context(), w.lan().Key, "hang-tuan", clock.t))
		w.want("this one", bantin.EditionSending, bantin.Counts{Deferred: 2, Skipped: 1})
		if _, err := db.Editions().Pause(t.Context(), w.e.ID); err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{"hoa@example.org", "cuc@example.org"} {
			fine(t, db.Contacts().Erase(t.Context(), address, []byte("khóa")))
		}
		w.want("paused", bantin.EditionPaused, bantin.Counts{Skipped: 3})
		if _, err := db.Editions().Resume(t.Context(), w.e.ID, false); err != nil {
			t.Fatal(err)
		}
		w.want("resumed", bantin.EditionDone, bantin.Counts{Skipped: 3})
	})
}

// A suppression that is removed while an edition is under way: at rest, in work, and
// when the worker that skips has not stored it yet.
func TestUnsuppressedWhileUnderWay(t *testing.T) {
	suppressLan := func(t *testing.T, w *worked) {
		t.Helper()
		_, err := w.db.Suppressions().Add(t.Context(), "lan@example.org", "thử", w.clock.t)
		fine(t, err)
	}
	for _, test := range []struct {
		what string
		do   func(t *testing.T, w *worked)
	}{
		{"at rest", func(t *testing.T, w *worked) {
			suppressLan(t, w)
			w.want("suppressed", bantin.EditionSending, bantin.Counts{Queued: 2, Skipped: 1})
			fine(t, w.db.Suppressions().Remove(t.Context(), "lan@example.org"))
		}},
		{"in work, skipped", func(t *testing.T, w *worked) {
			suppressLan(t, w)
			c, _ := w.claim()
			fine(t, w.db.Suppressions().Remove(t.Context(), "lan@example.org"))
			w.release(c)
		}},
		{"in work, not stored yet", func(t *testing.T, w *worked) {
			c, due := w.claim()
			suppressLan(t, w)
			fine(t, w.db.Suppressions().Remove(t.Context(), "lan@example.org"))
			for _, r := range due {
				if r.Address == "lan@example.org" { // the worker knows of the departure alone
					w.result(c, r, bantin.DeliverySkipped)
				}
			}
			w.release(c)
		}},
	} {
		t.Run(test.what, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
				w := newWorked(t, db, clock)
				test.do(t, w)
				w.want("not suppressed", bantin.EditionSending, bantin.Counts{Queued: 3})
				c, due := w.claim()
				for _, r := range due {
					if r.Key == "" {
						t.Errorf("%s is to be skipped", r.Address)
					}
					w.result(c, r, bantin.DeliverySent)
				}
				w.release(c)
				w.want("in the end", bantin.EditionDone, bantin.Counts{Sent: 3})
			})
		})
	}
}

// What asks for one contact's deliveries of all editions looks them up edition by
// edition: without CROSS JOIN SQLite reads every delivery there ever was, for 40
// refusals half a second in a ledger of 180,000.
func TestDeliveriesOfAContactAreLookedUp(t *testing.T) {
	db, _ := open(t)
	var plan strings.Builder
	rows, err := db.reader.Query(`EXPLAIN QUERY PLAN SELECT e.n FROM editions e CROSS JOIN deliveries d WHERE d.edition = e.n AND d.contact = 5 ORDER BY e.n DESC`)
	fine(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		fine(t, rows.Scan(&id, &parent, &unused, &step))
		plan.WriteString(step + "\n")
	}
	if fine(t, rows.Err()); strings.Contains(plan.String(), "SCAN d") || strings.Contains(plan.String(), "B-TREE") {
		t.Errorf("the plan:\n%s", &plan)
	}
	files, err := filepath.Glob("*.go")
	fine(t, err)
	slow := regexp.MustCompile(`editions e\s+JOIN deliveries d ON d\.edition = e\.n AND d\.contact`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		fine(t, err)
		if slow.Match(text) {
			t.Errorf("%s: a JOIN of editions and deliveries that is no CROSS JOIN", file)
		}
	}
}
