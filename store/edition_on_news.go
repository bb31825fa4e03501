package store

import (
	"context"
	"database/sql"
	"time"
)

// FirstNews gives when the first bulletin that is news to a digest became that, later than
// after; zero where there is none.
func (v Digests) FirstNews(ctx context.Context, digest string, tags [][]string, after time.Time) (time.Time, error) {
	since, err := v.db.newsSince(ctx, v.db.reader, digest)
	if err != nil {
		return time.Time{}, err
	}
	var args params
	var first sql.NullInt64
	query := `SELECT MIN(b.news_at) ` + newsSQL(&args, digest, max(since, millis(after)+1), tags)
	if err := v.db.reader.QueryRowContext(ctx, query, args...).Scan(&first); err != nil || !first.Valid {
		return time.Time{}, explain(err)
	}
	return fromMillis(first.Int64), nil
}

// LastDueTimes gives the due times of the digest's last editions, the newest first: more
// than a day has of a digest that is due when there is news. Those whose time a person set
// are none of its schedule.
func (v Digests) LastDueTimes(ctx context.Context, digest string) ([]time.Time, error) {
	const enough = 12
	list, err := collectFields(ctx, v.db.reader, func(due *time.Time) []any { return []any{asTime(due)} }, `SELECT due FROM editions WHERE digest = $1 AND special = 0 ORDER BY due DESC LIMIT $2`, digest, enough)
	return list, wrap(err, "list due times of %s", digest)
}
