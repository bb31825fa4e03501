package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"bantin"
)

// ReplayedEdition is what a journal says of an edition that the restored database does not
// know, or does not know as settled. It is made again where it must be. Who got it counts
// as sent. Where the journal saw its end, nobody is left; else the others may have got it
// after the journal's last line: it is held, until a person says that they get it.
type ReplayedEdition struct {
	Edition  string   `json:"edition"`
	Sent     int64    `json:"sent"`              // handed over, all in all
	Doubtful int64    `json:"doubtful"`          // of whom the journal knows nothing
	Held     bool     `json:"held"`              // for these
	Missing  []string `json:"missing,omitempty"` // bulletins that are to be collected again
}

// editionKey tells an edition from all others, also of a database that was restored
// without its journal and gave the same number again.
type editionKey struct {
	digest string
	due    int64
}

// replayEditions brings in what the journal knows of editions, and holds those of which
// something is not known.
func (db *DB) replayEditions(ctx context.Context, j *Journals, secret []byte, r *Replayed) error {
	made, settled := map[editionKey]journalEntry{}, map[editionKey]journalEntry{}
	for _, e := range j.entries {
		key := editionKey{e.Digest, e.Due}
		if e.Edition != nil && (e.Kind == entryEdition || e.Kind == entrySettled) {
			made[key] = e
		}
		if e.Kind == entrySettled && settled[key].At <= e.At {
			settled[key] = e
		}
	}
	unfinished, err := db.Editions().Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, e := range unfinished {
		made[editionKey{e.Digest, millis(e.Due)}] = journalEntry{Digest: e.Digest, Due: millis(e.Due), Number: e.Number}
	}
	keys := make([]editionKey, 0, len(made))
	for key := range made {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b editionKey) int {
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.digest, b.digest))
	})
	for _, key := range keys {
		e := made[key]
		replay := editionReplay{db: db, journals: j, secret: secret, entry: &e, end: bantin.EditionStatus(settled[key].Status)}
		if err := replay.run(ctx, r); err != nil {
			return fmt.Errorf("edition %s: %w", bantin.EditionID(e.Digest, e.Number), err)
		}
	}
	return nil
}

// editionReplay brings in what is known of one edition.
type editionReplay struct {
	db       *DB
	journals *Journals
	secret   []byte
	entry    *journalEntry
	end      bantin.EditionStatus // as the journal saw it; "" where it did not
}

func (p *editionReplay) run(ctx context.Context, r *Replayed) error {
	db, e := p.db, p.entry
	var row int64
	var status bantin.EditionStatus
	err := db.reader.QueryRowContext(ctx, `SELECT n, status FROM editions WHERE digest = $1 AND due = $2`, e.Digest, e.Due).Scan(&row, &status)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return explain(err)
	}
	var told ReplayedEdition
	switch {
	case status == bantin.EditionDone || status == bantin.EditionCancelled:
		return nil
	case err != nil:
		row, told.Missing, err = db.remake(ctx, e, p.end == bantin.EditionCancelled)
	default:
		err = p.stop(ctx, row)
	}
	if err == nil && p.end != bantin.EditionCancelled {
		told.Doubtful, err = p.settle(ctx, row)
	}
	if err != nil {
		return err
	}
	now, err := db.Editions().ByRow(ctx, row)
	told.Edition, told.Sent, told.Held = now.ID, now.Counts.Sent, told.Doubtful > 0
	r.Editions = append(r.Editions, told)
	return err
}

// stop freezes what is left of an edition that the backup caught while it was made or
// sent, with nobody at work on it.
func (p *editionReplay) stop(ctx context.Context, row int64) error {
	err := p.db.write(ctx, "stop the edition", func(tx *sql.Tx) error {
		if p.end == bantin.EditionCancelled {
			_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'cancelled', done_at = NULL WHERE n = $1`, row)
			return err // SkipCancelled does the rest
		}
		_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'held' WHERE n = $1 AND status IN ('open', 'sending')`, row)
		return err
	})
	for done := p.end == bantin.EditionCancelled; err == nil && !done; {
		if done, err = p.db.Editions().Freeze(ctx, row, remadeChunk); err == nil {
			err = ctx.Err()
		}
	}
	return err
}

