package store

import (
	"context"
	"database/sql"
	"fmt"

	"bantin"
)

// counts says how an edition's deliveries stand, in one statement and so at one
// point in time; unaccounted is by how much they do not add up to its recipients: what
// is left when all chunks are done, less than nothing where there are too many. It adds the counts of chunks at rest to a look at the rows of those
// in work; what nobody has touched yet is the rest of the recipients. So it
// costs as much in the middle of an edition to millions as at its end.
func (db *DB) counts(ctx context.Context, edition int64) (c bantin.Counts, unaccounted int64, err error) {
	const total, open = "total", "open"
	var all, unfinished int64
	var isFrozen bool
	atRest := func(column string) string {
		return ` SELECT '` + column + `' AS status, 0 AS claimed, COALESCE(SUM(` + column + `), 0) AS n
			FROM chunks WHERE edition = $1 AND (done = 1 OR counted = fence) UNION ALL`
	}
	err = each(ctx, db.reader, func(rows *sql.Rows) error {
		var status string
		var claimed bool
		var n int64
		if err := rows.Scan(&status, &claimed, &n); err != nil {
			return err
		}
		switch status {
		case total:
			all, isFrozen = n, claimed
			return nil
		case open:
			unfinished = n
			return nil
		}
		c = tally(c, bantin.DeliveryStatus(status), claimed, n)
		return nil
	}, atRest("sent")+atRest("failed")+atRest("skipped")+atRest("deferred")+`
		SELECT d.status, CASE WHEN k.lease > `+db.clock()+` THEN 1 ELSE 0 END, COUNT(*)
			FROM chunks k JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi
			WHERE k.edition = $1 AND k.done = 0 AND k.counted <> k.fence AND k.fence > 0 AND d.edition = $1 GROUP BY 1, 2 UNION ALL
		SELECT '`+open+`', 0, COUNT(*) FROM chunks WHERE edition = $1 AND done = 0 UNION ALL
		SELECT '`+total+`', frozen, recipients FROM editions WHERE n = $1`, edition)
	if err != nil {
		return c, 0, fmt.Errorf("count deliveries: %w", err)
	}
	rest := all - c.Total()
	if isFrozen && (rest < 0 || unfinished == 0) {
		return c, rest, nil
	}
	c.Queued = max(0, rest)
	return c, 0, nil
}

func tally(c bantin.Counts, status bantin.DeliveryStatus, claimed bool, n int64) bantin.Counts {
	switch {
	case status == bantin.DeliverySent:
		c.Sent += n
	case status == bantin.DeliveryFailed:
		c.Failed += n
	case status == bantin.DeliverySkipped:
		c.Skipped += n
	case status == bantin.DeliveryDeferred:
		c.Deferred += n
	case claimed:
		c.Sending += n
	}
	return c
}
