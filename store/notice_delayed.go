package store

import (
	"context"
	"fmt"
	"time"

	"bantin"
)

// Delayed gives how many mails to strangers wait since more were asked for than a busy day
// brings, and since when the first of them does.
func (v Notices) Delayed(ctx context.Context) (waiting int64, since time.Time, err error) {
	var first int64
	err = v.db.reader.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(created_at), 0) FROM notices
		WHERE status = $1 AND next_attempt > $2 AND attempts = 0 AND kind IN ($3, $4, $5)`,
		bantin.DeliveryQueued, millis(v.db.now()), NoticeConfirm, NoticeWelcome, NoticeAddressChange).Scan(&waiting, &first)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("count mails that wait: %w", explain(err))
	}
	if waiting > 0 {
		since = fromMillis(first)
	}
	return waiting, since, nil
}
