package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// newsWindow is how far back an edition looks for news that none has had.
const newsWindow = 31 * 24 * time.Hour

// editionHadSQL is the condition that an uncancelled edition of the digest has had b, or
// what was merged into b since. SQLite keeps to the order of a CROSS JOIN: it begins with
// the few editions that had b, and not with all of the digest.
const editionHadSQL = `EXISTS (SELECT 1 FROM edition_bulletins eb CROSS JOIN editions e
	WHERE e.n = eb.edition AND eb.bulletin IN (SELECT b.n UNION ALL SELECT m.n FROM bulletins m WHERE m.merged_into = b.id)
		AND e.digest = %s AND e.status <> 'cancelled')`

// News gives the ids of what the next edition of the digest would hold: every
// publishable bulletin of the selection that became news in the last 31 days
// (or since the digest's last edition that was no special one, if that is longer ago) and
// that no uncancelled edition of it has had, and that the office does not leave out of
// all; in the order of their arrival.
func (v Digests) News(ctx context.Context, digest string, tags [][]string) ([]string, error) {
	rows, err := v.db.news(ctx, v.db.reader, digest, tags)
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}

// frozenBulletin is a bulletin at the revision that an edition has. Its JSON is stored
// with drafts.
type frozenBulletin struct {
	N        int64  `json:"n"`
	ID       string `json:"id"`
	Revision int    `json:"revision"`
}

// newsSince is from when on bulletins are news to a digest: a month ago, or its last
// edition where that is longer ago. To one that is due when there is news nothing is that
// came before it was first seen.
func (db *DB) newsSince(ctx context.Context, q querier, digest string) (int64, error) {
	var last, seen sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT (SELECT MAX(created_at) FROM editions WHERE digest = $1 AND status <> 'cancelled' AND special = 0),
		(SELECT first_seen FROM digests WHERE id = $1 AND on_news = 1)`, digest).Scan(&last, &seen)
	if err != nil {
		return 0, fmt.Errorf("find news of %s: %w", digest, explain(err))
	}
	since := millis(db.now().Add(-newsWindow))
	if last.Valid {
		since = min(since, last.Int64)
	}
	return max(since, seen.Int64), nil
}

// newsSQL are the bulletins b that are news to a digest.
func newsSQL(args *params, digest string, since int64, tags [][]string) string {
	return `FROM bulletins b WHERE b.listed = 1 AND b.news_at >= ` + args.add(since) +
		taggedSQL(args, "b.seq", tags) + ` AND NOT ` + fmt.Sprintf(editionHadSQL, args.add(digest)) +
		` AND NOT EXISTS (SELECT 1 FROM digest_drops x WHERE x.bulletin = b.n AND x.digest = ` + args.add(digest) + `)`
}

func (db *DB) news(ctx context.Context, q querier, digest string, tags [][]string) ([]frozenBulletin, error) {
	since, err := db.newsSince(ctx, q, digest)
	if err != nil {
		return nil, err
	}
	var args params
	query := `SELECT b.n, b.id, b.revision ` + newsSQL(&args, digest, since, tags) + ` ORDER BY b.seq`
	list, err := collectFields(ctx, q, func(b *frozenBulletin) []any { return []any{&b.N, &b.ID, &b.Revision} }, query, args...)
	return list, wrap(err, "find news of %s", digest)
}
