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
	Source    string
	Aliases   []string // earlier ids of the source
	Item      string
	Version   string
	Digest    string // of the raw item
	Identity  string // what the bulletin is known by: "url:…" or "file:…"
	Bulletin  *bantin.Bulletin
	Tags      []string
	Completes []string // items of the source that this one is the rest of, where it is not known itself
	History   bool     // news to nobody: no seq, now or later
	// Similarity is a few hashes of what it says, by which the same story of
	// another source is found; nil where there is no other source.
	Similarity []int64
}

// Outcome is what became of an arrival.
type Outcome struct {
	ID   string
	Kind OutcomeKind
	// Replaced is the bulletin that the same item held before, where the new
	// text has so little in common with it that it is another bulletin.
	Replaced string
	// DuplicateReason is why it is held for a person, where it may be a duplicate
	// of what another source published.
	DuplicateReason string
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
	Merged    OutcomeKind = "joined" // into what another source published: ID is that bulletin
)

// Rules are the decisions about bulletins that Bulletins.Store leaves to its caller.
type Rules struct {
	// SameStory says whether a new text under the same path is a revision of
	// the old one; else it is another bulletin.
	SameStory func(before, after *bantin.Bulletin) bool
	// FeedID makes the permanent id of feed entries from an identity.
	FeedID func(identity string) string
	// DuplicateKind compares a bulletin with one that another source brings now, and
	// DuplicateReason says why that one waits where they are PossibleDuplicate. Both may be nil: then
	// no two are compared.
	Compare         func(before, after *bantin.Bulletin) DuplicateKind
	DuplicateReason func(id string) string
	// Tags gives the tags of a bulletin that a person corrected; the others
	// have those of their arrival. It may be nil in tests.
	Tags Tagger
}

// Store stores a small batch of arrivals in one transaction: all or none.
func (v Bulletins) Store(ctx context.Context, batch []Arrival, rules Rules) ([]Outcome, error) {
	var outcomes []Outcome
	err := v.db.write(ctx, "store bulletins", func(tx *sql.Tx) error {
		outcomes = make([]Outcome, 0, len(batch))
		return v.db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			in.rules = rules
			for i := range batch {
				o, err := in.storeArrival(ctx, &batch[i])
				if err != nil {
					return fmt.Errorf("%q of source %s: %w", batch[i].Item, batch[i].Source, err)
				}
				outcomes = append(outcomes, o)
			}
			return nil
		})
	})
	if err != nil {
		return nil, err // nothing was stored, however far the batch came
	}
	return outcomes, nil
}

// bulletinTx is one transaction that changes bulletins. Its statements are
// prepared once and its counters are written once, which halves its cost.
type bulletinTx struct {
	tx       *sql.Tx
	now      int64
	rules    Rules
	prepared map[string]*sql.Stmt

	seq, lastChange, changedAt int64
}

// inBulletinTx changes bulletins within a transaction, counted.
func (db *DB) inBulletinTx(ctx context.Context, tx *sql.Tx, do func(*bulletinTx) error) error {
	in := &bulletinTx{tx: tx, now: millis(db.now()), prepared: map[string]*sql.Stmt{}}
	if err := in.loadCounters(ctx); err != nil {
		return err
	}
	if err := do(in); err != nil {
		return err
	}
	return in.saveCounters(ctx)
}

// prepare gives the statement of a query; the end of the transaction closes it.
func (in *bulletinTx) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := in.prepared[query]; ok {
		return s, nil
	}
	s, err := in.tx.PrepareContext(ctx, query)
	if err == nil {
		in.prepared[query] = s
	}
	return s, err
}

func (in *bulletinTx) exec(ctx context.Context, query string, args ...any) error {
	s, err := in.prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx, args...)
	return err
}

