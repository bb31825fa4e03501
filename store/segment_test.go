package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"bantin"
)

// letter is a message of some twenty kilobytes of which little is not in others.
func letter(what string) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		fmt.Fprintf(&b, "Tin số %d: Hội Khuyến học tỉnh trao %d suất học bổng\r\n", i, r.IntN(1e6))
	}
	fmt.Fprintf(&b, "Gửi hội viên %s\r\n", what)
	return b.Bytes()
}

func segment(t *testing.T, db *DB, edition int64, segment int, contact int64) []byte {
	t.Helper()
	got, err := db.Segments().Get(t.Context(), edition, segment, contact)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A message is stored once, by whatever node it is composed and how often, and small beside the
// first one.
func TestSegments(t *testing.T) { eachDatabase(t, testSegments) }

func testSegments(t *testing.T, db *DB, _ *clock) {
	const edition = 7
	a := db.Segments().Archive(edition)
	numbers := map[string]int{}
	for i, what := range []string{"Phú Thọ", "Thừa Thiên Huế", "Đắk Lắk", "Phú Thọ"} {
		number, err := a.Store(t.Context(), letter(what))
		if err != nil {
			t.Fatal(err)
		}
		if known := numbers[what]; known != 0 && known != number {
			t.Errorf("message %d is number %d and %d", i, known, number)
		}
		numbers[what] = number
	}
	another := db.Segments().Archive(edition) // a process that was started again
	for what, number := range numbers {
		if got := segment(t, db, edition, number, 0); !bytes.Equal(got, letter(what)) {
			t.Errorf("%s reads\n%s", what, got[max(0, len(got)-100):])
		}
		if again, err := another.Store(t.Context(), letter(what)); err != nil || again != number {
			t.Errorf("%s is number %d, then %d, %v", what, number, again, err)
		}
	}
	var rows, most, first int
	err := db.reader.QueryRowContext(t.Context(), `SELECT COUNT(*), MAX(CASE WHEN number > 1 THEN LENGTH(content) END), MAX(CASE WHEN number = 1 THEN LENGTH(content) END)
		FROM segments WHERE edition = 7`).Scan(&rows, &most, &first)
	if err != nil || rows != 3 || most > 100 || first > len(letter(""))/3 {
		t.Errorf("%d rows, the first of %d bytes, others of up to %d, %v", rows, first, most, err)
	}
	if _, err := db.Segments().Get(t.Context(), edition, 4, 0); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("a segment that is not there: %v", err)
	}
	if _, err := db.Segments().Get(t.Context(), 8, 1, 0); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("another edition's: %v", err)
	}
}

// Nodes that compose the same segments at the same time store each once, also the first,
// which the others are compressed by.
func TestSegmentsOfNodesAtOnce(t *testing.T) { eachDatabase(t, testSegmentsOfNodesAtOnce) }

func testSegmentsOfNodesAtOnce(t *testing.T, db *DB, _ *clock) {
	const nodes, segments = 4, 12
	got := make([][]int, nodes)
	var all sync.WaitGroup
	for node := range nodes {
		got[node] = make([]int, segments)
		all.Go(func() {
			a := db.Segments().Archive(1)
			for i := range segments {
				i = (i + 3*node) % segments
				number, err := a.Store(t.Context(), letter(fmt.Sprint("nhóm ", i)))
				if err != nil {
					t.Error(err)
				}
				got[node][i] = number
			}
		})
	}
	all.Wait()
	seen := map[int]bool{}
	for i := range segments {
		for node := range nodes {
			if got[node][i] != got[0][i] {
				t.Errorf("segment %d is number %d on one node and %d on another", i, got[0][i], got[node][i])
			}
		}
		seen[got[0][i]] = true
		if !bytes.Equal(segment(t, db, 1, got[0][i], 0), letter(fmt.Sprint("nhóm ", i))) {
			t.Errorf("segment %d reads otherwise", i)
		}
	}
	if len(seen) != segments {
		t.Errorf("%d numbers for %d segments", len(seen), segments)
	}
}

// A message that was made for one contact is stored with its result, replaced when it is
// sent again, and goes when they are erased; nothing of them is in what others need.
func TestPersonalMessages(t *testing.T) { eachDatabase(t, testPersonalMessages) }

