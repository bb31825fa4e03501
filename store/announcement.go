package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"bantin"
)

// maxCorrections is how many announcements an edition says at its head: the newest.
const maxCorrections = 3

// announce keeps for the next editions what the office says of a bulletin: what was wrong,
// or why it was withdrawn. Nothing is nothing.
func (in *bulletinTx) announce(ctx context.Context, k *storedBulletin, b *bantin.Bulletin, text string) error {
	if text == "" {
		return nil
	}
	return in.exec(ctx, `INSERT INTO announcements (bulletin, title, text, withdrawn, at) VALUES ($1, $2, $3, $4, $5)`,
		k.n, b.Title, text, boolInt(b.Withdrawn), in.now)
}

// Corrections gives what the next edition of a digest says at its head: what was announced
// since its last one of bulletins that an edition of it has had, the newest first. Why a
// bulletin was withdrawn that is back is not said.
func (v Digests) Corrections(ctx context.Context, digest string) ([]bantin.Correction, error) {
	list, err := corrections(ctx, v.db.reader, digest)
	return list, wrap(err, "corrections of %s", digest)
}

func corrections(ctx context.Context, q querier, digest string) ([]bantin.Correction, error) {
	var args params
	query := `SELECT b.id, a.title, a.text, a.withdrawn FROM announcements a JOIN bulletins b ON b.n = a.bulletin
		WHERE a.n > (SELECT COALESCE(MAX(announced), 0) FROM editions WHERE digest = ` + args.add(digest) + ` AND status <> 'cancelled')
			AND (a.withdrawn = 0 OR b.withdrawn = 1) AND ` + fmt.Sprintf(editionHadSQL, args.add(digest)) + ` ORDER BY a.n DESC LIMIT ` + args.add(maxCorrections)
	list, err := collectFields(ctx, q, func(c *bantin.Correction) []any { return []any{&c.Bulletin, &c.Title, &c.Text, &c.Withdrawn} }, query, args...)
	return list, err
}

// takeCorrections freezes in a new edition what it says at its head. A later one does not
// say it again, unless this one is cancelled.
func takeCorrections(ctx context.Context, tx *sql.Tx, edition int64, digest string) error {
	list, err := corrections(ctx, tx, digest)
	if err != nil {
		return err
	}
	text := ""
	if len(list) > 0 {
		said, err := json.Marshal(list)
		if err != nil {
			return err
		}
		text = string(said)
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET corrections = $1, announced = (SELECT COALESCE(MAX(n), 0) FROM announcements) WHERE n = $2`, text, edition)
	return err
}

// loadCorrections reads what takeCorrections has frozen.
func loadCorrections(e *bantin.Edition, stored string) error {
	return wrap(asJSON(&e.Corrections).Scan(stored), "corrections of edition %d", e.Row)
}
