package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bantin"
)

// Tagger gives what a bulletin is chosen by; see Filter.
type Tagger func(*bantin.Bulletin) []string

// ErrSelfMerge says that a bulletin was to be merged into itself.
var ErrSelfMerge = errors.New("a bulletin cannot be merged into itself")

// Withdraw takes a bulletin from readers, as gone for good: its page answers
// 410. What its source says later changes nothing. Like the verdicts below it
// gives the bulletin as it stands then; bantin.ErrNotFound, or a *MergedError
// where it lives on under another id.
func (v Bulletins) Withdraw(ctx context.Context, id string) (bantin.Bulletin, error) {
	return v.db.decide(ctx, "withdraw", id, nil, func(v *verdict) { v.withdrawn = sql.NullBool{Bool: true, Valid: true} })
}

// WithdrawAnnounced is Withdraw with a reason that the next edition of each digest that
// carried the bulletin says at its head.
func (v Bulletins) WithdrawAnnounced(ctx context.Context, id, reason string) (bantin.Bulletin, error) {
	return v.db.decideAnnounced(ctx, "withdraw", id, reason, nil, func(v *verdict) { v.withdrawn = sql.NullBool{Bool: true, Valid: true} })
}

// Hold keeps a bulletin from readers until it is released, for a reason that
// is not empty.
func (v Bulletins) Hold(ctx context.Context, id, reason string) (bantin.Bulletin, error) {
	return v.db.decide(ctx, "hold", id, nil, func(v *verdict) { v.held = sql.NullString{String: reason, Valid: true} })
}

// Release lets readers see a bulletin that was held or withdrawn, by a person or a source.
// It becomes news now, if it never was and is no history.
func (v Bulletins) Release(ctx context.Context, id string, tags Tagger) (bantin.Bulletin, error) {
	return v.db.decide(ctx, "release", id, tags, (*verdict).release)
}

// Correct puts a person's words over the source's, field by field, now and
// whenever the source is read again; the fields of undo say again what the source
// says. A correction of what readers see is a revision, and no news.
func (v Bulletins) Correct(ctx context.Context, id string, c Correction, undo []Field, tags Tagger) (bantin.Bulletin, error) {
	if err := c.Validate(); err != nil {
		return bantin.Bulletin{}, fmt.Errorf("correct bulletin %q: %w", id, err)
	}
	return v.db.decideAnnounced(ctx, "correct", id, c.Announce, tags, func(v *verdict) {
		v.correction.takeBack(undo)
		v.correction.add(&c)
	})
}

// decide stores a person's verdict on a bulletin and what follows from it.
func (db *DB) decide(ctx context.Context, act, id string, tags Tagger, speak func(*verdict)) (bantin.Bulletin, error) {
	return db.decideAnnounced(ctx, act, id, "", tags, speak)
}

// decideAnnounced is decide, and keeps what is announced of it; "" for nothing.
func (db *DB) decideAnnounced(ctx context.Context, act, id, announcement string, tags Tagger, speak func(*verdict)) (bantin.Bulletin, error) {
	err := db.write(ctx, act+" bulletin", func(tx *sql.Tx) error {
		return db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			in.rules.Tags = tags
			k, err := in.loadUnmerged(ctx, id)
			if err != nil {
				return err
			}
			b, err := in.decide(ctx, k, speak)
			if err != nil {
				return err
			}
			return in.announce(ctx, k, b, announcement)
		})
	})
	if err != nil {
		return bantin.Bulletin{}, err
	}
	return db.Bulletins().Get(ctx, id)
}

func (in *bulletinTx) decide(ctx context.Context, k *storedBulletin, speak func(*verdict)) (*bantin.Bulletin, error) {
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return nil, err
	}
	if v == nil {
		v = &verdict{}
		v.applyOver(&k.bulletin)
	}
	speak(v)
	if err := in.saveVerdict(ctx, k.n, v); err != nil {
		return nil, err
	}
	b := v.apply(&k.bulletin)
	var tags []string
	if in.rules.Tags != nil {
		tags = in.rules.Tags(b)
	}
	_, err = in.update(ctx, k, b, tags)
	return b, err
}

// loadUnmerged finds a bulletin that was not merged away.
func (in *bulletinTx) loadUnmerged(ctx context.Context, id string) (*storedBulletin, error) {
	k, err := in.load(ctx, `b.id = $1`, id)
	switch {
	case err != nil:
		return nil, err
	case k == nil:
		return nil, fmt.Errorf("bulletin %q: %w", id, bantin.ErrNotFound)
	case k.into != "":
		return nil, fmt.Errorf("bulletin %q: %w", id, &MergedError{Into: k.into})
	}
	return k, nil
}

// Merge makes two bulletins that tell the same story one: id stays as it is
// and has the origins of both, other lives on in it. What a source says later
// under other is no revision of id. An edition that had either had both.
// A second time changes nothing.
func (v Bulletins) Merge(ctx context.Context, id, other string) (bantin.Bulletin, error) {
	if id == other {
		return bantin.Bulletin{}, fmt.Errorf("merge bulletin %q: %w", id, ErrSelfMerge)
	}
	err := v.db.write(ctx, "merge bulletins", func(tx *sql.Tx) error {
		return v.db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			kept, err := in.loadUnmerged(ctx, id)
			if err != nil {
				return err
			}
			gone, err := in.loadUnmerged(ctx, other)
			if merged := (*MergedError)(nil); errors.As(err, &merged) && merged.Into == id {
				return nil
			}
			if err != nil {
				return err
			}
			return in.merge(ctx, kept, gone)
		})
	})
	if err != nil {
		return bantin.Bulletin{}, err
	}
	return v.Get(ctx, id)
}

// merge leaves the items of gone with it: by them a later look at its source
// is told from a revision of kept. What was merged into gone earlier moves on,
// so that no chain is ever longer than one step.
func (in *bulletinTx) merge(ctx context.Context, kept, gone *storedBulletin) error {
	change, at := in.nextChange()
	err := in.exec(ctx, `UPDATE bulletins SET merged_into = $1, listed = 0, change = $2, changed_at = $3 WHERE n = $4`,
		kept.id, change, at, gone.n)
	if err != nil {
		return err
	}
	if err := in.exec(ctx, `UPDATE bulletins SET merged_into = $1 WHERE merged_into = $2`, kept.id, gone.id); err != nil {
		return err
	}
	if err := in.retag(ctx, gone.seq.Int64, false, nil); err != nil {
		return err
	}
	return in.addOrigins(ctx, kept, gone.bulletin.Origins)
}

// addOrigins adds addresses to those a bulletin was found at. They are remarks: no
// reader sees a difference.
func (in *bulletinTx) addOrigins(ctx context.Context, k *storedBulletin, origins []string) error {
	if len(origins) == 0 {
		return nil
	}
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return err
	}
	if v == nil {
		v = &verdict{}
		v.applyOver(&k.bulletin)
	}
	v.correction.add(&Correction{Origins: origins})
	if err := in.saveVerdict(ctx, k.n, v); err != nil {
		return err
	}
	now, err := encode(v.apply(&k.bulletin))
	if err != nil {
		return err
	}
	return in.exec(ctx, `UPDATE revisions SET remarks = $1 WHERE bulletin = $2 AND revision = $3`,
		now.remarks, k.n, k.bulletin.Revision)
}
