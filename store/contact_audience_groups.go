package store

import (
	"context"
	"database/sql"
	"fmt"

	"bantin"
)

// AudienceByPlace counts who would get a digest now, by place and level.
func (v Digests) AudienceByPlace(ctx context.Context, digest string, a Audience) (n bantin.AudienceCount, err error) {
	n.Places, n.Levels = map[string]int{}, map[bantin.Level]int{}
	var args params
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var place string
		var level bantin.Level
		var count int
		err := rows.Scan(&place, &level, &count)
		n.Count += count
		n.Places[place] += count
		n.Levels[level] += count
		return err
	}, `SELECT c.place, c.level, COUNT(*) `+a.recipientsSQL(&args, digest, contactRange{})+` GROUP BY c.place, c.level`, args...)
	if err != nil {
		return n, fmt.Errorf("count the audience of %s by place: %w", digest, err)
	}
	return n, nil
}
