package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bantin"
)

// nodes opens one database from several machines.
func nodes(t *testing.T, n int) []*DB {
	t.Helper()
	url := postgres.Database(t)
	var list []*DB
	for range n {
		db, err := Open(t.Context(), t.TempDir(), Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		list = append(list, db)
	}
	return list
}

// What several nodes count on is right, and a reader of all changes above the
// last it saw misses none.
func TestNumbersOfSeveralNodes(t *testing.T) {
	list := nodes(t, 3)
	const each = 15
	var working sync.WaitGroup
	for i, db := range list {
		working.Go(func() {
			for j := range each {
				item := fmt.Sprintf("%d-%d.md", i, j)
				if _, err := db.Bulletins().Store(t.Context(), []Arrival{tin(item, fmt.Sprintf("%d.%d tin", i, j))}, rules()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen, last := 0, int64(0)
	for deadline := time.Now().Add(time.Minute); seen < 3*each && time.Now().Before(deadline); {
		changes, err := list[0].Bulletins().Changes(t.Context(), last, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range changes {
			seen, last = seen+1, b.Change
		}
	}
	working.Wait()
	if seen != 3*each || last != 3*each {
		t.Errorf("saw %d changes up to %d, want %d", seen, last, 3*each)
	}
}

// Chunks are claimed by one node each, whatever its clock says.
func TestClaimsOfSeveralNodes(t *testing.T) {
	list := nodes(t, 3)
	var addresses []string
	for i := range 40 {
		addresses = append(addresses, fmt.Sprintf("c%02d@example.org", i))
	}
	people(t, list[0], bantin.LevelProvince, addresses...)
	arrive(t, list[0], tin("a.md", "Phú Thọ"))
	e := makeEdition(t, list[0], time.Now(), 1)
	for i, wrong := range []time.Duration{0, 10 * time.Minute, -10 * time.Minute} {
		list[i].now = func() time.Time { return time.Now().Add(wrong) }
	}
	var mu sync.Mutex
	owners := map[int]int{}
	var working sync.WaitGroup
	for i, db := range list {
		working.Go(func() {
			for {
				c, ok, err := db.Deliveries().Claim(t.Context(), e.Row, fmt.Sprint("nút-", i), time.Hour)
				if err != nil {
					t.Error(err)
				}
				if !ok {
					return
				}
				mu.Lock()
				owners[c.Number]++
				mu.Unlock()
			}
		})
	}
	working.Wait()
	for chunk, n := range owners {
		if n != 1 {
			t.Errorf("chunk %d was claimed %d times", chunk, n)
		}
	}
	if len(owners) != 10 {
		t.Errorf("%d chunks were claimed, want 10", len(owners))
	}
	// A message that is put off by an hour is due in an hour, by every clock.
	due, err := list[1].Deliveries().DueRecipients(t.Context(), Chunk{Edition: e.Row, lo: 0, hi: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	c := Chunk{Edition: e.Row, Number: 1, Fence: 1, lo: due[0].Contact, hi: due[3].Contact}
	if _, err := list[1].Deliveries().StoreResults(t.Context(), []DeliveryResult{{Chunk: c, Contact: due[0].Contact, Status: bantin.DeliveryDeferred, NextAttempt: list[1].now().Add(time.Hour)}}); err != nil {
		t.Fatal(err)
	}
	var wait int64
	err = list[0].reader.QueryRow(`SELECT next_attempt - `+list[0].clock()+` FROM deliveries WHERE edition = $1 AND contact = $2`, e.Row, due[0].Contact).Scan(&wait)
	if err != nil || wait < 55*60_000 || wait > 60*60_000 { // the clocks differ by ten minutes
		t.Errorf("due in %d ms, %v", wait, err)
	}
}

// A node that stalled and releases a chunk leaves it to the node that claims
// it at that moment.
func TestReleaseBesideClaim(t *testing.T) {
	db := nodes(t, 1)[0]
	people(t, db, bantin.LevelProvince, "a@example.org")
	arrive(t, db, tin("a.md", "Phú Thọ"))
	e := makeEdition(t, db, time.Now(), 1)
	stale, ok, err := db.Deliveries().Claim(t.Context(), e.Row, "nút-đứng-yên", time.Hour)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	claim, err := db.writer.BeginTx(t.Context(), nil)
	fine(t, err)
	defer claim.Rollback()
	_, err = claim.Exec(`UPDATE chunks SET owner = 'nút-mới', lease = 9000000000000, fence = fence + 1 WHERE edition = $1`, e.Row)
	fine(t, err)
	released := make(chan error, 1)
	go func() { released <- db.Deliveries().Release(t.Context(), stale) }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		var waits bool
		fine(t, db.reader.QueryRow(`SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted)`).Scan(&waits))
		if waits {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("giving back does not come to the row that is being claimed")
		}
	}
	fine(t, claim.Commit())
	fine(t, <-released)
	var owner string
	fine(t, db.reader.QueryRow(`SELECT owner FROM chunks WHERE edition = $1 AND lease > 0 AND counted < 0`, e.Row).Scan(&owner))
	if owner != "nút-mới" {
		t.Errorf("the chunk is %q's", owner)
	}
}

// Connections that are cut, and a server that starts anew, cost time and
// nothing else.
func TestLostConnections(t *testing.T) {
	db := nodes(t, 1)[0]
	working, stop := context.WithCancel(t.Context())
	var cutting sync.WaitGroup
	cutting.Go(func() {
		for i := 0; working.Err() == nil; i++ {
			if i == 5 {
				postgres.Restart(t, 0)
				continue
			}
			postgres.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bantin'`)
			select {
			case <-working.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	uncertain := 0
	for i := range 60 {
		_, err := db.Bulletins().Store(t.Context(), []Arrival{tin(fmt.Sprintf("%d.md", i), fmt.Sprintf("%d. tin", 100+i))}, rules())
		switch {
		case errors.Is(err, ErrUnavailable): // at its commit: whether it happened is not known
			uncertain++
		case err != nil:
			t.Fatal(err)
		}
	}
	stop()
	cutting.Wait()
	var n int
	for range 5 { // a reader may still have a connection that was cut
		list, err := db.Bulletins().List(t.Context(), Filter{})
		if n = len(list); err == nil {
			break
		}
	}
	if n < 60-uncertain || n > 60 {
		t.Errorf("%d bulletins and %d uncertain, of 60", n, uncertain)
	}
}

func TestErrorsOfPostgres(t *testing.T) {
	good := postgres.Database(t)
	const secret = "khong-ai-biet"
	for _, test := range []struct {
		url  string
		want error
	}{
		{strings.NewReplacer("postgres@", "postgres:"+secret+"@", "?", "_khong_co?").Replace(good), ErrNoDatabase},
		{strings.Replace(good, "postgres@", "khong_co:"+secret+"@", 1), ErrAccessDenied},
		{"postgres://bantin:" + secret + "@127.0.0.1:1/bantin", ErrUnavailable},
		{"postgres://bantin:" + secret + "@127.0.0.1:cổng/bantin", nil},
	} {
		_, err := Open(t.Context(), t.TempDir(), Options{URL: test.url})
		if err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.url, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the password is shown: %v", err)
		}
	}
	// A database that was set to read only tells so and goes on when it is not.
	db := nodes(t, 1)[0]
	if _, err := db.writer.Exec(`SET default_transaction_read_only = on`); err != nil {
		t.Fatal(err)
	}
	db.writer.SetMaxOpenConns(1)
	if err := db.SetSetting(t.Context(), "a", "b"); !errors.Is(err, ErrStandby) {
		t.Errorf("got %v", err)
	}
	if _, err := db.writer.Exec(`SET default_transaction_read_only = off`); err != nil {
		t.Fatal(err)
	}
	if err := db.SetSetting(t.Context(), "a", "b"); err != nil {
		t.Error(err)
	}
}
