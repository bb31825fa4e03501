package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"bantin"
)

// newsWindow is how far back an edition looks for news that none has had.
const newsWindow = 31 * 24 * time.Hour

// Audience is who gets a digest without having asked, as the store compares it.
type Audience struct {
	Levels    []bantin.Level    `json:"levels,omitempty"`
	AnyPlace  bool              `json:"any_place,omitempty"`
	Places    []string          `json:"places,omitempty"` // every slug a contact's place may have
	Languages []bantin.Language `json:"languages,omitempty"`
	Tags      []string          `json:"tags,omitempty"`
	Site      bantin.Language   `json:"site"` // language of contacts that have none
}

// Plan is an edition to be made.
type Plan struct {
	Digest   *bantin.Digest
	Due      time.Time
	Tags     [][]string // of the digest's selection; see Filter
	Audience Audience
}

// had is the condition that an uncancelled edition of the digest has had b.
const had = `EXISTS (SELECT 1 FROM edition_bulletins eb JOIN editions e ON e.n = eb.edition
	WHERE eb.bulletin = b.n AND e.digest = %s AND e.status <> 'cancelled')`

// News gives the ids of what the next edition of the digest would hold: every
// publishable bulletin of the selection that became news in the last 31 days
// (or since the digest's last edition, if that is longer ago) and that no
// uncancelled edition of it has had; in the order of their arrival.
func (db *DB) News(ctx context.Context, digest string, tags [][]string) ([]string, error) {
	rows, err := db.news(ctx, db.reader, digest, tags)
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	return ids, err
}

type newsRow struct {
	n        int64
	id       string
	revision int
}

