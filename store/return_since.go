package store

import (
	"context"
	"database/sql"
	"time"
)

// Since visits what came back since a time, the oldest first, as far as it is kept. A
// return has its time, address, kind, reason, diagnostic, proof and raw message.
func (v Returns) Since(ctx context.Context, since time.Time, visit func(Return) error) error {
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var r Return
		var at int64
		if err := rows.Scan(&r.N, &at, &r.Address, &r.Kind, &r.Reason, &r.Diagnostic, &r.Proof, &r.Raw); err != nil {
			return err
		}
		r.At = fromMillis(at)
		return visit(r)
	}, `SELECT n, at, address, kind, reason, diagnostic, proof, raw FROM returns WHERE at >= $1 ORDER BY n`, millis(since))
	return wrap(err, "visit what came back")
}
