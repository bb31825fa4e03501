package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"bantin"
)

// Segments keeps what the messages of editions said: Archive stores the messages of an
// edition, Get reads one. They go with the edition's deliveries.
type Segments struct{ db *DB }

// Segments gives the view of the segments.
func (db *DB) Segments() Segments { return Segments{db} }

// OwnMessage is the segment of a delivery whose message was made for its contact alone.
const OwnMessage = -1

// errNoBase says that an edition has no message yet that others are compressed by.
var errNoBase = errors.New("the edition has no message yet")

// baseNumber is the segment by which all others of its edition are compressed: their
// messages are nearly the same.
const baseNumber = 1

// Get gives the message of a segment, or with OwnMessage that of the contact alone;
// bantin.ErrNotFound.
func (v Segments) Get(ctx context.Context, edition int64, segment int, contact int64) ([]byte, error) {
	number := int64(segment)
	if segment == OwnMessage {
		number = -contact
	}
	content, hash, err := v.db.segment(ctx, edition, number)
	if err != nil {
		return nil, err
	}
	var base []byte
	if number != baseNumber {
		if base, err = v.base(ctx, edition); err != nil {
			return nil, err
		}
	}
	message, err := decompressSegment(content, base)
	if err == nil && segmentHash(message) != hash {
		err = errors.New("it is damaged")
	}
	return message, wrap(err, "read segment %d", segment)
}

// base gives the message that others of the edition are compressed by; errNoBase.
func (v Segments) base(ctx context.Context, edition int64) ([]byte, error) {
	content, _, err := v.db.segment(ctx, edition, baseNumber)
	if errors.Is(err, bantin.ErrNotFound) {
		return nil, errNoBase
	}
	if err != nil {
		return nil, err
	}
	return decompressSegment(content, nil)
}

func (db *DB) segment(ctx context.Context, edition, number int64) (content []byte, hash int64, err error) {
	err = db.reader.QueryRowContext(ctx, `SELECT content, hash FROM segments WHERE edition = $1 AND number = $2`, edition, number).Scan(&content, &hash)
	return content, hash, lookedUp(err, "segment", fmt.Sprint(number))
}

// segmentHash tells messages of an edition apart, and a damaged one from a whole one.
func segmentHash(message []byte) int64 {
	sum := sha256.Sum256(message)
	return int64(binary.LittleEndian.Uint64(sum[:8]))
}

// insertSegment stores a compressed message; stored is false where its number, or the
// same message, was stored meanwhile. The number is the next one where it is 0.
func (db *DB) insertSegment(ctx context.Context, edition int64, number int, hash int64, content []byte) (got int, stored bool, err error) {
	err = db.inTx(ctx, "store segment", func(tx *sql.Tx) error {
		stored = true
		err := tx.QueryRowContext(ctx, `INSERT INTO segments (edition, number, hash, content)
			SELECT CAST($1 AS BIGINT), CASE WHEN $2 > 0 THEN $2 ELSE (SELECT COALESCE(MAX(number), 0) + 1 FROM segments WHERE edition = $1 AND number > 0) END, CAST($3 AS BIGINT), $4
			WHERE 1 = 1 ON CONFLICT DO NOTHING RETURNING number`, edition, number, hash, content).Scan(&got)
		if errors.Is(err, sql.ErrNoRows) {
			stored, err = false, nil
		}
		return err
	})
	return got, stored && err == nil, err
}

// segmentWithHash gives the number of a message that is stored; 0 for none.
func (db *DB) segmentWithHash(ctx context.Context, edition, hash int64) (number int, err error) {
	err = db.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM segments WHERE edition = $1 AND hash = $2 AND number > 0`, edition, hash).Scan(&number)
	return number, wrap(explain(err), "look up segment")
}

// keepPersonal stores the message of one contact, in the transaction of its result. One
// that was sent again replaces what was sent before.
func keepPersonal(ctx context.Context, tx *sql.Tx, r *DeliveryResult) error {
	if r.Personal == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO segments (edition, number, hash, content) VALUES ($1, $2, $3, $4)
		ON CONFLICT (edition, number) DO UPDATE SET hash = excluded.hash, content = excluded.content`,
		r.Chunk.Edition, -r.Contact, r.Personal.hash, r.Personal.content)
	return err
}
