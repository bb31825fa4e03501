package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bantin"
)

// Editions makes editions and moves them through their states:
//
//   - Make inserts one with its bulletins, Freeze writes its recipients into the
//     ledger, Finish marks it done.
//   - MayBegin, Timed, AdvanceWindow, AdvanceCanary, WithWork and NextDue tell
//     senders when to work on it.
//   - AddOutcomes and Judge tell refusals of some from a wave, which holds it;
//     HeldDomains gives the receiving domains that wait.
//   - Draft gives what waits for approval, Approve lets it be sent; Special plans an
//     edition at a time of its own, Scheduled and BeginScheduled begin it then.
//   - Pause, Resume, Hold, Cancel, SkipCancelled, RetryFailed and Resend are what a
//     person or an alarm does to it.
//   - Rows and Audit compare what is stored of one with itself; IsPruned tells that its
//     deliveries were removed by age.
//   - Get, ByRow, List, Past, Unsettled, Unfinished, OldestUnsettled, Bulletins, NextNumber
//     and Version read editions.
//
// Its messages are in the ledger: see Deliveries.
type Editions struct{ db *DB }

// Editions gives the view of the editions.
func (db *DB) Editions() Editions { return Editions{db} }

// editionColumns are those of an edition e as it is shown: one that may not be
// sent at this hour, or waits after its first wave, is open.
func (db *DB) editionColumns() string {
	return `e.n, e.digest, e.number, e.due, CASE WHEN e.status = 'sending' AND NOT (` + db.mayBeginSQL() + `) THEN 'open' ELSE e.status END,
		CASE WHEN e.wave = 2 AND e.wave_ends > e.opens THEN e.wave_ends ELSE e.opens END, ` + db.clock() + `,
		e.frozen, e.recipients, e.title, e.subject, e.max, e.created_at, e.special, e.version, e.composed, e.approved_by, e.approved_at, e.corrections`
}

func scanEdition(row scanner) (bantin.Edition, error) {
	var e bantin.Edition
	var opens, now, approved int64
	var composed, approvedBy, corrected string
	err := row.Scan(&e.Row, &e.Digest, &e.Number, asTime(&e.Due), &e.Status, &opens, &now, &e.Frozen, &e.Recipients,
		&e.Title, &e.Subject, &e.Max, asTime(&e.Created), &e.IsSpecial, &e.Version, &composed, &approvedBy, &approved, &corrected)
	if err != nil {
		return bantin.Edition{}, err
	}
	if err := loadComposed(&e, composed); err != nil {
		return bantin.Edition{}, err
	}
	if err := loadCorrections(&e, corrected); err != nil {
		return bantin.Edition{}, err
	}
	if approvedBy != "" {
		e.Approved = &bantin.Approval{By: approvedBy, At: fromMillis(approved)}
	}
	e.ID = bantin.EditionID(e.Digest, e.Number)
	if e.Status == bantin.EditionOpen && e.Frozen && opens > now {
		e.Opens = fromMillis(opens)
	}
	return e, nil
}

func (db *DB) editionBy(ctx context.Context, where string, args ...any) (bantin.Edition, error) {
	e, err := scanEdition(db.reader.QueryRowContext(ctx, `SELECT `+db.editionColumns()+` FROM editions e WHERE `+where, args...))
	if err != nil {
		return e, lookedUp(err, "edition", "")
	}
	return e, db.loadEdition(ctx, &e)
}

// loadEdition adds bulletins and counts, and why it is held or waits.
func (db *DB) loadEdition(ctx context.Context, e *bantin.Edition) error {
	var err error
	e.Bulletins, err = collectColumn[string](ctx, db.reader, `SELECT b.id FROM edition_bulletins eb JOIN bulletins b ON b.n = eb.bulletin WHERE eb.edition = $1 ORDER BY eb.position`, e.Row)
	if err != nil {
		return fmt.Errorf("bulletins of edition %s: %w", e.ID, err)
	}
	if e.Counts, e.Unaccounted, err = db.counts(ctx, e.Row); err != nil {
		return err
	}
	if e.Returned, err = countReturned(ctx, db.reader, e.Row); err != nil {
		return err
	}
	return db.loadStanding(ctx, e)
}

// Get gives the edition with this id (DIGEST-NUMBER); bantin.ErrNotFound.
func (v Editions) Get(ctx context.Context, id string) (bantin.Edition, error) {
	e, err := v.db.editionBy(ctx, `e.digest || '-' || e.number = $1`, id)
	if errors.Is(err, bantin.ErrNotFound) {
		return e, fmt.Errorf("edition %q: %w", id, bantin.ErrNotFound)
	}
	return e, err
}

