package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// Plan is an edition to be made.
type Plan struct {
	Digest   *bantin.Digest
	Due      time.Time
	Tags     [][]string // of the digest's selection; see Filter
	Audience Audience
}

// ErrNoNews says that an edition would be empty and its digest skips those.
var ErrNoNews = errors.New("there is nothing new")

// MakeEdition makes the edition of a digest for a due time and freezes its
// bulletins. Any number of nodes may try: whoever is not first gets the
// edition that is there, and made is false. Recipients come with Freeze.
func (db *DB) MakeEdition(ctx context.Context, p Plan) (e bantin.Edition, made bool, err error) {
	audience, err := json.Marshal(p.Audience)
	if err != nil {
		return e, false, err
	}
	var row int64
	err = db.write(ctx, "make edition of "+p.Digest.ID, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT n FROM editions WHERE digest = $1 AND due = $2`, p.Digest.ID, millis(p.Due)).Scan(&row)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		news, err := db.news(ctx, tx, p.Digest.ID, p.Tags)
		if err != nil {
			return err
		}
		if len(news) == 0 && p.Digest.WhenEmpty != bantin.WhenEmptySend {
			return ErrNoNews
		}
		made = true
		row, err = db.insertEdition(ctx, tx, p, string(audience), news)
		return err
	})
	if err != nil {
		return e, false, err
	}
	e, err = db.editionBy(ctx, `e.n = $1`, row)
	return e, made, err
}

func (db *DB) insertEdition(ctx context.Context, tx *sql.Tx, p Plan, audience string, news []newsRow) (int64, error) {
	var row int64
	err := tx.QueryRowContext(ctx, `INSERT INTO editions (digest, number, due, status, title, subject, max, audience, created_at)
		VALUES ($1, (SELECT COALESCE(MAX(number) + 1, $2) FROM editions WHERE digest = $1), $3, $4, $5, $6, $7, $8, $9) RETURNING n`,
		p.Digest.ID, p.Digest.FirstNumber, millis(p.Due), bantin.EditionOpen, p.Digest.Title, p.Digest.Subject,
		p.Digest.Max, audience, millis(db.now())).Scan(&row)
	if err != nil {
		return 0, err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO edition_bulletins (edition, position, bulletin, revision) VALUES ($1, $2, $3, $4)`)
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	for i, r := range news {
		if _, err := insert.ExecContext(ctx, row, i+1, r.n, r.revision); err != nil {
			return 0, err
		}
	}
	return row, nil
}

const editionColumns = `e.n, e.digest, e.number, e.due, e.status, e.title, e.subject, e.max, e.created_at`

func scanEdition(row interface{ Scan(...any) error }) (bantin.Edition, error) {
	var e bantin.Edition
	var due, created int64
	err := row.Scan(&e.Row, &e.Digest, &e.Number, &due, &e.Status, &e.Title, &e.Subject, &e.Max, &created)
	e.ID, e.Due, e.Created = bantin.EditionID(e.Digest, e.Number), moment(due), moment(created)
	return e, err
}

func (db *DB) editionBy(ctx context.Context, where string, args ...any) (bantin.Edition, error) {
	e, err := scanEdition(db.reader.QueryRowContext(ctx, `SELECT `+editionColumns+` FROM editions e WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return e, fmt.Errorf("edition: %w", bantin.ErrNotFound)
	}
	if err != nil {
		return e, fmt.Errorf("look up edition: %w", explain(err))
	}
	return e, db.complete(ctx, &e)
}

// complete adds bulletins and counts.
func (db *DB) complete(ctx context.Context, e *bantin.Edition) error {
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		e.Bulletins = append(e.Bulletins, id)
		return err
	}, `SELECT b.id FROM edition_bulletins eb JOIN bulletins b ON b.n = eb.bulletin WHERE eb.edition = $1 ORDER BY eb.position`, e.Row)
	if err != nil {
		return fmt.Errorf("bulletins of edition %s: %w", e.ID, err)
	}
	if e.Counts, err = db.counts(ctx, e.Row); err != nil {
		return err
	}
	e.Returned, err = db.returned(ctx, e.Row)
	return err
}

// Edition gives the edition with this id (DIGEST-NUMBER); bantin.ErrNotFound.
func (db *DB) Edition(ctx context.Context, id string) (bantin.Edition, error) {
	e, err := db.editionBy(ctx, `e.digest || '-' || e.number = $1`, id)
	if errors.Is(err, bantin.ErrNotFound) {
		return e, fmt.Errorf("edition %q: %w", id, bantin.ErrNotFound)
	}
	return e, err
}

// Editions gives the editions of a digest, or of all where digest is "", the
// newest first, at most limit.
func (db *DB) Editions(ctx context.Context, digest string, limit int) ([]bantin.Edition, error) {
	return db.editions(ctx, `($1 = '' OR e.digest = $1) ORDER BY e.due DESC, e.n DESC LIMIT $2`, digest, limit)
}

// Unsettled gives the editions that have work left, the oldest first.
func (db *DB) Unsettled(ctx context.Context) ([]bantin.Edition, error) {
	return db.editions(ctx, `e.status IN ('open', 'sending') ORDER BY e.due, e.n`)
}

func (db *DB) editions(ctx context.Context, where string, args ...any) ([]bantin.Edition, error) {
	var list []bantin.Edition
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		e, err := scanEdition(rows)
		list = append(list, e)
		return err
	}, `SELECT `+editionColumns+` FROM editions e WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	for i := range list {
		if err := db.complete(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// EditionBulletins gives the bulletins of an edition at the revision they were
// frozen at, in the order of their arrival, without what was withdrawn or held
// since. One that was merged away stands for what it lives on in, unless that
// is in the edition too.
func (db *DB) EditionBulletins(ctx context.Context, edition int64) ([]bantin.Bulletin, error) {
	var list []bantin.Bulletin
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var merged sql.NullString
		b, err := scanRevision(rows, &merged)
		list = append(list, b)
		return err
	}, `SELECT `+bulletinColumns+` FROM edition_bulletins eb
		JOIN bulletins b ON b.n = eb.bulletin
		JOIN revisions r ON r.bulletin = eb.bulletin AND r.revision = eb.revision
		WHERE eb.edition = $1 AND (b.listed = 1 OR EXISTS (SELECT 1 FROM bulletins kept
			WHERE kept.id = b.merged_into AND kept.listed = 1 AND NOT EXISTS (
				SELECT 1 FROM edition_bulletins other JOIN bulletins o ON o.n = other.bulletin
				WHERE other.edition = eb.edition AND (o.n = kept.n OR o.merged_into = kept.id AND other.position < eb.position))))
		ORDER BY eb.position`, edition)
	if err != nil {
		return nil, fmt.Errorf("bulletins of the edition: %w", err)
	}
	return list, nil
}

// NextNumber gives the number of a digest's next edition.
func (db *DB) NextNumber(ctx context.Context, digest string, first int) (int, error) {
	var n int
	err := db.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(number) + 1, $2) FROM editions WHERE digest = $1`, digest, first).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("number the next edition of %s: %w", digest, explain(err))
	}
	return n, nil
}
