package store

import (
	"context"
	"fmt"
)

// CountReasons counts the suppressed addresses by reason.
func (v Suppressions) CountReasons(ctx context.Context) (map[string]int64, error) {
	return v.db.Figures().countBy(ctx, `SELECT reason, COUNT(*) FROM suppressions GROUP BY reason`)
}

// Last gives the suppressions that were added last, the newest first, at most limit.
func (v Suppressions) Last(ctx context.Context, limit int) (list []Suppression, err error) {
	list, err = collect(ctx, v.db.reader, scanSuppression, `SELECT `+suppressionColumns+` FROM suppressions s ORDER BY s.at DESC, s.address_key LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list suppressions: %w", err)
	}
	for i := range list {
		if err := v.db.addReturn(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}