// ByRow gives the edition of a row of the ledger; bantin.ErrNotFound.
func (v Editions) ByRow(ctx context.Context, row int64) (bantin.Edition, error) {
	return v.db.editionBy(ctx, `e.n = $1`, row)
}

// List gives the editions of a digest, or of all where digest is "", the
// newest first, at most limit.
func (v Editions) List(ctx context.Context, digest string, limit int) ([]bantin.Edition, error) {
	return v.db.editions(ctx, `($1 = '' OR e.digest = $1) ORDER BY e.due DESC, e.n DESC LIMIT $2`, digest, limit)
}

// Past gives the public editions of a digest that have a lower number than before
// (0: all), the highest first, at most limit.
func (v Editions) Past(ctx context.Context, digest string, before, limit int) ([]bantin.Edition, error) {
	return v.db.editions(ctx, `e.digest = $1 AND e.status NOT IN ('cancelled', 'draft', 'scheduled') AND ($2 = 0 OR e.number < $2) ORDER BY e.number DESC LIMIT $3`, digest, before, limit)
}

// Unsettled gives the editions that have work left, the oldest first.
func (v Editions) Unsettled(ctx context.Context) ([]bantin.Edition, error) {
	return v.db.editions(ctx, `e.status IN ('open', 'sending') ORDER BY e.due, e.n`)
}

// Unfinished gives the editions that are neither done nor cancelled, also those that are
// paused or held, the oldest first.
func (v Editions) Unfinished(ctx context.Context) ([]bantin.Edition, error) {
	return v.db.editions(ctx, `e.status IN ('open', 'sending', 'paused', 'held') ORDER BY e.due, e.n`)
}

// OldestUnsettled gives the oldest edition of a digest that is neither done nor
// cancelled; ok is false where there is none.
func (v Editions) OldestUnsettled(ctx context.Context, digest string) (e bantin.Edition, ok bool, err error) {
	e, err = v.db.editionBy(ctx, `e.digest = $1 AND e.status IN ('open', 'sending', 'paused', 'held') ORDER BY e.due, e.n LIMIT 1`, digest)
	if errors.Is(err, bantin.ErrNotFound) {
		return e, false, nil
	}
	return e, err == nil, err
}

func (db *DB) editions(ctx context.Context, where string, args ...any) ([]bantin.Edition, error) {
	list, err := collect(ctx, db.reader, scanEdition, `SELECT `+db.editionColumns()+` FROM editions e WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	for i := range list {
		if err := db.loadEdition(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Bulletins gives the bulletins of an edition at the revision they were
// frozen at, in the order of their arrival, without what was withdrawn or held
// since. A special edition that waits for its time and that nobody approved has
// them as they are now, as BeginScheduled will freeze them. One that was merged away stands for what it lives on in, unless that
// is in the edition too.
func (v Editions) Bulletins(ctx context.Context, edition int64) ([]bantin.Bulletin, error) {
	list, err := collect(ctx, v.db.reader, func(row scanner) (b bantin.Bulletin, err error) {
		var merged sql.NullString
		b, err = scanRevision(row, &merged)
		return b, err
	}, `SELECT `+bulletinColumns+` FROM edition_bulletins eb
		JOIN editions e ON e.n = eb.edition
		JOIN bulletins b ON b.n = eb.bulletin
		JOIN revisions r ON r.bulletin = eb.bulletin AND r.revision = CASE WHEN e.status = 'scheduled' AND e.approved_by = '' THEN b.revision ELSE eb.revision END
		WHERE eb.edition = $1 AND (b.listed = 1 OR EXISTS (SELECT 1 FROM bulletins kept
			WHERE kept.id = b.merged_into AND kept.listed = 1 AND NOT EXISTS (
				SELECT 1 FROM edition_bulletins other JOIN bulletins o ON o.n = other.bulletin
				WHERE other.edition = eb.edition AND (o.n = kept.n OR o.merged_into = kept.id AND other.position < eb.position))))
		ORDER BY eb.position`, edition)
	return list, wrap(err, "bulletins of the edition")
}

// NextNumber gives the number of a digest's next edition.
func (v Editions) NextNumber(ctx context.Context, digest string, first int) (int, error) {
	n, err := get[int](ctx, v.db.reader, `SELECT COALESCE(MAX(number) + 1, $2) FROM editions WHERE digest = $1`, digest, first)
	return n, wrap(explain(err), "number the next edition of %s", digest)
}
