package store

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"bantin"
)

// Bulletins stores and reads bulletins:
//
//   - Store takes what sources bring: new bulletins, revisions, withdrawals.
//   - Get, List, Held, Changes, Search, TagsWith and Count read them; LastChange
//     and LastChangeAt tell a poller whether anything changed.
//   - Withdraw, Hold, Release, Correct and Merge record what the office decides
//     about one; the decision outlives every later read of its source. Renew
//     makes what one says now news.
//   - Retopic settles the topics of stored ones again.
//   - Unindexed and Index maintain the list and search index, IndexSimilarity the
//     hashes by which duplicates are found.
//
// Bulletins that are news to nobody are read through History.
type Bulletins struct{ db *DB }

// Bulletins gives the view of the database that is about the bulletins.
func (db *DB) Bulletins() Bulletins { return Bulletins{db} }

// MergedError says that a bulletin was merged into another.
type MergedError struct{ Into string }

func (e *MergedError) Error() string { return "merged into " + e.Into }

// Get gives the bulletin with this id as it stands now, withdrawn and
// held ones too: bantin.ErrNotFound, or a *MergedError where it was merged away.
func (v Bulletins) Get(ctx context.Context, id string) (bantin.Bulletin, error) {
	b, err := scanBulletin(v.db.reader.QueryRowContext(ctx, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.id = $1`, id))
	return b, lookedUp(err, "bulletin", strconv.Quote(id))
}

// Held gives those that wait for a person, the last that arrived
// first, at most limit; 0: all.
func (v Bulletins) Held(ctx context.Context, limit int) ([]bantin.Bulletin, error) {
	limit = cmp.Or(limit, 1<<30)
	list, err := collect(ctx, v.db.reader, scanBulletin, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.held <> '' AND b.withdrawn = 0 AND b.merged_into IS NULL ORDER BY b.n DESC LIMIT $1`, limit)
	return list, wrap(err, "list held bulletins")
}

// Withdrawn gives those that were withdrawn, the last change first, at most limit.
func (v Bulletins) Withdrawn(ctx context.Context, limit int) ([]bantin.Bulletin, error) {
	list, err := collect(ctx, v.db.reader, scanBulletin, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.withdrawn = 1 AND b.merged_into IS NULL ORDER BY b.change DESC LIMIT $1`, limit)
	return list, wrap(err, "list withdrawn bulletins")
}

// Changes gives the bulletins whose change number is above after, in the
// order of their changes, withdrawn and held ones too, at most limit. History
// is not among them, of which years may come at once; see History.LastChange.
func (v Bulletins) Changes(ctx context.Context, after int64, limit int) ([]bantin.Bulletin, error) {
	list, err := collect(ctx, v.db.reader, func(row scanner) (b bantin.Bulletin, err error) {
		b, err = scanBulletin(row)
		if merged := (*MergedError)(nil); errors.As(err, &merged) {
			b.Withdrawn, err = true, nil
		}
		return b, err
	}, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.change > $1 AND b.history = 0 ORDER BY b.change LIMIT $2`, after, limit)
	return list, wrap(err, "list changes")
}

// LastChange gives the highest change number. It is what a daemon polls.
func (v Bulletins) LastChange(ctx context.Context) (int64, error) {
	n, err := get[int64](ctx, v.db.reader, `SELECT value FROM counters WHERE name = 'change'`)
	return n, explain(err)
}

// Count gives how many bulletins readers may see and how many there are.
func (v Bulletins) Count(ctx context.Context) (listed, all int64, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT COALESCE(SUM(listed), 0), COUNT(*) FROM bulletins`).Scan(&listed, &all)
	return listed, all, explain(err)
}
