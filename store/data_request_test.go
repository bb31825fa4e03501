package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

func TestDataRequests(t *testing.T) { eachDatabase(t, testDataRequests) }

// A request is answered once; erasing a contact ends theirs and takes the address out.
func testDataRequests(t *testing.T, db *DB, clock *clock) {
	now := clock.t.Truncate(time.Millisecond).UTC()
	add := func(kind bantin.RequestKind, email string, due time.Duration) int64 {
		t.Helper()
		r, err := db.DataRequests().Add(t.Context(), bantin.DataRequest{Kind: kind, Email: email, Note: "thư của " + email, Arrived: now, Due: now.Add(due), By: "hoa@example.org"})
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	later, erase, other := add(bantin.RequestAccess, "Lan@example.org", 72*time.Hour), add(bantin.RequestErase, "lan@example.org", 2*time.Hour), add(bantin.RequestCorrect, "minh@example.org", 9*time.Hour)
	ids := func(list []bantin.DataRequest, err error) (n []int64) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			n = append(n, list[i].ID)
		}
		return n
	}
	if diff := cmp.Diff([]int64{erase, other, later}, ids(db.DataRequests().Open(t.Context()))); diff != "" {
		t.Errorf("open (-want +got)\n%s", diff)
	}
	got, err := db.DataRequests().Finish(t.Context(), later, "hoa@example.org", "đã gửi")
	want := bantin.DataRequest{ID: later, Kind: bantin.RequestAccess, Email: "Lan@example.org", Note: "thư của Lan@example.org", Arrived: now, Due: now.Add(72 * time.Hour), By: "hoa@example.org",
		Done: now, DoneBy: "hoa@example.org", Answer: "đã gửi"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("answered (-want +got)\n%s %v", diff, err)
	}
	if _, err := db.DataRequests().Finish(t.Context(), later, "minh", ""); !errors.Is(err, ErrRequestDone) {
		t.Errorf("answered again: %v", err)
	}
	if _, err := db.DataRequests().Finish(t.Context(), 99, "minh", ""); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("one that is none: %v", err)
	}
	if err := db.Contacts().Erase(t.Context(), "lan@example.org", []byte("k")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{other}, ids(db.DataRequests().Open(t.Context()))); diff != "" {
		t.Errorf("open after an erasure (-want +got)\n%s", diff)
	}
	for _, id := range []int64{later, erase} {
		r, err := db.DataRequests().Get(t.Context(), id)
		if err != nil || r.Email != "" || r.Note != "" || r.Open() || id == erase && r.Answer != erasedAnswer || id == later && r.Answer != "" {
			t.Errorf("after an erasure: %+v %v", r, err)
		}
	}
}

// The address goes out of a request to be erased when it is answered, and out of others when
// they were answered long ago; what is open keeps it.
func TestRequestsForgetWhoAsked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		const address = "lan@example.org"
		var ids []int64
		for _, kind := range []bantin.RequestKind{bantin.RequestErase, bantin.RequestAccess, bantin.RequestCorrect} {
			r, err := db.DataRequests().Add(t.Context(), bantin.DataRequest{Kind: kind, Email: "Lan@example.org", Note: "thư của Lan", Arrived: clock.t, Due: clock.t.Add(time.Hour)})
			fine(t, err)
			ids = append(ids, r.ID)
		}
		of := func(want ...int64) {
			t.Helper()
			list, err := db.DataRequests().Of(t.Context(), bantin.AddressKey(address))
			fine(t, err)
			var got []int64
			for i := range list {
				got = append(got, list[i].ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requests of an address (-want +got)\n%s", diff)
			}
		}
		of(ids[2], ids[1], ids[0])
		for _, id := range ids[:2] {
			r, err := db.DataRequests().Finish(t.Context(), id, "hoa@example.org", "xong")
			fine(t, err)
			if isGone := r.Email == "" && r.Note == ""; isGone != (r.Kind == bantin.RequestErase) || r.Answer != "xong" || r.DoneBy != "hoa@example.org" {
				t.Errorf("answered: %+v", r)
			}
		}
		of(ids[2], ids[1])
		answered := clock.t
		fine(t, db.DataRequests().Prune(t.Context(), answered))
		of(ids[2], ids[1])
		fine(t, db.DataRequests().Prune(t.Context(), answered.Add(time.Second)))
		of(ids[2])
		r, err := db.DataRequests().Get(t.Context(), ids[1])
		if err != nil || r.Email != "" || r.Note != "" || r.Answer != "xong" {
			t.Errorf("answered long ago: %+v, %v", r, err)
		}
	})
}
