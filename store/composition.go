package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// Compositions keeps what the office adds to the next edition of each digest: its words,
// and which bulletins stand first or are left out. Making the edition uses it up. Where a
// regular edition waits as a draft, that is the next edition.
//
// Current reads it, Put changes it, Next gives what the next edition has by it.
type Compositions struct{ db *DB }

// Compositions gives the view of what is composed.
func (db *DB) Compositions() Compositions { return Compositions{db} }

// Composed is what is composed of an edition, with its version: who changes it names the
// version that they saw.
type Composed struct {
	bantin.Composition
	Version int
	Edition string // the draft that has it; "" for an edition that is not made yet
	Who     string // changed it last; "" for nobody
	At      time.Time
	Always  []string // bulletins that no edition of the digest has
}

// ErrChanged says that somebody changed what was to be changed, after it was looked at.
var ErrChanged = errors.New("somebody changed it meanwhile")

// ErrUnpublished says that readers do not see a bulletin that was to be pinned.
var ErrUnpublished = errors.New("readers do not see the bulletin")

// CompositionChange is a change of what is composed, by who saw it as it was.
type CompositionChange struct {
	bantin.Composition        // as it is to be
	Version            int    // that they saw
	Edition            string // that they saw: see Composed
	Who                string
	Always             []string // bulletins to leave out of all editions from now on
	Restore            []string // and those to leave out no longer
}

// Current gives what is composed of the next edition of a digest.
func (v Compositions) Current(ctx context.Context, digest string) (Composed, error) {
	c, err := v.db.composed(ctx, v.db.reader, digest)
	return c, wrap(explain(err), "read what is composed for %s", digest)
}

func (db *DB) composed(ctx context.Context, q querier, digest string) (c Composed, err error) {
	draft, err := db.currentDraft(ctx, q, digest)
	switch {
	case err == nil:
		c.Composition, c.Version, c.Edition = draft.composition, draft.version, bantin.EditionID(digest, draft.number)
	case errors.Is(err, sql.ErrNoRows):
		if c, err = db.composedNext(ctx, q, digest); err != nil {
			return c, err
		}
	default:
		return c, err
	}
	c.Always, err = collectColumn[string](ctx, q, `SELECT b.id FROM digest_drops d JOIN bulletins b ON b.n = d.bulletin WHERE d.digest = $1 ORDER BY b.n`, digest)
	return c, err
}

// composedNext gives what is composed of an edition that is not made yet.
func (db *DB) composedNext(ctx context.Context, q querier, digest string) (c Composed, err error) {
	err = q.QueryRowContext(ctx, `SELECT version, content, who, at FROM compositions WHERE digest = $1`, digest).Scan(&c.Version, asJSON(&c.Composition), &c.Who, asTime(&c.At))
	_, err = found(err)
	return c, err
}

// Put stores what is composed of the next edition of a digest. ErrChanged where that is
// not what was seen any more; an error with bantin.ErrNotFound or ErrUnpublished names a
// bulletin.
func (v Compositions) Put(ctx context.Context, digest string, change CompositionChange) (now Composed, err error) {
	if err := change.Validate(); err != nil {
		return now, err
	}
	err = v.db.write(ctx, "compose "+digest, func(tx *sql.Tx) error {
		was, err := v.db.composed(ctx, tx, digest)
		if err != nil {
			return err
		}
		if was.Version != change.Version || was.Edition != change.Edition {
			return ErrChanged
		}
		if err := v.db.checkBulletins(ctx, tx, &was, &change); err != nil {
			return err
		}
		if err := v.db.dropAlways(ctx, tx, digest, change.Always, change.Restore); err != nil {
			return err
		}
		if change.Edition != "" {
			err = v.db.recompose(ctx, tx, digest, change.Composition)
		} else {
			err = v.db.putComposition(ctx, tx, digest, change.Composition, change.Who)
		}
		if err != nil {
			return err
		}
		now, err = v.db.composed(ctx, tx, digest)
		return err
	})
	return now, err
}

