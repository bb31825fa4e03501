package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bantin"
)

// ErrTimeTaken says that the minute of a special edition has one already.
var ErrTimeTaken = errors.New("the digest has an edition in that minute")

// Special plans a special edition of a digest at a time: with the pinned bulletins only.
// It is scheduled, or a draft where the digest wants approval. What is composed for the
// next edition stays as it is. ErrTimeTaken, or an error with bantin.ErrNotFound or
// ErrUnpublished that names a bulletin.
func (v Editions) Special(ctx context.Context, p EditionPlan, c bantin.Composition) (e bantin.Edition, err error) {
	if err := c.Validate(); err != nil {
		return e, err
	}
	n := newEdition{status: bantin.EditionScheduled, special: true, composed: c}
	if p.Digest.Approve {
		n.status = bantin.EditionDraft
	}
	var row int64
	err = v.db.write(ctx, "plan a special edition of "+p.Digest.ID, func(tx *sql.Tx) (err error) {
		minute := p.Due.Truncate(time.Minute)
		taken, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM editions WHERE digest = $1 AND due >= $2 AND due < $3 AND status <> 'cancelled')`,
			p.Digest.ID, millis(minute), millis(minute.Add(time.Minute)))
		if err != nil || taken {
			return errors.Join(err, ErrTimeTaken)
		}
		if p.Due, err = freeMoment(ctx, tx, p.Digest.ID, p.Due); err != nil {
			return err
		}
		if err := v.db.checkBulletins(ctx, tx, &Composed{}, &CompositionChange{Composition: c}); err != nil {
			return err
		}
		if n.bulletins, err = arrange(ctx, tx, nil, &c); err != nil {
			return err
		}
		row, err = v.db.insertEdition(ctx, tx, p, n)
		return err
	})
	if err != nil {
		return e, err
	}
	return v.ByRow(ctx, row)
}

// Awaited gives the editions that wait for a person or their time: drafts and special
// ones, of a digest or, where that is "", of all; the next one first.
func (v Editions) Awaited(ctx context.Context, digest string) ([]bantin.Edition, error) {
	return v.db.editions(ctx, `e.status IN ('draft', 'scheduled') AND ($1 = '' OR e.digest = $1) ORDER BY e.due, e.n`, digest)
}

// ScheduledEdition is a special edition whose time has come.
type ScheduledEdition struct {
	Row        int64
	ID, Digest string
	Due        time.Time
	IsApproved bool // by a person
}

// Scheduled gives the special editions whose time has come, the oldest first.
func (v Editions) Scheduled(ctx context.Context) (list []ScheduledEdition, err error) {
	list, err = collect(ctx, v.db.reader, func(row scanner) (s ScheduledEdition, err error) {
		var number int
		var due int64
		err = row.Scan(&s.Row, &s.Digest, &number, &due, &s.IsApproved)
		s.ID, s.Due = bantin.EditionID(s.Digest, number), fromMillis(due)
		return s, err
	}, `SELECT n, digest, number, due, CASE WHEN approved_by <> '' THEN 1 ELSE 0 END FROM editions WHERE status = 'scheduled' AND due <= $1 ORDER BY due, n`, millis(v.db.now()))
	return list, wrap(err, "list special editions")
}

// BeginScheduled lets a special edition go whose time has come. One that nobody approved
// has its bulletins as they are now. ErrNobody where nobody would get it.
func (v Editions) BeginScheduled(ctx context.Context, s ScheduledEdition, a Audience, expected func(time.Time) time.Time) error {
	if nobody, err := v.db.matchesNobody(ctx, s.Digest, a); err != nil || nobody {
		return errors.Join(err, ErrNobody)
	}
	audience, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return v.db.write(ctx, "begin edition "+s.ID, func(tx *sql.Tx) error {
		waits, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM editions WHERE n = $1 AND status = 'scheduled')`, s.Row)
		if err != nil || !waits {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE edition_bulletins SET revision = (SELECT revision FROM bulletins b WHERE b.n = edition_bulletins.bulletin)
			WHERE edition = $1 AND EXISTS (SELECT 1 FROM editions e WHERE e.n = $1 AND e.approved_by = '')`, s.Row)
		if err != nil {
			return err
		}
		return v.db.begin(ctx, tx, s.Row, string(audience), expected)
	})
}

// freeMoment is the first moment from a time on at which the digest has no edition, not
// even a cancelled one.
func freeMoment(ctx context.Context, tx *sql.Tx, digest string, at time.Time) (free time.Time, err error) {
	for {
		taken, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM editions WHERE digest = $1 AND due = $2)`, digest, millis(at))
		if err != nil || !taken {
			return at, err
		}
		at = at.Add(time.Millisecond)
	}
}
