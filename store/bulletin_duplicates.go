package store

import (
	"context"
	"database/sql"
	"time"

	"bantin"
)

// Similarity says how much an arrival is like a bulletin that another source brought.
type Similarity int

// How alike two bulletins are.
const (
	NotDuplicate      Similarity = iota // another story
	PossibleDuplicate                   // perhaps the same: a person must say
	Duplicate                           // the same story, published twice
)

// maxCandidates bounds how many bulletins are compared with an arrival for each of
// its hashes: more of one hash are a form letter and no duplicates.
const maxCandidates = 8

// insertOrMerge stores a bulletin that was never seen. A duplicate of what another
// source published is merged into that: its address is one more origin, and its
// page redirects there. A possible duplicate, or one that names the address of a
// rival and says something else, is held for a person.
func (in *bulletinTx) insertOrMerge(ctx context.Context, a *Arrival, rival *storedBulletin) (Outcome, *storedBulletin, error) {
	other, how, err := in.findDuplicate(ctx, a)
	if err != nil {
		return Outcome{}, nil, err
	}
	if how == Duplicate && in.outranks(a, other) {
		o, err := in.takeOver(ctx, a, other)
		return o, other, err
	}
	if rival != nil && how == NotDuplicate {
		other, how = rival, PossibleDuplicate
	}
	if how == PossibleDuplicate {
		return in.insertHeld(ctx, a, in.rules.DuplicateReason(other.id))
	}
	o, k, err := in.insert(ctx, a)
	if err != nil || how == NotDuplicate {
		return o, k, err
	}
	if k, err = in.load(ctx, `b.n = $1`, k.n); err != nil {
		return o, k, err
	}
	return Outcome{ID: other.id, Kind: Merged}, k, in.merge(ctx, other, k)
}

// insertHeld stores a bulletin that waits for a person. The hold is a verdict, so that
// no later look at its source lets it out.
func (in *bulletinTx) insertHeld(ctx context.Context, a *Arrival, reason bantin.Note) (Outcome, *storedBulletin, error) {
	v := &verdict{held: sql.NullString{String: string(reason), Valid: true}}
	held := *a
	held.Bulletin = v.applyOver(a.Bulletin)
	o, k, err := in.insert(ctx, &held)
	if err != nil {
		return o, k, err
	}
	o.DuplicateReason = reason
	return o, k, in.saveVerdict(ctx, k.n, v)
}

// findDuplicate looks for the bulletin of another source that the arrival is most like,
// the one that came first among equals. What a person withdrew counts, so that
// it does not come back by another way.
func (in *bulletinTx) findDuplicate(ctx context.Context, a *Arrival) (best *storedBulletin, how Similarity, err error) {
	if in.rules.Compare == nil || !a.Bulletin.Publishable() {
		return nil, NotDuplicate, nil
	}
	candidates, err := in.candidates(ctx, a)
	if err != nil {
		return nil, NotDuplicate, err
	}
	for _, n := range candidates {
		k, err := in.load(ctx, `b.n = $1 AND b.source <> $2 AND b.merged_into IS NULL
			AND (b.withdrawn = 0 OR EXISTS (SELECT 1 FROM verdicts v WHERE v.bulletin = b.n AND v.withdrawn = 1))`, n, a.Source)
		if err != nil {
			return nil, NotDuplicate, err
		}
		if k == nil {
			continue
		}
		if is := in.rules.Compare(&k.bulletin, a.Bulletin); is > how {
			best, how = k, is
		}
	}
	return best, how, nil
}

// candidates are the bulletins that share a hash with the arrival, the first
// that came first.
func (in *bulletinTx) candidates(ctx context.Context, a *Arrival) ([]int64, error) {
	var list []int64
	seen := map[int64]bool{}
	for _, hash := range a.Similarity {
		err := each(ctx, in.tx, func(rows *sql.Rows) error {
			var n int64
			err := rows.Scan(&n)
			if !seen[n] {
				seen[n] = true
				list = append(list, n)
			}
			return err
		}, `SELECT bulletin FROM likenesses WHERE hash = $1 ORDER BY bulletin DESC LIMIT $2`, hash, maxCandidates)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// insertSimilarity keeps by what a bulletin is found when another tells the same.
func (in *bulletinTx) insertSimilarity(ctx context.Context, n int64, hashes []int64) error {
	for _, hash := range hashes {
		if err := in.exec(ctx, `INSERT INTO likenesses (hash, bulletin) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, n); err != nil {
			return err
		}
	}
	return nil
}

// IndexSimilarity stores the hashes of every bulletin that is younger than age and
// has none: it arrived before there was a second source to compare it with. It
// writes in batches.
func (v Bulletins) IndexSimilarity(ctx context.Context, age time.Duration, hashes func(*bantin.Bulletin) []int64) error {
	since := v.db.now().Add(-age)
	for after := int64(0); ; {
		batch, err := v.db.withoutSimilarity(ctx, after, since)
		if err != nil || len(batch) == 0 {
			return err
		}
		err = v.db.write(ctx, "index the similarity of bulletins", func(tx *sql.Tx) error {
			in := &bulletinTx{tx: tx, prepared: map[string]*sql.Stmt{}}
			for _, row := range batch {
				if err := in.insertSimilarity(ctx, row.n, hashes(&row.bulletin)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = batch[len(batch)-1].n
	}
}

func (db *DB) withoutSimilarity(ctx context.Context, after int64, since time.Time) ([]storedBulletin, error) {
	const atOnce = 100
	list, err := collectFields(ctx, db.reader, func(k *storedBulletin) []any { return []any{&k.n} }, `SELECT n FROM bulletins b WHERE n > $1 AND arrived_at >= $2 AND merged_into IS NULL
		AND NOT EXISTS (SELECT 1 FROM likenesses l WHERE l.bulletin = b.n) ORDER BY n LIMIT $3`, after, millis(since), atOnce)
	for i := range list {
		if err != nil {
			break
		}
		var merged sql.NullString
		list[i].bulletin, err = scanRevision(db.reader.QueryRowContext(ctx, `SELECT `+bulletinColumns+`
			FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision WHERE b.n = $1`, list[i].n), &merged)
	}
	return list, wrap(err, "read bulletins without similarity hashes")
}
