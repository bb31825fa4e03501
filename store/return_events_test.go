package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func event(nonce, id string) ReturnEvent {
	return ReturnEvent{Nonce: nonce, ID: id, Provider: "mailgun", Content: []byte(`{"event":"failed"}`)}
}

// Events are stored once each, given in their order, and remembered when they are done.
func TestReturnEvents(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		events := db.ReturnEvents()
		add := func(list ...ReturnEvent) error {
			for i := range list {
				list[i].At = clock.now()
			}
			return events.Add(t.Context(), list)
		}
		waiting := func() (ids []string) {
			t.Helper()
			list, err := events.Waiting(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				ids = append(ids, e.ID)
			}
			return ids
		}
		if err := errors.Join(add(event("a", "1"), event("b", "2")), add(event("a", "1")), add(), add(event("c", "3"))); err != nil {
			t.Fatal(err)
		}
		if err := add(event("d", "4"), event("a", "stolen")); !errors.Is(err, ErrReplayed) {
			t.Errorf("another event under a nonce that was used: %v", err)
		}
		if d := cmp.Diff([]string{"1", "2", "3"}, waiting()); d != "" {
			t.Error(d)
		}
		list, err := events.Waiting(t.Context(), 2)
		if err != nil || string(list[0].Content) != `{"event":"failed"}` || list[0].Provider != "mailgun" {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := errors.Join(events.Done(t.Context(), list), events.Done(t.Context(), nil), add(event("a", "1"))); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"3"}, waiting()); d != "" {
			t.Errorf("what is done came back: %s", d)
		}
		clock.t = clock.t.Add(49 * time.Hour)
		if n, err := events.Prune(t.Context(), clock.now().Add(-48*time.Hour)); n != 2 || err != nil {
			t.Errorf("forgot %d, %v: what waits is not forgotten", n, err)
		}
	})
}

// Requests that come together are stored together; the one that is refused alone is
// refused.
func TestReturnEventsTogether(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		const requests = 200
		if err := db.ReturnEvents().Add(t.Context(), []ReturnEvent{event("used", "0")}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		errs := make([]error, requests)
		for i := range requests {
			all.Go(func() {
				e := event(fmt.Sprint("n", i), fmt.Sprint(i))
				if i%10 == 0 {
					e.Nonce = "used"
					e.ID = "stolen"
				}
				errs[i] = db.ReturnEvents().Add(t.Context(), []ReturnEvent{e})
			})
		}
		all.Wait()
		for i, err := range errs {
			if (i%10 == 0) != errors.Is(err, ErrReplayed) || i%10 != 0 && err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		list, err := db.ReturnEvents().Waiting(t.Context(), 1000)
		if err != nil || len(list) != 1+requests*9/10 {
			t.Errorf("%d events, %v", len(list), err)
		}
	})
}
