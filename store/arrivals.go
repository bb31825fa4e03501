package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bantin"
)

// Arrival is what a source brought: an item and the bulletin that is in it.
type Arrival struct {
	Source   string
	Aliases  []string // earlier ids of the source
	Item     string
	Version  string
	Digest   string // of the raw item
	Identity string // what the bulletin is known by: "url:…" or "file:…"
	Bulletin *bantin.Bulletin
	Tags     []string
}

// Outcome is what became of an arrival.
type Outcome struct {
	ID   string
	Kind OutcomeKind
	// Replaced is the bulletin that the same item held before, where the new
	// text has so little in common with it that it is another bulletin.
	Replaced string
}

// OutcomeKind tells the outcomes apart.
type OutcomeKind string

// What can become of an arrival.
const (
	Added     OutcomeKind = "added"
	Revised   OutcomeKind = "revised"
	Unchanged OutcomeKind = "unchanged"
	Withdrawn OutcomeKind = "withdrawn"
	Restored  OutcomeKind = "restored"
)

// Rules are what Arrive must be told of bulletins.
type Rules struct {
	// SameStory says whether a new text under the same path is a revision of
	// the old one; else it is another bulletin.
	SameStory func(before, after *bantin.Bulletin) bool
	// FeedID makes the permanent id of feed entries from an identity.
	FeedID func(identity string) string
}

// Arrive stores a small batch of arrivals in one transaction: all or none.
func (db *DB) Arrive(ctx context.Context, batch []Arrival, rules Rules) ([]Outcome, error) {
	outcomes := make([]Outcome, 0, len(batch))
	err := db.write(ctx, "store bulletins", func(tx *sql.Tx) error {
		in := intake{tx: tx, now: millis(db.now()), rules: rules}
		for i := range batch {
			o, err := in.take(ctx, &batch[i])
			if err != nil {
				return fmt.Errorf("%q of source %s: %w", batch[i].Item, batch[i].Source, err)
			}
			outcomes = append(outcomes, o)
		}
		return nil
	})
	return outcomes, err
}

// intake is one transaction that takes arrivals in.
type intake struct {
	tx    *sql.Tx
	now   int64
	rules Rules
}

// known is a stored bulletin that an arrival may belong to.
type known struct {
	n        int64
	id       string
	identity string
	hash     string
	seq      sql.NullInt64
	listed   bool
	bulletin bantin.Bulletin
}

func (in *intake) take(ctx context.Context, a *Arrival) (Outcome, error) {
	k, replaced, err := in.find(ctx, a)
	if err != nil {
		return Outcome{}, err
	}
	c := contentOf(a.Bulletin)
	text, hash, err := c.encode()
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	if k == nil {
		o, k, err = in.add(ctx, a, text, hash)
	} else {
		o, err = in.revise(ctx, a, k, text, hash)
	}
	if err != nil {
		return Outcome{}, err
	}
	o.Replaced = replaced
	_, err = in.tx.ExecContext(ctx, `INSERT INTO items (source, item, version, digest, bulletin, gone)
		VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (source, item) DO UPDATE SET version = excluded.version, digest = excluded.digest,
			bulletin = excluded.bulletin, gone = 0`, a.Source, a.Item, a.Version, a.Digest, k.n)
	return o, err
}

// find looks for the bulletin that the arrival is another look at. An item
// keeps to the story it began, unless it now names another address or shares
// too little with what it held: then replaced is the id of that.
func (in *intake) find(ctx context.Context, a *Arrival) (k *known, replaced string, err error) {
	named, err := in.named(ctx, a)
	if err != nil {
		return nil, "", err
	}
	held, err := in.known(ctx, `b.n = (SELECT bulletin FROM items WHERE source = $1 AND item = $2)`, a.Source, a.Item)
	if err != nil {
		return nil, "", err
	}
	if isURL(a.Identity) && (named != nil || held != nil && isURL(held.identity)) {
		return named, "", nil
	}
	if held == nil {
		held = named
	}
	if held == nil {
		k, err = in.known(ctx, `b.n = (SELECT bulletin FROM items
			WHERE digest = $1 AND source = $2 AND bulletin IS NOT NULL LIMIT 1)`, a.Digest, a.Source)
		return k, "", err
	}
	if !in.rules.SameStory(&held.bulletin, a.Bulletin) {
		return nil, held.id, nil
	}
	return held, "", nil
}