func (db *DB) news(ctx context.Context, q querier, digest string, tags [][]string) ([]newsRow, error) {
	var last sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT MAX(created_at) FROM editions WHERE digest = $1 AND status <> 'cancelled'`, digest).Scan(&last)
	if err != nil {
		return nil, fmt.Errorf("find news of %s: %w", digest, explain(err))
	}
	since := millis(db.now().Add(-newsWindow))
	if last.Valid {
		since = min(since, last.Int64)
	}
	var args params
	query := `SELECT b.n, b.id, b.revision FROM bulletins b WHERE b.listed = 1 AND b.news_at >= ` + args.add(since) +
		alsoTagged(&args, "b.seq", tags) + ` AND NOT ` + fmt.Sprintf(had, args.add(digest)) + ` ORDER BY b.seq`
	var list []newsRow
	err = each(ctx, q, func(rows *sql.Rows) error {
		var r newsRow
		err := rows.Scan(&r.n, &r.id, &r.revision)
		list = append(list, r)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("find news of %s: %w", digest, err)
	}
	return list, nil
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

// Freeze writes the next batch of an edition's recipients, and their chunk of
// the ledger, in one transaction; done tells that all are in and the edition
// is sendable. Any number of nodes may call it for the same edition.
func (db *DB) Freeze(ctx context.Context, edition int64, chunk int) (done bool, err error) {
	err = db.write(ctx, "freeze recipients", func(tx *sql.Tx) error {
		var (
			digest, audienceText string
			after                int64
			a                    Audience
		)
		err := tx.QueryRowContext(ctx, `SELECT digest, audience, frozen_to, frozen FROM editions WHERE n = $1`, edition).
			Scan(&digest, &audienceText, &after, &done)
		if err != nil || done {
			return err
		}
		if err := json.Unmarshal([]byte(audienceText), &a); err != nil {
			return fmt.Errorf("audience of the edition: %w", err)
		}
		done, err = db.freezeBatch(ctx, tx, edition, digest, a, after, chunk)
		return err
	})
	return done, err
}

func (db *DB) freezeBatch(ctx context.Context, tx *sql.Tx, edition int64, digest string, a Audience, after int64, chunk int) (done bool, err error) {
	// The batch is bounded by contacts looked at, so that an audience of few
	// among millions does not hold the database up.
	var to int64
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM contacts WHERE id > $1 ORDER BY id LIMIT $2)`,
		after, chunk*4).Scan(&to)
	if err != nil {
		return false, err
	}
	if to == 0 {
		_, err := tx.ExecContext(ctx, `UPDATE editions SET frozen = 1, status = CASE WHEN status = 'open' THEN 'sending' ELSE status END WHERE n = $1`, edition)
		return true, err
	}
	var args params
	args.add(edition)
	query := `INSERT INTO deliveries (edition, contact, address, name, place, language, why, status, attempts, next_attempt, updated_at, reply)
		SELECT $1, c.id, c.email, c.name, c.place, CASE WHEN c.language = '' THEN ` + args.add(a.Site) + ` ELSE c.language END,
			CASE WHEN s.status = 'active' THEN 'signup' ELSE 'office' END, 'queued', 0, 0, ` + args.add(millis(db.now())) + `, ''
		` + a.from(&args, digest) + ` AND c.id > ` + args.add(after) + ` AND c.id <= ` + args.add(to)
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	if n > 0 {
		_, err = tx.ExecContext(ctx, `INSERT INTO chunks (edition, chunk, lo, hi)
			VALUES ($1, (SELECT COALESCE(MAX(chunk), 0) + 1 FROM chunks WHERE edition = $1), $2, $3)`, edition, after+1, to)
		if err != nil {
			return false, err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE editions SET frozen_to = $1, recipients = recipients + $2 WHERE n = $3`, to, n, edition)
	return false, err
}

// from gives FROM and WHERE for the contacts c that get the digest: who signed
// up for it, and who is in its audience, known to the office and said nothing.
func (a *Audience) from(args *params, digest string) string {
	var fits strings.Builder
	fits.WriteString(`c.origin IN ('import', 'office')`)
	if len(a.Levels) > 0 {
		fits.WriteString(` AND c.level IN ` + args.list(texts(a.Levels)))
	}
	if !a.AnyPlace {
		fits.WriteString(` AND c.place IN ` + args.list(a.Places))
	}
	if len(a.Languages) > 0 {
		fits.WriteString(` AND (CASE WHEN c.language = '' THEN ` + args.add(a.Site) + ` ELSE c.language END) IN ` + args.list(texts(a.Languages)))
	}
	if len(a.Tags) > 0 {
		var any []string
		for _, tag := range a.Tags {
			any = append(any, `c.tags LIKE `+args.add("%|"+likeLiteral(tag)+"|%")+` ESCAPE '!'`)
		}
		fits.WriteString(` AND (` + strings.Join(any, ` OR `) + `)`)
	}
	return `FROM contacts c LEFT JOIN subscriptions s ON s.contact = c.id AND s.digest = ` + args.add(digest) + `
		WHERE (s.status = 'active' OR (COALESCE(s.status, 'pending') = 'pending' AND ` + fits.String() + `))
		AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key = c.address_key)`
}

// likeLiteral keeps % and _ of a tag from being wildcards.
func likeLiteral(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// CountAudience tells how many contacts would get the digest now; with
// addresses given, how many of those.
func (db *DB) CountAudience(ctx context.Context, digest string, a Audience, addresses []string) (int, error) {
	return countAudience(ctx, db.reader, digest, a, addresses)
}

func countAudience(ctx context.Context, q querier, digest string, a Audience, addresses []string) (int, error) {
	var args params
	query := `SELECT COUNT(*) ` + a.from(&args, digest)
	if addresses != nil {
		raw, err := json.Marshal(addresses)
		if err != nil {
			return 0, err
		}
		query += ` AND c.address_key IN (SELECT value FROM json_each(` + args.add(string(raw)) + `))`
	}
	var n int
	if err := q.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count audience of %s: %w", digest, explain(err))
	}
	return n, nil
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
	e.Counts, err = db.counts(ctx, e.Row)
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
// frozen at, in the order of their arrival, without what was withdrawn, held
// or merged away since.
func (db *DB) EditionBulletins(ctx context.Context, edition int64) ([]bantin.Bulletin, error) {
	var list []bantin.Bulletin
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		b, err := scanBulletin(rows)
		list = append(list, b)
		return err
	}, `SELECT `+bulletinColumns+` FROM edition_bulletins eb
		JOIN bulletins b ON b.n = eb.bulletin
		JOIN revisions r ON r.bulletin = eb.bulletin AND r.revision = eb.revision
		WHERE eb.edition = $1 AND b.listed = 1 ORDER BY eb.position`, edition)
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