// queryRow scans the only row of a query, or sql.ErrNoRows.
func (in *bulletinTx) queryRow(ctx context.Context, query string, args ...any) interface{ Scan(...any) error } {
	s, err := in.prepare(ctx, query)
	if err != nil {
		return failedRow{err}
	}
	return s.QueryRowContext(ctx, args...)
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

// One write runs at a time, so counters read here are nobody else's until they
// are written back.
func (in *bulletinTx) loadCounters(ctx context.Context) error {
	return in.tx.QueryRowContext(ctx, `SELECT
		(SELECT value FROM counters WHERE name = 'seq'),
		(SELECT value FROM counters WHERE name = 'change'),
		(SELECT value FROM counters WHERE name = 'changed_at')`).Scan(&in.seq, &in.lastChange, &in.changedAt)
}

func (in *bulletinTx) saveCounters(ctx context.Context) error {
	for name, value := range map[string]int64{"seq": in.seq, "change": in.lastChange, "changed_at": in.changedAt} {
		if err := in.exec(ctx, `UPDATE counters SET value = $1 WHERE name = $2`, value, name); err != nil {
			return err
		}
	}
	return nil
}

func (in *bulletinTx) nextSeq() sql.NullInt64 {
	in.seq++
	return sql.NullInt64{Int64: in.seq, Valid: true}
}

// changeContact gives the next change number and a time that rises with it, so that
// no two entries of a feed were updated at the same time: readers sort by it.
func (in *bulletinTx) nextChange() (n, at int64) {
	in.lastChange++
	in.changedAt = max(in.changedAt+1, in.now)
	return in.lastChange, in.changedAt
}

// storedBulletin is a stored bulletin that an arrival may belong to.
type storedBulletin struct {
	n        int64
	id       string
	identity string
	hash     string
	seq      sql.NullInt64
	listed   bool
	history  bool
	into     string // the id of what it was merged into
	bulletin bantin.Bulletin
}

func (in *bulletinTx) storeArrival(ctx context.Context, a *Arrival) (Outcome, error) {
	k, replaced, err := in.match(ctx, a)
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	if k == nil {
		o, k, err = in.insertOrMerge(ctx, a)
	} else {
		o, err = in.revise(ctx, a, k)
	}
	if err != nil {
		return Outcome{}, err
	}
	o.Replaced = replaced
	return o, in.exec(ctx, `INSERT INTO items (source, item, version, digest, bulletin, gone)
		VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (source, item) DO UPDATE SET version = excluded.version, digest = excluded.digest,
			bulletin = excluded.bulletin, gone = 0`, a.Source, a.Item, a.Version, a.Digest, k.n)
}

// match looks for the bulletin that the arrival is another look at. An item
// keeps to the story it began, unless it now names another address or shares
// too little with what it held: then replaced is the id of that.
func (in *bulletinTx) match(ctx context.Context, a *Arrival) (k *storedBulletin, replaced string, err error) {
	if strange, err := in.isUnknown(ctx, a); strange || err != nil {
		return nil, "", err
	}
	named, err := in.findByIdentity(ctx, a)
	if err != nil {
		return nil, "", err
	}
	held, err := in.load(ctx, `b.n = (SELECT bulletin FROM items WHERE source = $1 AND item = $2)`, a.Source, a.Item)
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
		if k, err = in.findCompleted(ctx, a); k != nil || err != nil {
			return k, "", err
		}
		k, err = in.load(ctx, `b.n = (SELECT bulletin FROM items
			WHERE digest = $1 AND source = $2 AND bulletin IS NOT NULL LIMIT 1)`, a.Digest, a.Source)
		return k, "", err
	}
	same, err := in.sameStory(ctx, held, a.Bulletin)
	if err != nil || same {
		return held, "", err
	}
	return nil, held.id, nil
}

// findCompleted gives the bulletin of an item that the arrival takes in: one that is
// still there, or that still waits for a person.
func (in *bulletinTx) findCompleted(ctx context.Context, a *Arrival) (*storedBulletin, error) {
	for _, item := range a.Completes {
		k, err := in.load(ctx, `b.n = (SELECT bulletin FROM items WHERE source = $1 AND item = $2) AND b.merged_into IS NULL
			AND (b.seq IS NULL OR EXISTS (SELECT 1 FROM items WHERE source = $1 AND item = $2 AND gone = 0))`, a.Source, item)
		if k != nil || err != nil {
			return k, err
		}
	}
	return nil, nil
}

// sameStory compares what the source said last with what it says now: words
// of a person are in neither.
func (in *bulletinTx) sameStory(ctx context.Context, k *storedBulletin, now *bantin.Bulletin) (bool, error) {
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return false, err
	}
	before := k.bulletin
	if v != nil {
		before.Title, before.Lead = v.source.Title, v.source.Lead
	}
	return in.rules.SameStory(&before, now), nil
}

// isUnknown reports that nothing is known of the arrival: the usual case of a
// first read, found out with one question.
func (in *bulletinTx) isUnknown(ctx context.Context, a *Arrival) (yes bool, err error) {
	if len(a.Aliases)+len(a.Completes) > 0 {
		return false, nil
	}
	err = in.queryRow(ctx, `SELECT NOT EXISTS (SELECT 1 FROM bulletins WHERE identity = $1)
		AND NOT EXISTS (SELECT 1 FROM items WHERE source = $2 AND item = $3)
		AND NOT EXISTS (SELECT 1 FROM items WHERE digest = $4 AND source = $2)`,
		a.Identity, a.Source, a.Item, a.Digest).Scan(&yes)
	return yes, err
}