// checkBulletins refuses bulletins that do not exist, and to pin those that readers do
// not see. What was pinned before stays, whatever became of it.
func (db *DB) checkBulletins(ctx context.Context, tx *sql.Tx, was *Composed, change *CompositionChange) error {
	check := func(id string, pinned bool) error {
		listed, err := get[bool](ctx, tx, `SELECT listed FROM bulletins WHERE id = $1`, id)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("bulletin %q: %w", id, bantin.ErrNotFound)
		case err == nil && pinned && !listed && !slices.Contains(was.Pin, id):
			return fmt.Errorf("bulletin %q: %w", id, ErrUnpublished)
		}
		return err
	}
	for _, id := range change.Pin {
		if err := check(id, true); err != nil {
			return err
		}
	}
	for _, id := range slices.Concat(change.Drop, change.Always, change.Restore) {
		if err := check(id, false); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) dropAlways(ctx context.Context, tx *sql.Tx, digest string, drop, restore []string) error {
	for _, id := range drop {
		_, err := tx.ExecContext(ctx, `INSERT INTO digest_drops (digest, bulletin) SELECT $1, n FROM bulletins WHERE id = $2 ON CONFLICT DO NOTHING`, digest, id)
		if err != nil {
			return err
		}
	}
	for _, id := range restore {
		_, err := tx.ExecContext(ctx, `DELETE FROM digest_drops WHERE digest = $1 AND bulletin = (SELECT n FROM bulletins WHERE id = $2)`, digest, id)
		if err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) putComposition(ctx context.Context, tx *sql.Tx, digest string, c bantin.Composition, who string) error {
	content, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO compositions (digest, version, content, who, at) VALUES ($1, 1, $2, $3, $4)
		ON CONFLICT (digest) DO UPDATE SET version = compositions.version + 1, content = excluded.content, who = excluded.who, at = excluded.at`,
		digest, string(content), who, millis(db.now()))
	return err
}

// Next gives the ids of the bulletins that the next edition of a digest would have, were
// it made now, in its order.
func (v Compositions) Next(ctx context.Context, digest string, tags [][]string) (ids []string, err error) {
	c, err := v.db.composedNext(ctx, v.db.reader, digest)
	if err != nil {
		return nil, fmt.Errorf("read what is composed for %s: %w", digest, explain(err))
	}
	news, err := v.db.news(ctx, v.db.reader, digest, tags)
	if err != nil {
		return nil, err
	}
	rows, err := arrange(ctx, v.db.reader, news, &c.Composition)
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids, err
}

// arrange puts what is pinned first and leaves out what is dropped. Of what is pinned,
// readers must see it; one that was merged away stands for what it lives on in.
func arrange(ctx context.Context, q querier, news []frozenBulletin, c *bantin.Composition) ([]frozenBulletin, error) {
	var list []frozenBulletin
	has := func(n int64) bool {
		return slices.ContainsFunc(list, func(b frozenBulletin) bool { return b.N == n })
	}
	for _, id := range c.Pin {
		var b frozenBulletin
		err := q.QueryRowContext(ctx, `SELECT k.n, k.id, k.revision FROM bulletins b JOIN bulletins k ON k.id = COALESCE(b.merged_into, b.id)
			WHERE b.id = $1 AND k.listed = 1`, id).Scan(&b.N, &b.ID, &b.Revision)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look up pinned bulletin %q: %w", id, explain(err))
		}
		if i := slices.IndexFunc(news, func(f frozenBulletin) bool { return f.N == b.N }); i >= 0 {
			b = news[i]
		}
		if !has(b.N) {
			list = append(list, b)
		}
	}
	for _, b := range news {
		if !has(b.N) && !slices.Contains(c.Drop, b.ID) {
			list = append(list, b)
		}
	}
	return list, nil
}
