package store

import (
	"context"
	"time"
)

// Growth is how the list of contacts grows.
type Growth struct {
	Contacts int64 // now
	New      int64 // of them since a time
	Left     int64 // who left a digest or all since then; becoming one with another contact is no leaving
}

// Growth counts the contacts, those that came since a time, and those that left.
func (v Figures) Growth(ctx context.Context, since time.Time) (g Growth, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM contacts), (SELECT COUNT(*) FROM contacts WHERE created_at >= $1),
		(SELECT COUNT(DISTINCT COALESCE(j.contact, d.contact)) FROM departures d LEFT JOIN joined j ON j.number = d.contact
			WHERE d.at >= $1 AND (j.number IS NULL OR d.version < (SELECT MAX(version) FROM departures WHERE contact = j.number)))`, millis(since)).Scan(&g.Contacts, &g.New, &g.Left)
	return g, wrap(explain(err), "count contacts")
}