// findByIdentity looks the arrival up by what it calls itself.
func (in *bulletinTx) findByIdentity(ctx context.Context, a *Arrival) (*storedBulletin, error) {
	for _, identity := range a.identities() {
		if k, err := in.load(ctx, `b.identity = $1`, identity); k != nil || err != nil {
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

func (in *bulletinTx) load(ctx context.Context, where string, args ...any) (*storedBulletin, error) {
	k := &storedBulletin{}
	var merged sql.NullString
	row := in.queryRow(ctx, `SELECT b.n, b.identity, b.hash, b.listed, b.history, b.seq, b.merged_into FROM bulletins b WHERE `+where, args...)
	err := row.Scan(&k.n, &k.identity, &k.hash, &k.listed, &k.history, &k.seq, &merged)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k.into = merged.String
	k.bulletin, err = scanRevision(in.queryRow(ctx, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision WHERE b.n = $1`, k.n), &merged)
	k.id = k.bulletin.ID
	return k, err
}

// insert stores a bulletin that was never seen.
func (in *bulletinTx) insert(ctx context.Context, a *Arrival) (Outcome, *storedBulletin, error) {
	b := a.Bulletin
	said, err := encode(b)
	if err != nil {
		return Outcome{}, nil, err
	}
	id, identity, err := in.freeID(ctx, b.ID, a.Identity)
	if err != nil {
		return Outcome{}, nil, err
	}
	change, at := in.nextChange()
	var seq, newsAt sql.NullInt64
	if b.Publishable() && !a.History {
		seq, newsAt = in.nextSeq(), sql.NullInt64{Int64: in.now, Valid: true}
	}
	k := &storedBulletin{}
	err = in.queryRow(ctx, `INSERT INTO bulletins (id, identity, feed_id, source, source_id, revision, hash,
			seq, change, arrived_at, news_at, changed_at, withdrawn, held, listed, history)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING n`,
		id, identity, in.rules.FeedID(identity), b.Source, b.SourceID, said.hash, seq, change, in.now, newsAt, at,
		boolInt(b.Withdrawn), b.Held, boolInt(b.Publishable()), boolInt(a.History)).Scan(&k.n)
	if err != nil {
		return Outcome{}, nil, err
	}
	if err := in.insertRevision(ctx, k.n, 1, said, at); err != nil {
		return Outcome{}, nil, err
	}
	if err := in.insertSimilarity(ctx, k.n, a.Similarity); err != nil {
		return Outcome{}, nil, err
	}
	if !seq.Valid {
		return Outcome{ID: id, Kind: Added}, k, nil
	}
	return Outcome{ID: id, Kind: Added}, k, in.tag(ctx, seq.Int64, a.Tags)
}

// freeID gives the wanted id, or the first of id-2, id-3, … that is free.
// The identity of such a later one is marked in the same way.
func (in *bulletinTx) freeID(ctx context.Context, id, identity string) (string, string, error) {
	tryID, tryIdentity := id, identity
	for i := 2; ; i++ {
		var taken int
		err := in.queryRow(ctx, `SELECT COUNT(*) FROM bulletins WHERE id = $1 OR identity = $2`, tryID, tryIdentity).Scan(&taken)
		if err != nil || taken == 0 {
			return tryID, tryIdentity, err
		}
		tryID, tryIdentity = fmt.Sprintf("%s-%d", id, i), fmt.Sprintf("%s#%d", identity, i)
		if isURL(identity) {
			tryIdentity = identity // only its short name was taken
		}
	}
}

// revise takes another look at a known bulletin. What a person said of it
// stands; one that was merged away only keeps what its source says.
func (in *bulletinTx) revise(ctx context.Context, a *Arrival, k *storedBulletin) (Outcome, error) {
	if k.into != "" {
		return Outcome{ID: k.into, Kind: Unchanged}, in.updateMerged(ctx, k, a.Bulletin)
	}
	v, err := in.loadVerdict(ctx, k.n)
	if err != nil {
		return Outcome{}, err
	}
	if v == nil {
		return in.update(ctx, k, a.Bulletin, a.Tags)
	}
	b, tags := v.applyOver(a.Bulletin), a.Tags
	if err := in.saveVerdict(ctx, k.n, v); err != nil {
		return Outcome{}, err
	}
	if in.rules.Tags != nil {
		tags = in.rules.Tags(b)
	}
	return in.update(ctx, k, b, tags)
}

// update makes b what readers get of a known bulletin.
func (in *bulletinTx) update(ctx context.Context, k *storedBulletin, b *bantin.Bulletin, tags []string) (Outcome, error) {
	was, o := &k.bulletin, Outcome{ID: k.id, Kind: Unchanged}
	said, err := encode(b)
	if err != nil || said.hash == k.hash && was.Withdrawn == b.Withdrawn && was.Held == b.Held {
		return o, err
	}
	revision := was.Revision
	change, at := in.nextChange()
	if said.hash != k.hash {
		o.Kind, revision = Revised, revision+1
		if err := in.insertRevision(ctx, k.n, revision, said, at); err != nil {
			return o, err
		}
	}
	switch {
	case b.Withdrawn && !was.Withdrawn:
		o.Kind = Withdrawn
	case was.Withdrawn && !b.Withdrawn:
		o.Kind = Restored
	}
	seq := k.seq
	if b.Publishable() && !seq.Valid && !k.history {
		seq = in.nextSeq()
	}
	err = in.exec(ctx, `UPDATE bulletins SET revision = $1, hash = $2, change = $3, changed_at = $4, withdrawn = $5, held = $6,
			listed = $7, seq = $8, news_at = CASE WHEN CAST($8 AS BIGINT) IS NOT NULL THEN COALESCE(news_at, $9) END
		WHERE n = $10`, revision, said.hash, change, at, boolInt(b.Withdrawn), b.Held, boolInt(b.Publishable()), seq, in.now, k.n)
	if err != nil {
		return o, err
	}
	return o, in.retag(ctx, seq.Int64, b.Publishable(), tags)
}

// updateMerged keeps what the source of a bulletin that was merged away says
// now: the next look is compared with that. No reader sees it.
func (in *bulletinTx) updateMerged(ctx context.Context, k *storedBulletin, b *bantin.Bulletin) error {
	said, err := encode(b)
	if err != nil || said.hash == k.hash {
		return err
	}
	revision := k.bulletin.Revision + 1
	if err := in.insertRevision(ctx, k.n, revision, said, in.now); err != nil {
		return err
	}
	return in.exec(ctx, `UPDATE bulletins SET revision = $1, hash = $2 WHERE n = $3`, revision, said.hash, k.n)
}

func (in *bulletinTx) insertRevision(ctx context.Context, n int64, revision int, said encoded, at int64) error {
	return in.exec(ctx, `INSERT INTO revisions (bulletin, revision, content, remarks, at) VALUES ($1, $2, $3, $4, $5)`,
		n, revision, said.content, said.remarks, at)
}

// retag replaces the tags that a bulletin is chosen by; one that readers may
// not see has none.
func (in *bulletinTx) retag(ctx context.Context, seq int64, listed bool, tags []string) error {
	if seq == 0 {
		return nil
	}
	if err := in.exec(ctx, `DELETE FROM tags WHERE seq = $1`, seq); err != nil || !listed {
		return err
	}
	return in.tag(ctx, seq, tags)
}

func (in *bulletinTx) tag(ctx context.Context, seq int64, tags []string) error {
	sorted := slices.Sorted(slices.Values(tags))
	for _, tag := range slices.Compact(sorted) {
		if err := in.exec(ctx, `INSERT INTO tags (tag, seq) VALUES ($1, $2)`, tag, seq); err != nil {
			return err
		}
	}
	return nil
}

// Items gives the version of each item of a source at its last read; those
// that are gone since are left out.
func (v Sources) Items(ctx context.Context, source string) (map[string]string, error) {
	seen := map[string]string{}
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
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

// MarkItemsGone marks items that their source no longer has. Their bulletins stay.
func (v Sources) MarkItemsGone(ctx context.Context, source string, items []string) error {
	return v.db.write(ctx, "mark removed items of "+source, func(tx *sql.Tx) error {
		for _, item := range items {
			if _, err := tx.ExecContext(ctx, `UPDATE items SET gone = 1 WHERE source = $1 AND item = $2`, source, item); err != nil {
				return err
			}
		}
		return nil
	})
}

// WithItems gives the ids under which items are known.
func (v Sources) WithItems(ctx context.Context) ([]string, error) {
	var list []string
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		list = append(list, id)
		return err
	}, `SELECT DISTINCT source FROM items ORDER BY source`)
	return list, err
}
