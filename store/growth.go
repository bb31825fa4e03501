package store

import (
	"context"
	"time"
)

// Growth is how the list of contacts grows.
type Growth struct {
	Contacts int64 // now
	New      int64 // of them since a time
	Left     int64 // who left a digest or all since then, and not those who became one with another contact
}

// Growth counts the contacts, those that came since a time, and those that left.
func (v Figures) Growth(ctx context.Context, since time.Time) (g Growth, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM contacts), (SELECT COUNT(*) FROM contacts WHERE created_at >= $1),
		(SELECT COUNT(DISTINCT contact) FROM departures WHERE at >= $1 AND contact NOT IN (SELECT number FROM joined))`, millis(since)).Scan(&g.Contacts, &g.New, &g.Left)
	return g, wrap(explain(err), "count contacts")
}