func testPersonalMessages(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 4, 1, asItIs)
	a := db.Segments().Archive(l.e.Row)
	nobody := func() ([]byte, error) { return letter("(không tên)"), nil }
	c, _ := l.claim()
	due, err := db.Deliveries().DueRecipients(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range due {
		own, err := a.Compress(t.Context(), letter("Lê Thị "+r.Address), nobody)
		if err != nil || own == nil {
			t.Fatal(own, err)
		}
		result := DeliveryResult{Chunk: c, Contact: r.Contact, Status: sent, Attempted: true, Segment: OwnMessage, Personal: own}
		if taken, err := db.Deliveries().StoreResults(t.Context(), []DeliveryResult{result}); err != nil || !taken[0] {
			t.Fatal(taken, err)
		}
		if taken, err := db.Deliveries().StoreResults(t.Context(), []DeliveryResult{result}); err != nil || !taken[0] {
			t.Fatal("given again:", taken, err)
		}
	}
	l.release(c)
	for _, r := range due {
		if got := segment(t, db, l.e.Row, OwnMessage, r.Contact); !bytes.Equal(got, letter("Lê Thị "+r.Address)) {
			t.Errorf("%s has %s", r.Address, got[len(got)-100:])
		}
	}
	if got := segment(t, db, l.e.Row, baseNumber, 0); bytes.Contains(got, []byte("Lê Thị")) {
		t.Error("a contact's message is what the others are compressed by")
	}
	if err := db.Contacts().Erase(t.Context(), due[0].Address, []byte("khóa")); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Segments().Get(t.Context(), l.e.Row, OwnMessage, due[0].Contact); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("the message of an erased contact: %v", err)
	}
	if got := segment(t, db, l.e.Row, OwnMessage, due[1].Contact); !bytes.Equal(got, letter("Lê Thị "+due[1].Address)) {
		t.Error("another's message is gone too")
	}
	// One without much in common with the others is too long to be kept.
	r := rand.New(rand.NewPCG(3, 4))
	var long strings.Builder
	for range 4000 {
		fmt.Fprint(&long, r.Uint64())
	}
	if own, err := a.Compress(t.Context(), []byte(long.String()), nobody); err != nil || own != nil {
		t.Errorf("a long message: %v, %v", own, err)
	}
}

// A result under an old fence leaves the message of the one that counts.
func TestPersonalMessageUnderOldFence(t *testing.T) {
	eachDatabase(t, testPersonalMessageUnderOldFence)
}

func testPersonalMessageUnderOldFence(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 1, 1, asItIs)
	old, _ := l.claim()
	exec(t, db, `UPDATE chunks SET lease = 0`)
	c, _ := l.claim()
	a := db.Segments().Archive(l.e.Row)
	for _, claim := range []struct {
		Chunk
		what  string
		taken bool
	}{{c, "mới", true}, {old, "cũ", false}} {
		own, err := a.Compress(t.Context(), letter(claim.what), func() ([]byte, error) { return letter(""), nil })
		if err != nil {
			t.Fatal(err)
		}
		contact := l.contact(0)
		taken, err := db.Deliveries().StoreResults(t.Context(), []DeliveryResult{{Chunk: claim.Chunk, Contact: contact, Status: sent, Segment: OwnMessage, Personal: own}})
		if err != nil || taken[0] != claim.taken {
			t.Errorf("%s: %v, %v", claim.what, taken, err)
		}
		if got := segment(t, db, l.e.Row, OwnMessage, contact); !bytes.Equal(got, letter("mới")) {
			t.Errorf("%s: kept is %s", claim.what, got[len(got)-40:])
		}
	}
}

// contact is the id of contact i.
func (l *ledger) contact(i int) (id int64) {
	l.Helper()
	err := l.reader.QueryRowContext(l.Context(), `SELECT id FROM contacts WHERE email = $1`, fmt.Sprintf("c%03d@example.org", i)).Scan(&id)
	if err != nil {
		l.Fatal(err)
	}
	return id
}

// Messages go with the deliveries of their edition, and those of others stay; pruning that
// was cut short in between is finished.
func TestPruneSegments(t *testing.T) { eachDatabase(t, testPruneSegments) }

func testPruneSegments(t *testing.T, db *DB, clock *clock) {
	l := newLedger(t, db, clock, 3, 1, asItIs)
	l.all(sent)
	for _, edition := range []int64{l.e.Row, l.e.Row + 1} {
		if _, err := db.Segments().Archive(edition).Store(t.Context(), letter("Cà Mau")); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, db, `DELETE FROM deliveries`) // as far as it came
	clock.t = clock.t.Add(24 * time.Hour)
	if _, err := db.Deliveries().Prune(t.Context(), clock.t); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Segments().Get(t.Context(), l.e.Row, 1, 0); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("the message of a pruned edition: %v", err)
	}
	if got := segment(t, db, l.e.Row+1, 1, 0); !bytes.Equal(got, letter("Cà Mau")) {
		t.Error("another edition's message is gone")
	}
}

// A message that is not what was stored is not shown.
func TestDamagedSegment(t *testing.T) { eachDatabase(t, testDamagedSegment) }

func testDamagedSegment(t *testing.T, db *DB, _ *clock) {
	a := db.Segments().Archive(1)
	for _, what := range []string{"Phú Thọ", "Lạng Sơn"} {
		if _, err := a.Store(t.Context(), letter(what)); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, db, `UPDATE segments SET hash = hash + 1 WHERE number = 2`)
	if got, err := db.Segments().Get(t.Context(), 1, 2, 0); err == nil {
		t.Errorf("it reads %d bytes", len(got))
	}
}
