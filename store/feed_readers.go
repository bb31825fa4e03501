package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"bantin"
)

// FeedReaders is how many read a feed on a day, by one program.
type FeedReaders struct {
	Feed    string
	Program string // "": those who fetch it for themselves
	N       int64  // as the program says
	Seen    []byte // bits of those who fetch it for themselves
}

// readersKeySetting keeps the key of one day.
const readersKeySetting = "readers_key"

// ReadersKey gives the key with which direct readers of a day are told apart, the same to
// all nodes. It is random, and goes when a later day asks for its own: what was counted
// can then not be compared with any address. bantin.ErrNotFound for a day that is over.
func (v Statistics) ReadersKey(ctx context.Context, day time.Time) (key []byte, err error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails since Go 1.24
	name := UnitDay.Span(day)
	err = v.db.write(ctx, "keep the key of a day", func(tx *sql.Tx) error {
		value, err := get[string](ctx, tx, `SELECT value FROM settings WHERE name = $1`, readersKeySetting)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		of, text, _ := strings.Cut(value, " ")
		if of == name {
			key, err = base64.StdEncoding.DecodeString(text)
			return err
		}
		if of > name && of < UnitDay.Span(day.AddDate(0, 0, 2)) { // one that is further ahead was made by a wrong clock
			return bantin.ErrNotFound
		}
		key = fresh
		if _, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			readersKeySetting, name+" "+base64.StdEncoding.EncodeToString(fresh)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM feed_readers WHERE day < $1`, UnitDay.Span(day.AddDate(0, 0, -1)))
		return err
	})
	return key, err
}

// AddReaders adds what a node saw on a day to what others did: of each program the
// greatest number that it told, of direct readers the bits of all, which estimate makes a
// number of. The statistics follow in the same transaction.
func (v Statistics) AddReaders(ctx context.Context, day time.Time, list []FeedReaders, estimate func(seen []byte) int64) error {
	if len(list) == 0 {
		return nil
	}
	name := UnitDay.Span(day)
	return v.db.write(ctx, "count readers of feeds", func(tx *sql.Tx) error {
		for _, r := range list {
			if r.Program == "" {
				seen, err := seenBefore(ctx, tx, name, r.Feed)
				if err != nil {
					return err
				}
				r.Seen = unionBits(seen, r.Seen)
				r.N = estimate(r.Seen)
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO feed_readers (day, feed, program, n, seen) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (day, feed, program) DO UPDATE SET seen = excluded.seen, n = CASE WHEN excluded.n > feed_readers.n THEN excluded.n ELSE feed_readers.n END`,
				name, r.Feed, r.Program, r.N, append([]byte{}, r.Seen...))
			if err != nil {
				return err
			}
		}
		return v.sumReaders(ctx, tx, day)
	})
}

func seenBefore(ctx context.Context, tx *sql.Tx, day, feed string) (seen []byte, err error) {
	err = tx.QueryRowContext(ctx, `SELECT seen FROM feed_readers WHERE day = $1 AND feed = $2 AND program = ''`, day, feed).Scan(&seen)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return seen, err
}

// unionBits has the bits of both.
func unionBits(a, b []byte) []byte {
	if len(a) < len(b) {
		a, b = b, a
	}
	both := append([]byte{}, a...)
	for i, bits := range b {
		both[i] |= bits
	}
	return both
}

// sumReaders adds up the readers of a day: of each feed, of each program, of all.
func (v Statistics) sumReaders(ctx context.Context, tx *sql.Tx, day time.Time) error {
	c := statisticsCounts{}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var feed, program string
		var n int64
		err := rows.Scan(&feed, &program, &n)
		c.addPart(FigureReaders, PartAll, "", "", day, n)
		c.addPart(FigureReaders, PartFeed, feed, "", day, n)
		c.addPart(FigureReaders, PartProgram, program, "", day, n)
		return err
	}, `SELECT feed, program, n FROM feed_readers WHERE day = $1`, UnitDay.Span(day))
	if err != nil {
		return err
	}
	return c.store(ctx, tx, keepGreat)
}