// named looks the arrival up by what it calls itself.
func (in *intake) named(ctx context.Context, a *Arrival) (*known, error) {
	for _, identity := range a.identities() {
		if k, err := in.known(ctx, `b.identity = $1`, identity); k != nil || err != nil {
			return k, err
		}
	}
	return nil, nil
}

// identities are what the arrival may be known by, its source's old ids included.
func (a *Arrival) identities() []string {
	list := []string{a.Identity}
	if !isURL(a.Identity) {
		for _, alias := range a.Aliases {
			list = append(list, "file:"+alias+"/"+a.Item)
		}
	}
	return list
}

func isURL(identity string) bool { return strings.HasPrefix(identity, "url:") }

func (in *intake) known(ctx context.Context, where string, args ...any) (*known, error) {
	k := &known{}
	row := in.tx.QueryRowContext(ctx, `SELECT b.n, b.identity, b.hash, b.listed, b.seq FROM bulletins b WHERE `+where, args...)
	err := row.Scan(&k.n, &k.identity, &k.hash, &k.listed, &k.seq)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k.bulletin, err = scanBulletin(in.tx.QueryRowContext(ctx, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision WHERE b.n = $1`, k.n))
	if merged := (*MergedError)(nil); errors.As(err, &merged) {
		return in.known(ctx, `b.id = $1`, merged.Into)
	}
	k.id = k.bulletin.ID
	return k, err
}

// add stores a bulletin that was never seen.
func (in *intake) add(ctx context.Context, a *Arrival, text, hash string) (Outcome, *known, error) {
	b := a.Bulletin
	id, identity, err := in.freeID(ctx, b.ID, a.Identity)
	if err != nil {
		return Outcome{}, nil, err
	}
	change, at, err := in.change(ctx)
	if err != nil {
		return Outcome{}, nil, err
	}
	var seq, newsAt sql.NullInt64
	if b.Publishable() {
		if seq.Int64, err = count(ctx, in.tx, "seq"); err != nil {
			return Outcome{}, nil, err
		}
		seq.Valid, newsAt = true, sql.NullInt64{Int64: in.now, Valid: true}
	}
	k := &known{}
	err = in.tx.QueryRowContext(ctx, `INSERT INTO bulletins (id, identity, feed_id, source, source_id, revision, hash,
			seq, change, arrived_at, news_at, changed_at, withdrawn, held, listed)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING n`,
		id, identity, in.rules.FeedID(identity), b.Source, b.SourceID, hash, seq, change, in.now, newsAt, at,
		flag(b.Withdrawn), b.Held, flag(b.Publishable())).Scan(&k.n)
	if err != nil {
		return Outcome{}, nil, err
	}
	if err := in.keep(ctx, k.n, 1, text, at); err != nil {
		return Outcome{}, nil, err
	}
	return Outcome{ID: id, Kind: Added}, k, in.retag(ctx, seq.Int64, b.Publishable(), a.Tags)
}

// freeID gives the wanted id, or the first of id-2, id-3, … that is free.
// The identity of such a later one is marked in the same way.
func (in *intake) freeID(ctx context.Context, id, identity string) (string, string, error) {
	tryID, tryIdentity := id, identity
	for i := 2; ; i++ {
		var taken int
		err := in.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM bulletins WHERE id = $1 OR identity = $2`, tryID, tryIdentity).Scan(&taken)
		if err != nil || taken == 0 {
			return tryID, tryIdentity, err
		}
		tryID, tryIdentity = fmt.Sprintf("%s-%d", id, i), fmt.Sprintf("%s#%d", identity, i)
		if isURL(identity) {
			tryIdentity = identity // only its short name was taken
		}
	}
}

