package store

import (
	"context"
	"database/sql"

	"bantin"
)

// OpenHold is an edition, or one domain of it, that waits for a person.
type OpenHold struct {
	Edition, Digest string
	Number          int64 // of the hold
	Hold            bantin.Hold
}

// OpenHolds gives all that is held now.
func (v Editions) OpenHolds(ctx context.Context) (list []OpenHold, err error) {
	list, err = collect(ctx, v.db.reader, func(row scanner) (h OpenHold, err error) {
		var number int
		err = row.Scan(&h.Digest, &number, &h.Number, &h.Hold.Domain, &h.Hold.Reason, asJSON(&h.Hold.Detail), asTime(&h.Hold.Since))
		h.Edition = bantin.EditionID(h.Digest, number)
		return h, err
	}, `SELECT e.digest, e.number, h.n, h.domain, h.reason, h.detail, h.since FROM holds h JOIN editions e ON e.n = h.edition
		WHERE h.ended = 0 AND e.status <> 'cancelled' ORDER BY h.n`)
	return list, wrap(err, "list what is held")
}

// Late gives the ids of editions that are not settled and should be: by when was reckoned
// as they were made, and before their digest was due again. One that a person makes for a
// due time of the past is not late for it. A digest that is seen for the first time, or
// whose schedule changes, was not due then.
func (v Editions) Late(ctx context.Context) (list []string, err error) {
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var digest string
		var number int
		err := rows.Scan(&digest, &number)
		list = append(list, bantin.EditionID(digest, number))
		return err
	}, `SELECT e.digest, e.number FROM editions e WHERE e.status IN ('open', 'sending', 'paused')
		AND (e.expected > 0 AND e.expected <= `+v.db.clock()+` OR EXISTS (SELECT 1 FROM digests d WHERE d.id = e.digest
			AND d.last_due > e.due AND d.last_due > e.created_at AND d.last_due > d.first_seen AND d.last_due > d.schedule_since))
		ORDER BY e.n`)
	return list, wrap(err, "list late editions")
}

// AnyMailWaits reports whether any message waits to be sent now or later.
func (db *DB) AnyMailWaits(ctx context.Context) (bool, error) {
	return anyRow(ctx, db.reader, `SELECT EXISTS (SELECT 1 FROM editions WHERE status IN ('open', 'sending')) OR
		EXISTS (SELECT 1 FROM notices WHERE status IN ('queued', 'deferred'))`)
}
