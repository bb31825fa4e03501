package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// DataRequests is what people asked of the office about what it holds of them. Add writes
// one down, Finish notes that it was answered. Erasing a contact ends theirs.
type DataRequests struct{ db *DB }

// DataRequests gives the view of the requests.
func (db *DB) DataRequests() DataRequests { return DataRequests{db} }

// ErrRequestDone says that a request was answered before.
var ErrRequestDone = errors.New("the request was answered already")

// erasedAnswer is that of requests which an erasure ended.
const erasedAnswer = "erased"

// noAddressSQL takes out of a request who asked, and what their letter says.
const noAddressSQL = `email = '', address_key = '', note = ''`

const requestColumns = `n, kind, email, note, arrived_at, due, who, done_at, done_by, answer`

// Add writes a request down and gives it with its id.
func (v DataRequests) Add(ctx context.Context, r bantin.DataRequest) (bantin.DataRequest, error) {
	err := v.db.write(ctx, "write down a request", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO data_requests (kind, email, address_key, note, arrived_at, due, who) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING n`,
			r.Kind, r.Email, bantin.AddressKey(r.Email), r.Note, millis(r.Arrived), millis(r.Due), r.By).Scan(&r.ID)
		if err != nil {
			return err
		}
		r, err = dataRequest(ctx, tx, r.ID)
		return err
	})
	return r, err
}

// Finish notes that a request was answered, and how. One to be erased loses its address and
// note; bantin.ErrNotFound, ErrRequestDone.
func (v DataRequests) Finish(ctx context.Context, id int64, who, answer string) (r bantin.DataRequest, err error) {
	err = v.db.write(ctx, "answer a request", func(tx *sql.Tx) error {
		if r, err = dataRequest(ctx, tx, id); err != nil {
			return err
		}
		if !r.Open() {
			return fmt.Errorf("request %d: %w", id, ErrRequestDone)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE data_requests SET done_at = $1, done_by = $2, answer = $3 WHERE n = $4`, millis(v.db.now()), who, answer, id); err != nil {
			return err
		}
		if r.Kind == bantin.RequestErase { // nothing is kept of who asked that
			if _, err := tx.ExecContext(ctx, `UPDATE data_requests SET `+noAddressSQL+` WHERE n = $1`, id); err != nil {
				return err
			}
		}
		r, err = dataRequest(ctx, tx, id)
		return err
	})
	return r, err
}

// Get finds a request; bantin.ErrNotFound.
func (v DataRequests) Get(ctx context.Context, id int64) (bantin.DataRequest, error) {
	return dataRequest(ctx, v.db.reader, id)
}

// Open lists what nobody has answered, the most urgent first.
func (v DataRequests) Open(ctx context.Context) ([]bantin.DataRequest, error) {
	return v.list(ctx, `WHERE done_at = 0 ORDER BY due, n`)
}

// Of lists what was asked from an address, in the form of bantin.AddressKey, the last one
// first.
func (v DataRequests) Of(ctx context.Context, addressKey string) ([]bantin.DataRequest, error) {
	return v.list(ctx, `WHERE address_key = $1 AND address_key <> '' ORDER BY arrived_at DESC, n DESC`, addressKey)
}

// Done lists what was answered, the last one first, at most limit.
func (v DataRequests) Done(ctx context.Context, limit int) ([]bantin.DataRequest, error) {
	return v.list(ctx, `WHERE done_at > 0 ORDER BY done_at DESC, n DESC LIMIT $1`, limit)
}

// Prune takes the addresses out of what was answered before a time, and the notes. That there
// was a request, and when and how it was answered, stays.
func (v DataRequests) Prune(ctx context.Context, before time.Time) error {
	return v.db.execute(ctx, "prune requests", `UPDATE data_requests SET `+noAddressSQL+` WHERE done_at > 0 AND done_at < $1 AND (address_key <> '' OR note <> '')`, millis(before))
}

// openRequests gives the addresses that wait for an answer, in the form of bantin.AddressKey.
func (db *DB) openRequests(ctx context.Context) (map[string]bool, error) {
	asked := map[string]bool{}
	open, err := db.DataRequests().Open(ctx)
	for i := range open {
		asked[bantin.AddressKey(open[i].Email)] = true
	}
	return asked, err
}

func (v DataRequests) list(ctx context.Context, query string, args ...any) (list []bantin.DataRequest, err error) {
	list, err = collect(ctx, v.db.reader, scanRequest, `SELECT `+requestColumns+` FROM data_requests `+query, args...)
	return list, wrap(err, "list requests")
}

func dataRequest(ctx context.Context, q querier, id int64) (bantin.DataRequest, error) {
	r, err := scanRequest(q.QueryRowContext(ctx, `SELECT `+requestColumns+` FROM data_requests WHERE n = $1`, id))
	return r, lookedUp(err, "request", fmt.Sprint(id))
}

func scanRequest(row scanner) (r bantin.DataRequest, err error) {
	var done int64
	err = row.Scan(&r.ID, &r.Kind, &r.Email, &r.Note, asTime(&r.Arrived), asTime(&r.Due), &r.By, &done, &r.DoneBy, &r.Answer)
	if done > 0 {
		r.Done = fromMillis(done)
	}
	return r, err
}

// eraseRequests takes an address out of what was asked from it, and ends what is open: to
// who is erased there is nothing left to show or to correct.
func eraseRequests(ctx context.Context, tx *sql.Tx, key string, now time.Time) (rows int64, err error) {
	return execCount(ctx, tx, `UPDATE data_requests SET `+noAddressSQL+`,
		answer = CASE WHEN done_at = 0 THEN '`+erasedAnswer+`' ELSE '' END, done_at = CASE WHEN done_at = 0 THEN CAST($1 AS BIGINT) ELSE done_at END
		WHERE address_key = $2`, millis(now), key)
}
