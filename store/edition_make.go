package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"bantin"
)

// EditionPlan is an edition to be made.
type EditionPlan struct {
	Digest   *bantin.Digest
	Due      time.Time
	Tags     [][]string // of the digest's selection; see Filter
	Audience Audience
	Hold     bantin.HoldLimits // the zero value: the default
	// NeedsRecipients makes it ErrNobody, and no edition, where nobody would get it.
	NeedsRecipients bool

	// Expected gives by when an edition that begins then should be settled; nil
	// for never. After that who gets the digest's reports is told.
	Expected func(begins time.Time) time.Time
}

// ErrNoNews says that an edition would be empty and its digest skips those.
var ErrNoNews = errors.New("there is nothing new")

// ErrNobody says that an edition would have no recipients: it is not made, and its news
// is still news.
var ErrNobody = errors.New("the audience matches nobody")

// Make makes the edition of a digest for a due time and freezes its
// bulletins. Any number of nodes may try: one that is not first gets the
// edition that is there, and made is false. Recipients come with Freeze.
func (v Editions) Make(ctx context.Context, p EditionPlan) (e bantin.Edition, made bool, err error) {
	audience, err := json.Marshal(p.Audience)
	if err != nil {
		return e, false, err
	}
	nobody := false
	if p.NeedsRecipients { // before the write: it may look at every contact
		if nobody, err = v.db.matchesNobody(ctx, p.Digest.ID, p.Audience); err != nil {
			return e, false, err
		}
	}
	var row int64
	err = v.db.write(ctx, "make edition of "+p.Digest.ID, func(tx *sql.Tx) error {
		made = false
		err := tx.QueryRowContext(ctx, `SELECT n FROM editions WHERE digest = $1 AND due = $2`, p.Digest.ID, millis(p.Due)).Scan(&row)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		news, err := v.db.news(ctx, tx, p.Digest.ID, p.Tags)
		if err != nil {
			return err
		}
		if len(news) == 0 && p.Digest.WhenEmpty != bantin.WhenEmptySend {
			return ErrNoNews
		}
		if nobody {
			return ErrNobody
		}
		made = true
		if row, err = v.db.insertEdition(ctx, tx, p, string(audience), news); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'generation'`)
		return err
	})
	if err != nil {
		return e, false, err
	}
	e, err = v.db.editionBy(ctx, `e.n = $1`, row)
	return e, made, err
}

func (db *DB) insertEdition(ctx context.Context, tx *sql.Tx, p EditionPlan, audience string, news []newsRow) (int64, error) {
	var row, expected int64
	now, d, limits := db.now(), p.Digest, p.Hold.OrDefault()
	if p.Expected != nil {
		begins := p.Due
		if now.After(begins) {
			begins = now
		}
		expected = millis(p.Expected(begins))
	}
	zone := ""
	if d.Location != nil {
		zone = d.Location.String()
	}
	err := tx.QueryRowContext(ctx, `INSERT INTO editions (digest, number, due, status, title, subject, max, audience, created_at,
			hours, zone, canary, canary_wait, wave, report, owes, expected, hold_share, hold_least)
		VALUES ($1, (SELECT COALESCE(MAX(number) + 1, $2) FROM editions WHERE digest = $1), $3, $4, $5, $6, $7, $8, $9,
			$10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING n`,
		d.ID, d.FirstNumber, millis(p.Due), bantin.EditionOpen, d.Title, d.Subject, d.Max, audience, millis(now),
		d.Between, zone, d.Canary, d.CanaryWait.Milliseconds(), boolInt(d.Canary > 0), d.Report, boolInt(d.Report != ""), expected,
		int64(math.Round(1000*limits.Share)), limits.Least).Scan(&row)
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
