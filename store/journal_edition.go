package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bantin"
)

// editionPlan is what the journal keeps of an edition, so that a restore can make it
// again: the same message, with the same Message-ID, to those who are left.
type editionPlan struct {
	Title     string   `json:"title"`
	Subject   string   `json:"subject"`
	Max       int      `json:"max"`
	Audience  string   `json:"audience"` // as it was when the edition was made
	Created   int64    `json:"created"`
	Hours     string   `json:"hours,omitempty"`
	Zone      string   `json:"zone,omitempty"`
	Composed  string   `json:"composed,omitempty"` // what the office added, in JSON
	Special   bool     `json:"special,omitempty"`  // a person set its time
	HoldShare int64    `json:"hold_share"`
	HoldLeast int64    `json:"hold_least"`
	Bulletins []string `json:"bulletins"` // their ids, in their order
}

// editionEntry is the entry of an edition.
func (db *DB) editionEntry(ctx context.Context, row int64) (journalEntry, error) {
	e, p := journalEntry{Kind: entryEdition}, &editionPlan{}
	err := db.reader.QueryRowContext(ctx, `SELECT digest, number, due, title, subject, max, audience, created_at, hours, zone, composed, special, hold_share, hold_least
		FROM editions WHERE n = $1`, row).Scan(&e.Digest, &e.Number, &e.Due, &p.Title, &p.Subject, &p.Max, &p.Audience, &p.Created, &p.Hours, &p.Zone,
		&p.Composed, &p.Special, &p.HoldShare, &p.HoldLeast)
	if err != nil {
		return e, fmt.Errorf("look up edition: %w", explain(err))
	}
	p.Bulletins, err = collectColumn[string](ctx, db.reader, `SELECT b.id FROM edition_bulletins eb JOIN bulletins b ON b.n = eb.bulletin
		WHERE eb.edition = $1 ORDER BY eb.position`, row)
	e.At, e.Edition = p.Created, p
	return e, err
}

// editions finds editions that were made. A draft, and one of a time to come, is in the
// journal once it is sent: nobody has it yet.
func (j *Journal) editions(ctx context.Context, c *journalCursor) ([]journalEntry, error) {
	var rows []int64
	err := each(ctx, j.DB.reader, func(r *sql.Rows) error {
		var waits bool
		err := r.Scan(&c.Edition, &waits)
		if !waits {
			rows = append(rows, c.Edition)
		}
		return err
	}, `SELECT n, CASE WHEN status IN ('draft', 'scheduled') THEN 1 ELSE 0 END FROM editions WHERE n > $1 ORDER BY n LIMIT $2`, c.Edition, journalBatch)
	if err != nil {
		return nil, err
	}
	list := make([]journalEntry, len(rows))
	for i, row := range rows {
		if list[i], err = j.DB.editionEntry(ctx, row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// settled finds editions that are done or cancelled. One that was tried again since is
// found once more.
func (j *Journal) settled(ctx context.Context, c *journalCursor) ([]journalEntry, error) {
	type ended struct {
		row, at int64
		status  string
	}
	found, err := collectFields(ctx, j.DB.reader, func(e *ended) []any { return []any{&e.row, &e.status, &e.at} }, `SELECT n, status, done_at FROM editions WHERE done_at > $1 AND done_at < $2 AND status IN ('done', 'cancelled')
		ORDER BY done_at`, c.Settled, millis(j.DB.now().Add(-journalLag)))
	if err != nil {
		return nil, err
	}
	list := make([]journalEntry, len(found))
	for i, e := range found {
		if list[i], err = j.DB.editionEntry(ctx, e.row); err != nil {
			return nil, err
		}
		list[i].Kind, list[i].Status, list[i].At = entrySettled, e.status, e.at
		c.Settled = e.at
	}
	return list, nil
}

// remake makes an edition again that the database does not know, held until a person looks
// at it, and freezes its recipients as they are now; one that was cancelled has none. Its
// bulletins that are missing join it when they are collected.
func (db *DB) remake(ctx context.Context, e *journalEntry, cancelled bool) (row int64, missing []string, err error) {
	p := e.Edition
	status := bantin.EditionHeld
	if cancelled {
		status = bantin.EditionCancelled
	}
	err = db.write(ctx, "make edition of "+e.Digest, func(tx *sql.Tx) error {
		missing = nil
		err := tx.QueryRowContext(ctx, `INSERT INTO editions (digest, number, due, status, title, subject, max, audience, created_at, hours, zone, composed, special, hold_share, hold_least, frozen)
			VALUES ($1, CASE WHEN EXISTS (SELECT 1 FROM editions WHERE digest = $1 AND number = $2)
				THEN (SELECT MAX(number) + 1 FROM editions WHERE digest = $1) ELSE $2 END, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING n`,
			e.Digest, e.Number, e.Due, status, p.Title, p.Subject, p.Max, p.Audience, p.Created, p.Hours, p.Zone, p.Composed, boolInt(p.Special), p.HoldShare, p.HoldLeast, boolInt(cancelled)).Scan(&row)
		if err != nil {
			return err
		}
		for i, id := range p.Bulletins {
			found, err := joinEdition(ctx, tx, row, i+1, id)
			if err != nil {
				return err
			}
			if !found {
				missing = append(missing, id)
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'generation'`)
		return err
	})
	for done := cancelled; err == nil && !done; {
		if done, err = db.Editions().Freeze(ctx, row, remadeChunk); err == nil {
			err = ctx.Err()
		}
	}
	return row, missing, err
}

// remadeChunk is how many recipients make a chunk of an edition that is made again.
const remadeChunk = 500

// joinEdition adds a bulletin to an edition, or has the edition wait for it.
func joinEdition(ctx context.Context, tx *sql.Tx, edition int64, position int, id string) (found bool, err error) {
	var n, revision int64
	err = tx.QueryRowContext(ctx, `SELECT n, revision FROM bulletins WHERE id = $1`, id).Scan(&n, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.ExecContext(ctx, `INSERT INTO awaited_bulletins (edition, position, bulletin) VALUES ($1, $2, $3)`, edition, position, id)
		return false, err
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO edition_bulletins (edition, position, bulletin, revision) VALUES ($1, $2, $3, $4)`, edition, position, n, revision)
	}
	return true, err
}

// joinAwaited adds bulletins that were stored to the editions that wait for them.
func (in *bulletinTx) joinAwaited(ctx context.Context) error {
	err := in.exec(ctx, `INSERT INTO edition_bulletins (edition, position, bulletin, revision)
		SELECT a.edition, a.position, b.n, b.revision FROM awaited_bulletins a JOIN bulletins b ON b.id = a.bulletin`)
	if err != nil {
		return err
	}
	return in.exec(ctx, `DELETE FROM awaited_bulletins WHERE EXISTS (SELECT 1 FROM bulletins b WHERE b.id = awaited_bulletins.bulletin)`)
}
