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
	// EndsDrafts cancels drafts of the digest of earlier due times, whose news is this
	// edition's then.
	EndsDrafts bool

	// Expected gives by when an edition that begins then should be settled; nil
	// for never. After that who gets the digest's reports is told.
	Expected func(begins time.Time) time.Time
}

// ErrNoNews says that an edition would be empty and its digest skips those.
var ErrNoNews = errors.New("there is nothing new")

// ErrNobody says that an edition would have no recipients: it is not made, and its news
// is still news.
var ErrNobody = errors.New("the audience matches nobody")

// Make makes the edition of a digest for a due time and freezes its bulletins, with what
// the office composed for it, which is used up. Any number of nodes may try: one that is
// not first gets the edition that is there, and made is false. Recipients come with
// Freeze. Where the digest wants approval it is a draft.
func (v Editions) Make(ctx context.Context, p EditionPlan) (e bantin.Edition, made bool, err error) {
	nobody := false
	if p.NeedsRecipients { // before the write: it may look at every contact
		if nobody, err = v.db.matchesNobody(ctx, p.Digest.ID, p.Audience); err != nil {
			return e, false, err
		}
	}
	var row int64
	var notMade error // though drafts were ended
	err = v.db.write(ctx, "make edition of "+p.Digest.ID, func(tx *sql.Tx) (err error) {
		made, notMade = false, nil
		if row, p.Due, err = editionAt(ctx, tx, p.Digest.ID, p.Due); err != nil || row != 0 {
			return err
		}
		if p.EndsDrafts {
			if err := endDrafts(ctx, tx, p.Digest.ID, p.Due); err != nil {
				return err
			}
		}
		n, err := v.db.nextEdition(ctx, tx, &p)
		if err != nil {
			return err
		}
		switch {
		case len(n.bulletins) == 0 && p.Digest.WhenEmpty != bantin.WhenEmptySend:
			notMade = ErrNoNews
		case nobody:
			notMade = ErrNobody
		default:
			made = true
			row, err = v.db.insertEdition(ctx, tx, p, n)
		}
		return err
	})
	if err = errors.Join(err, notMade); err != nil {
		return e, false, err
	}
	e, err = v.db.editionBy(ctx, `e.n = $1`, row)
	return e, made, err
}

// editionAt gives the edition of a due time, 0 where there is none. One that a person set
// for the same time is another: where it has taken that, free is the next moment.
func editionAt(ctx context.Context, tx *sql.Tx, digest string, due time.Time) (row int64, free time.Time, err error) {
	for {
		var special bool
		err := tx.QueryRowContext(ctx, `SELECT n, special FROM editions WHERE digest = $1 AND due = $2`, digest, millis(due)).Scan(&row, &special)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, due, nil
		}
		if err != nil || !special {
			return row, due, err
		}
		due = due.Add(time.Millisecond)
	}
}

// newEdition is what an edition is made of.
type newEdition struct {
	status    bantin.EditionStatus
	special   bool
	composed  bantin.Composition
	news      []frozenBulletin // before it was composed
	bulletins []frozenBulletin
}

// nextEdition gives what the next edition has, and uses up what was composed for it where
// it has anything.
func (db *DB) nextEdition(ctx context.Context, tx *sql.Tx, p *EditionPlan) (n newEdition, err error) {
	n.status = bantin.EditionOpen
	if p.Digest.Approve {
		n.status = bantin.EditionDraft
	}
	if n.news, err = db.news(ctx, tx, p.Digest.ID, p.Tags); err != nil {
		return n, err
	}
	c, err := db.composedNext(ctx, tx, p.Digest.ID)
	if err != nil {
		return n, err
	}
	n.composed = c.Composition
	n.bulletins, err = arrange(ctx, tx, n.news, &n.composed)
	return n, err
}

func (db *DB) insertEdition(ctx context.Context, tx *sql.Tx, p EditionPlan, n newEdition) (int64, error) {
	var row, expected, approveBy int64
	now, d, limits := db.now(), p.Digest, p.Hold.OrDefault()
	begins := p.Due
	if now.After(begins) {
		begins = now
	}
	if p.Expected != nil && n.status == bantin.EditionOpen {
		expected = millis(p.Expected(begins))
	}
	zone := ""
	if d.Location != nil {
		zone = d.Location.String()
	}
	audience, err := json.Marshal(p.Audience)
	if err != nil {
		return 0, err
	}
	composed, err := storedComposition(&n.composed)
	if err != nil {
		return 0, err
	}
	version, news := 0, []byte(nil)
	if n.status == bantin.EditionDraft {
		version, approveBy = 1, millis(begins.Add(d.ApproveWithin))
		if news, err = json.Marshal(n.news); err != nil {
			return 0, err
		}
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO editions (digest, number, due, status, title, subject, max, audience, created_at,
			hours, zone, canary, canary_wait, wave, report, owes, expected, hold_share, hold_least, special, composed, version, news, approve_by)
		VALUES ($1, (SELECT COALESCE(MAX(number) + 1, $2) FROM editions WHERE digest = $1), $3, $4, $5, $6, $7, $8, $9,
			$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) RETURNING n`,
		d.ID, d.FirstNumber, millis(p.Due), n.status, d.Title, d.Subject, d.Max, string(audience), millis(now),
		d.Between, zone, d.Canary, d.CanaryWait.Milliseconds(), boolInt(d.Canary > 0), d.Report, boolInt(d.Report != "" && n.status == bantin.EditionOpen), expected,
		int64(math.Round(1000*limits.Share)), limits.Least, boolInt(n.special), composed, version, string(news), approveBy).Scan(&row)
	if err != nil {
		return 0, err
	}
	if !n.special { // before it has bulletins itself: it corrects what others said
		if err := takeCorrections(ctx, tx, row, d.ID); err != nil {
			return 0, err
		}
	}
	if err := insertBulletins(ctx, tx, row, n.bulletins); err != nil {
		return 0, err
	}
	if err := giveFile(ctx, tx, row, n.composed.File); err != nil {
		return 0, err
	}
	if n.special {
		return row, nil // its generation rises when it begins: a command that plans one mails nothing
	}
	if _, err := tx.ExecContext(ctx, `UPDATE compositions SET version = version + 1, content = '{}', who = '' WHERE digest = $1 AND content <> '{}'`, d.ID); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'generation'`)
	return row, err
}

func insertBulletins(ctx context.Context, tx *sql.Tx, edition int64, list []frozenBulletin) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO edition_bulletins (edition, position, bulletin, revision) VALUES ($1, $2, $3, $4)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i, b := range list {
		if _, err := insert.ExecContext(ctx, edition, i+1, b.N, b.Revision); err != nil {
			return err
		}
	}
	return nil
}
