package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"bantin"
)

// Draft gives the regular edition of a digest that waits for approval; ok is false where
// there is none.
func (v Editions) Draft(ctx context.Context, digest string) (e bantin.Edition, ok bool, err error) {
	e, err = v.db.editionBy(ctx, `e.digest = $1 AND `+draftSQL, digest)
	if errors.Is(err, bantin.ErrNotFound) {
		return e, false, nil
	}
	return e, err == nil, err
}

// draftSQL is the condition of the draft e that stands for the next edition of a digest.
const draftSQL = `e.status = 'draft' AND e.special = 0 ORDER BY e.due DESC, e.n DESC LIMIT 1`

// draft is an edition that may be changed until a person approves it.
type draft struct {
	row         int64
	number      int
	version     int
	composition bantin.Composition
	news        []frozenBulletin // before it was composed
}

// currentDraft reads it; sql.ErrNoRows.
func (db *DB) currentDraft(ctx context.Context, q querier, digest string) (d draft, err error) {
	err = q.QueryRowContext(ctx, `SELECT e.n, e.number, e.version, e.composed, e.news FROM editions e WHERE e.digest = $1 AND `+draftSQL, digest).
		Scan(&d.row, &d.number, &d.version, asJSON(&d.composition), asJSON(&d.news))
	return d, err
}

// recompose changes the draft of a digest: a new version of it.
func (db *DB) recompose(ctx context.Context, tx *sql.Tx, digest string, c bantin.Composition) error {
	d, err := db.currentDraft(ctx, tx, digest)
	if err != nil {
		return err
	}
	list, err := arrange(ctx, tx, d.news, &c)
	if err != nil {
		return err
	}
	composed, err := storedComposition(&c)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM edition_bulletins WHERE edition = $1`, d.row); err != nil {
		return err
	}
	if err := insertBulletins(ctx, tx, d.row, list); err != nil {
		return err
	}
	if err := giveFile(ctx, tx, d.row, c.File); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET composed = $1, version = version + 1 WHERE n = $2`, composed, d.row)
	return err
}

// endDrafts cancels the drafts of a digest that were due before.
func endDrafts(ctx context.Context, tx *sql.Tx, digest string, due time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'cancelled', done_at = NULL WHERE digest = $1 AND status = 'draft' AND due < $2`, digest, millis(due))
	if err != nil {
		return err
	}
	return removeCancelledFiles(ctx, tx)
}

// EditionApproval is a person's word that a draft may be sent.
type EditionApproval struct {
	Version  int // that they saw; 0 for the current one
	Who      string
	Audience Audience // who gets it, as of now
	Expected func(begins time.Time) time.Time
}

// Approve lets a draft be sent: at once, or, where it is a special one of a later time,
// then. Its recipients come with Freeze. ErrChanged where the version is not the current
// one, ErrNobody where nobody would get it, a *StateError where it is no draft.
func (v Editions) Approve(ctx context.Context, id string, a EditionApproval) (bantin.Edition, error) {
	e, err := v.Get(ctx, id)
	if err != nil {
		return e, err
	}
	if nobody, err := v.db.matchesNobody(ctx, e.Digest, a.Audience); err != nil || nobody {
		return e, errors.Join(err, ErrNobody)
	}
	audience, err := json.Marshal(a.Audience)
	if err != nil {
		return e, err
	}
	return v.db.transition(ctx, ActionApprove, id, func(tx *sql.Tx, n int64, status bantin.EditionStatus) error {
		if status != bantin.EditionDraft {
			return &StateError{id, status, ActionApprove}
		}
		var version int
		var due int64
		if err := tx.QueryRowContext(ctx, `SELECT version, due FROM editions WHERE n = $1`, n).Scan(&version, &due); err != nil {
			return err
		}
		if a.Version != 0 && a.Version != version {
			return fmt.Errorf("edition %q: %w", id, ErrChanged)
		}
		now := v.db.now()
		if _, err := tx.ExecContext(ctx, `UPDATE editions SET approved_by = $1, approved_at = $2, status = 'scheduled' WHERE n = $3`, a.Who, millis(now), n); err != nil {
			return err
		}
		if due > millis(now) {
			return nil // a special one
		}
		return v.db.begin(ctx, tx, n, string(audience), a.Expected)
	})
}

// begin lets an edition go whose time has come.
func (db *DB) begin(ctx context.Context, tx *sql.Tx, edition int64, audience string, expected func(time.Time) time.Time) error {
	var by int64
	if expected != nil {
		by = millis(expected(db.now()))
	}
	_, err := tx.ExecContext(ctx, `UPDATE editions SET status = 'open', audience = $1, expected = $2, owes = CASE WHEN report <> '' THEN 1 ELSE 0 END WHERE n = $3`,
		audience, by, edition)
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'generation'`)
	}
	return err
}

// storedComposition is what the store keeps; "" where nothing was composed.
func storedComposition(c *bantin.Composition) (string, error) {
	if c.IsEmpty() {
		return "", nil
	}
	text, err := json.Marshal(c)
	return string(text), err
}

// loadComposed adds what the office composed. A subject of its own is literal, so that
// the template is that string.
func loadComposed(e *bantin.Edition, stored string) error {
	if stored == "" {
		return nil
	}
	e.Composed = &bantin.Composition{}
	if err := json.Unmarshal([]byte(stored), e.Composed); err != nil {
		return fmt.Errorf("what was composed of edition %s: %w", e.ID, err)
	}
	e.Subject = SubjectTemplate(e.Composed.Subject, e.Subject)
	return nil
}

// SubjectTemplate gives the template of a subject that was composed, which is taken
// literally; where it is empty, that of the digest.
func SubjectTemplate(composed, digest string) string {
	if composed == "" {
		return digest
	}
	return "{{" + strconv.Quote(composed) + "}}"
}
