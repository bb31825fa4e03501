package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func sentJournal(db *DB) *SentJournal {
	return &SentJournal{DB: db, Secret: []byte("bí mật"), Fingerprint: "dấu"}
}

// handOver notes that some of c000 to c009 have an edition.
func handOver(t *testing.T, j *SentJournal, e *bantin.Edition, from, to int) {
	t.Helper()
	var list []Sent
	for i := from; i < to; i++ {
		list = append(list, Sent{e, j.Hash(fmt.Sprintf("C%03d@example.org", i))}) // addresses are compared in lower case
	}
	if err := j.Add(t.Context(), list); err != nil {
		t.Fatal(err)
	}
}

// What a restore makes of an edition, by what the backup has of it and what the journal saw.
func TestReplayEditions(t *testing.T) {
	for name, test := range map[string]struct {
		backedUp int                  // deliveries that the backup has as sent; -1: it has no edition
		handed   int                  // that the journal has
		end      bantin.EditionStatus // as the journal saw it
		want     ReplayedEdition
		status   bantin.EditionStatus
		counts   bantin.Counts
	}{
		"sent in part, after the backup":   {-1, 4, "", ReplayedEdition{Sent: 4, Doubtful: 6, Held: true}, held, bantin.Counts{Sent: 4, Queued: 6}},
		"made and no more":                 {-1, 0, "", ReplayedEdition{Doubtful: 10, Held: true}, held, bantin.Counts{Queued: 10}},
		"sent to all, its end was cut off": {-1, 10, "", ReplayedEdition{Sent: 10}, done, bantin.Counts{Sent: 10}},
		"done, two had failed":             {-1, 8, done, ReplayedEdition{Sent: 8}, done, bantin.Counts{Sent: 8, Skipped: 2}},
		"done, deliveries are not noted":   {-1, 0, done, ReplayedEdition{}, done, bantin.Counts{Skipped: 10}},
		"cancelled":                        {-1, 4, cancelled, ReplayedEdition{}, cancelled, bantin.Counts{}},
		"backed up in the middle":          {3, 5, "", ReplayedEdition{Sent: 5, Doubtful: 5, Held: true}, held, bantin.Counts{Sent: 5, Queued: 5}},
		"backed up in the middle, done":    {3, 9, done, ReplayedEdition{Sent: 9}, done, bantin.Counts{Sent: 9, Skipped: 1}},
		"a journal older than the backup":  {3, 2, "", ReplayedEdition{Sent: 3, Doubtful: 7, Held: true}, held, bantin.Counts{Sent: 3, Queued: 7}},
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
				lost, lostClock := open(t)
				l := newLedger(t, lost, lostClock, 10, 1, asItIs)
				j := sentJournal(lost)
				handOver(t, j, &l.e, 0, test.handed)
				switch test.end {
				case done:
					l.all(sent)
				case cancelled:
					if _, err := lost.Editions().Cancel(t.Context(), l.e.ID); err != nil {
						t.Fatal(err)
					}
					if _, err := lost.Editions().SkipCancelled(t.Context(), l.e.Row); err != nil {
						t.Fatal(err)
					}
				}
				dir := journalOf(t, lost, lostClock)
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}

				var r *ledger
				if test.backedUp >= 0 {
					clock.t = l.e.Due
					r = newLedger(t, db, clock, 10, 1, asItIs)
					c, _ := r.claim()
					r.settle(c, sent, sent, sent)
				} else {
					r = &ledger{t, db, clock, nil, l.e}
					var addresses []string
					for i := range 10 {
						addresses = append(addresses, fmt.Sprintf("c%03d@example.org", i))
					}
					people(t, db, bantin.LevelProvince, addresses...)
				}
				for again := range 2 { // it may be replayed twice
					journals, err := ReadJournal([]string{dir}, "", []string{"dấu"})
					if err != nil {
						t.Fatal(err)
					}
					got, err := db.Replay(t.Context(), journals, []byte("bí mật"))
					if err != nil {
						t.Fatal(err)
					}
					want := []ReplayedEdition{test.want}
					want[0].Edition = "hang-tuan-47"
					switch {
					case again == 0 && test.backedUp < 0:
						want[0].Missing = []string{"van-phong-a"}
					case again == 1 && test.status != held:
						want = nil // nothing is left to bring in
					}
					if diff := cmp.Diff(want, got.Editions); diff != "" {
						t.Errorf("replay %d (-want +got)\n%s", again+1, diff)
					}
					r.is(test.status, test.counts)
				}
				joinsWhenCollected(t, db, test.status)
			})
		})
	}
}

// joinsWhenCollected collects the bulletin of the edition: it is news to nobody, unless the
// edition was cancelled.
func joinsWhenCollected(t *testing.T, db *DB, status bantin.EditionStatus) {
	t.Helper()
	arrive(t, db, tin("a.md", "Phú Thọ"), tin("b.md", "Lào Cai"))
	want := []string{"van-phong-b"}
	if status == cancelled {
		want = []string{"van-phong-a", "van-phong-b"}
	}
	news, err := db.Digests().News(t.Context(), "hang-tuan", nil)
	if diff := cmp.Diff(want, news); diff != "" || err != nil {
		t.Errorf("news afterwards: %v\n%s", err, diff)
	}
	e, err := db.Editions().Get(t.Context(), "hang-tuan-47")
	if diff := cmp.Diff([]string{"van-phong-a"}, e.Bulletins); diff != "" || err != nil {
		t.Errorf("bulletins of the edition: %v\n%s", err, diff)
	}
}

// Several processes write the file of an edition at a time, one is killed in a line, the
// file is cut: what stands in whole lines counts, and no address can be read.
func TestSentJournalFile(t *testing.T) {
	db, clock := open(t)
	l := newLedger(t, db, clock, 10, 1, asItIs)
	var all sync.WaitGroup
	for p := range 5 {
		all.Go(func() {
			j := sentJournal(db)
			handOver(t, j, &l.e, 2*p, 2*p+2)
			if err := j.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	files, err := filepath.Glob(filepath.Join(db.dir, JournalFolder, sentPrefix+"*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	count := func(want, unreadable int) {
		t.Helper()
		journals, err := ReadJournal([]string{filepath.Dir(files[0])}, "", []string{"dấu"})
		if err != nil {
			t.Fatal(err)
		}
		hashes, err := journals.handedOver("hang-tuan", millis(l.e.Due))
		if err != nil || len(hashes) != want || journals.unreadable != unreadable {
			t.Errorf("%d deliveries, %d lines unreadable, %v; want %d, %d", len(hashes), journals.unreadable, err, want, unreadable)
		}
		if other, err := journals.handedOver("hang-tuan", millis(l.e.Due)+1); err != nil || len(other) != 0 {
			t.Errorf("of another edition of this number: %v, %v", other, err)
		}
	}
	count(10, 0)
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "example.org") {
		t.Errorf("addresses stand in the journal:\n%s", text)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(files[0], text[:len(text)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	count(8, 1)
	j := sentJournal(db)
	handOver(t, j, &l.e, 0, 10) // the next process goes on
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	count(10, 1)
}
