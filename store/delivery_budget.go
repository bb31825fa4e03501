package store

import (
	"context"
	"database/sql"
	"time"
)

// SpendBudget takes n pieces, each of them every so long, from a budget that all
// processes share, and gives how long to wait before the first is used. What
// was not used in time is lost but for a burst: never are more than the pieces
// of that time used at once.
func (v Deliveries) SpendBudget(ctx context.Context, budget string, n int, every, burst time.Duration) (wait time.Duration, err error) {
	cost := int64(n) * every.Microseconds()
	now := `1000 * ` + v.db.clock()
	err = v.db.inTx(ctx, "share the rate "+budget, func(tx *sql.Tx) error {
		micros, err := get[int64](ctx, tx, `INSERT INTO budgets (name, free) VALUES ($1, `+now+` - $3 + $2)
			ON CONFLICT (name) DO UPDATE SET free = $2 +
				CASE WHEN budgets.free < `+now+` - $3 THEN `+now+` - $3 ELSE budgets.free END
			RETURNING free - $2 - `+now, budget, cost, burst.Microseconds())
		wait = max(0, time.Duration(micros)*time.Microsecond)
		return err
	})
	return wait, err
}