// revise takes another look at a known bulletin.
func (in *intake) revise(ctx context.Context, a *Arrival, k *known, text, hash string) (Outcome, error) {
	was, b := &k.bulletin, a.Bulletin
	o := Outcome{ID: k.id, Kind: Unchanged}
	if hash == k.hash && was.Withdrawn == b.Withdrawn {
		return o, nil
	}
	revision := was.Revision
	change, at, err := in.change(ctx)
	if err != nil {
		return o, err
	}
	if hash != k.hash {
		o.Kind, revision = Revised, revision+1
		if err := in.keep(ctx, k.n, revision, text, at); err != nil {
			return o, err
		}
	}
	switch {
	case b.Withdrawn && !was.Withdrawn:
		o.Kind = Withdrawn
	case was.Withdrawn && !b.Withdrawn:
		o.Kind = Restored
	}
	listed := !b.Withdrawn && was.Held == ""
	seq := k.seq
	if listed && !seq.Valid {
		if seq.Int64, err = count(ctx, in.tx, "seq"); err != nil {
			return o, err
		}
		seq.Valid = true
	}
	_, err = in.tx.ExecContext(ctx, `UPDATE bulletins SET revision = $1, hash = $2, change = $3, changed_at = $4,
			withdrawn = $5, listed = $6, seq = $7, news_at = CASE WHEN $7 IS NOT NULL THEN COALESCE(news_at, $8) END
		WHERE n = $9`, revision, hash, change, at, flag(b.Withdrawn), flag(listed), seq, in.now, k.n)
	if err != nil {
		return o, err
	}
	return o, in.retag(ctx, seq.Int64, listed, a.Tags)
}

// change gives the next change number and a time that rises with it, so that
// no two entries of a feed were updated at the same moment (RFC 4287 4.2.15
// would allow it, readers sort by it).
func (in *intake) change(ctx context.Context) (n, at int64, err error) {
	if n, err = count(ctx, in.tx, "change"); err != nil {
		return 0, 0, err
	}
	err = in.tx.QueryRowContext(ctx, `UPDATE counters SET value = MAX(value + 1, $1) WHERE name = 'changed_at' RETURNING value`, in.now).Scan(&at)
	return n, at, err
}

func (in *intake) keep(ctx context.Context, n int64, revision int, text string, at int64) error {
	_, err := in.tx.ExecContext(ctx, `INSERT INTO revisions (bulletin, revision, content, at) VALUES ($1, $2, $3, $4)`,
		n, revision, text, at)
	return err
}

func (in *intake) retag(ctx context.Context, seq int64, listed bool, tags []string) error {
	if seq == 0 {
		return nil
	}
	if _, err := in.tx.ExecContext(ctx, `DELETE FROM tags WHERE seq = $1`, seq); err != nil {
		return err
	}
	if !listed {
		return nil
	}
	sorted := slices.Sorted(slices.Values(tags))
	for _, tag := range slices.Compact(sorted) {
		if _, err := in.tx.ExecContext(ctx, `INSERT INTO tags (tag, seq) VALUES ($1, $2)`, tag, seq); err != nil {
			return err
		}
	}
	return nil
}

// Items gives the version of each item of a source at its last read; those
// that are gone since are left out.
func (db *DB) Items(ctx context.Context, source string) (map[string]string, error) {
	seen := map[string]string{}
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var item, version string
		err := rows.Scan(&item, &version)
		seen[item] = version
		return err
	}, `SELECT item, version FROM items WHERE source = $1 AND gone = 0`, source)
	if err != nil {
		return nil, fmt.Errorf("list items of %s: %w", source, err)
	}
	return seen, nil
}

// Gone marks items that their source no longer has. Their bulletins stay.
func (db *DB) Gone(ctx context.Context, source string, items []string) error {
	return db.write(ctx, "mark removed items of "+source, func(tx *sql.Tx) error {
		for _, item := range items {
			if _, err := tx.ExecContext(ctx, `UPDATE items SET gone = 1 WHERE source = $1 AND item = $2`, source, item); err != nil {
				return err
			}
		}
		return nil
	})
}

// ItemSources gives the ids under which items are known.
func (db *DB) ItemSources(ctx context.Context) ([]string, error) {
	var list []string
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		list = append(list, id)
		return err
	}, `SELECT DISTINCT source FROM items ORDER BY source`)
	return list, err
}