// settle marks who got the edition, and ends or holds it. It gives how many there are of
// whom nothing is known.
func (p *editionReplay) settle(ctx context.Context, row int64) (doubtful int64, err error) {
	hashes, err := p.journals.handedOver(p.entry.Digest, p.entry.Due)
	if err != nil {
		return 0, err
	}
	sent := int64(0)
	for after, more := 0, true; more && err == nil; {
		err = p.db.write(ctx, "count as sent", func(tx *sql.Tx) error {
			c := Chunk{Edition: row}
			err := tx.QueryRowContext(ctx, `SELECT chunk, fence + 1, lo, hi FROM chunks WHERE edition = $1 AND chunk > $2 ORDER BY chunk LIMIT 1`, row, after).
				Scan(&c.Number, &c.Fence, &c.lo, &c.hi)
			if errors.Is(err, sql.ErrNoRows) {
				more = false
				return nil
			}
			if err != nil {
				return err
			}
			after = c.Number
			n, left, err := p.settleChunk(ctx, tx, c, hashes)
			sent, doubtful = sent+n, doubtful+left
			return err
		})
	}
	if err != nil {
		return 0, err
	}
	return doubtful, p.db.write(ctx, "hold the edition", func(tx *sql.Tx) error {
		if doubtful > 0 {
			h := &bantin.Hold{Reason: bantin.HeldCopy, Detail: bantin.HoldDetail{Outcomes: sent, Doubtful: doubtful}}
			if err := p.db.hold(ctx, tx, row, h); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'held' WHERE n = $1`, row)
			return err
		}
		if err := p.db.endHolds(ctx, tx, row, 0, false); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'done', done_at = $1 WHERE n = $2`, millis(p.db.now()), row)
		return err
	})
}

// ReplayedReply is the reply of a delivery of a restored edition: sent is what the journal
// knows as handed over, skipped is who did not get it before it was done.
const ReplayedReply = "known from the journal"

// settleChunk marks who of a chunk got the edition. Where the edition was done before the
// database was lost, nobody else does.
func (p *editionReplay) settleChunk(ctx context.Context, tx *sql.Tx, c Chunk, hashes map[string]bool) (sent, left int64, err error) {
	got, err := p.gotIt(ctx, tx, c, hashes)
	if err != nil {
		return 0, 0, err
	}
	now := millis(p.db.now())
	for _, contact := range got {
		if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET status = 'sent', attempts = attempts + 1, next_attempt = 0, updated_at = $1, reply = $2
			WHERE edition = $3 AND contact = $4`, now, ReplayedReply, c.Edition, contact); err != nil {
			return 0, 0, err
		}
	}
	if p.end == bantin.EditionDone {
		if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET status = 'skipped', next_attempt = 0, updated_at = $1, reply = $2
			WHERE edition = $3 AND contact BETWEEN $4 AND $5 AND `+unsettledSQL, now, ReplayedReply, c.Edition, c.lo, c.hi); err != nil {
			return 0, 0, err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE chunks SET fence = $1 WHERE edition = $2 AND chunk = $3`, c.Fence, c.Edition, c.Number); err != nil {
		return 0, 0, err
	}
	if _, err := p.db.recount(ctx, tx, c); err != nil {
		return 0, 0, err
	}
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM deliveries WHERE edition = $1 AND contact BETWEEN $2 AND $3 AND `+unsettledSQL, c.Edition, c.lo, c.hi).Scan(&left)
	return int64(len(got)), left, err
}

// gotIt gives the contacts of a chunk that the journal knows to have got the edition, and
// the ledger does not.
func (p *editionReplay) gotIt(ctx context.Context, tx *sql.Tx, c Chunk, hashes map[string]bool) (list []int64, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var contact int64
		var address string
		if err := rows.Scan(&contact, &address); err != nil {
			return err
		}
		for _, hash := range p.db.erasedHashes(p.secret, bantin.AddressKey(address)) {
			if hashes[hash[:sentHash]] {
				list = append(list, contact)
				break
			}
		}
		return nil
	}, `SELECT contact, address FROM deliveries WHERE edition = $1 AND contact BETWEEN $2 AND $3 AND status IN ('queued', 'deferred', 'failed') ORDER BY contact`,
		c.Edition, c.lo, c.hi)
	return list, err
}
