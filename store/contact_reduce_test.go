package store

import (
	"errors"
	"testing"
	"time"

	"bantin"
)

// Of who left everything long ago a hash is kept; who left one of two digests, or lately,
// or nothing, or waits for an answer, stays, and so does everybody where no digest is known.
func TestReduceLeft(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, clock *clock) {
		imported(t, db, "xưa@example.org", "mới@example.org", "một@example.org", "lan@example.org")
		secret := []byte("bí mật")
		leave(t, db, "xưa@example.org", "")
		leave(t, db, "một@example.org", "hang-tuan")
		clock.t = clock.t.Add(28 * 24 * time.Hour)
		leave(t, db, "mới@example.org", "")
		digests := []DigestAudience{{"hang-tuan", Audience{AnyPlace: true}}, {"hang-thang", Audience{AnyPlace: true}}}
		imported(t, db, "hỏi@example.org")
		clock.t = clock.t.Add(-28 * 24 * time.Hour)
		leave(t, db, "hỏi@example.org", "")
		clock.t = clock.t.Add(28 * 24 * time.Hour)
		r, err := db.DataRequests().Add(t.Context(), bantin.DataRequest{Kind: bantin.RequestAccess, Email: "Hỏi@example.org", Arrived: clock.t, Due: clock.t.Add(72 * time.Hour)})
		fine(t, err)
		today, before := bantin.DayOf(clock.t), clock.t.Add(-27*24*time.Hour)
		if n, err := db.Contacts().ReduceLeft(t.Context(), nil, today, before, secret); n != 0 || err != nil {
			t.Errorf("without digests: %d, %v", n, err)
		}
		for _, want := range []int64{1, 0} {
			if n, err := db.Contacts().ReduceLeft(t.Context(), digests, today, before, secret); n != want || err != nil {
				t.Errorf("%d, %v; want %d", n, err, want)
			}
		}
		_, err = db.Contacts().Get(t.Context(), "hỏi@example.org") // they wait for an answer
		fine(t, err)
		_, err = db.DataRequests().Finish(t.Context(), r.ID, "hoa", "đã gửi")
		fine(t, err)
		if n, err := db.Contacts().ReduceLeft(t.Context(), digests, today, before, secret); n != 1 || err != nil {
			t.Errorf("after the answer: %d, %v", n, err)
		}
		imported(t, db, "xưa@example.org") // a list that still has them
		if _, err := db.Contacts().Get(t.Context(), "xưa@example.org"); !errors.Is(err, bantin.ErrNotFound) {
			t.Errorf("an import brings them back: %v", err)
		}
		for _, address := range []string{"mới@example.org", "một@example.org", "lan@example.org"} {
			if _, err := db.Contacts().Get(t.Context(), address); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
	})
}
