package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// RecipientDelivery is the delivery of an edition to one contact.
type RecipientDelivery struct {
	Contact  int64
	Address  string // frozen, as is the name
	Name     string
	Status   bantin.DeliveryStatus
	Attempts int
	Reply    string
	Segment  int       // see DeliveryResult
	At       time.Time // of the last change
	Key      string    // in the contact's links; "" where they are gone
}

// ToAddress gives the delivery of an edition to the contact who has an address now; else
// to whom the edition went there. bantin.ErrNotFound.
func (v Deliveries) ToAddress(ctx context.Context, edition int64, address string) (RecipientDelivery, error) {
	return deliveryTo(ctx, v.db.reader, edition, address)
}

// deliveryTo looks at the ledger's key first, and reads the edition through where nobody
// has the address now: they may have had it then.
func deliveryTo(ctx context.Context, q querier, edition int64, address string) (d RecipientDelivery, err error) {
	for _, which := range []string{
		`d.contact IN (SELECT c.id FROM contacts c WHERE c.address_key = $2
			UNION ALL SELECT j.number FROM joined j JOIN contacts c ON c.id = j.contact WHERE c.address_key = $2)`,
		`LOWER(d.address) = $2`,
	} {
		var at int64
		err = q.QueryRowContext(ctx, `SELECT d.contact, d.address, d.name, d.status, d.attempts, d.reply, d.segment, d.updated_at,
				COALESCE((SELECT c.key FROM contacts c WHERE c.id = d.contact), (SELECT j.key FROM joined j WHERE j.number = d.contact), '')
			FROM deliveries d WHERE d.edition = $1 AND `+which+`
			ORDER BY CASE WHEN LOWER(d.address) = $2 THEN 0 ELSE 1 END, d.contact LIMIT 1`, edition, bantin.AddressKey(address)).
			Scan(&d.Contact, &d.Address, &d.Name, &d.Status, &d.Attempts, &d.Reply, &d.Segment, &at, &d.Key)
		d.At = fromMillis(at)
		if !errors.Is(err, sql.ErrNoRows) {
			break
		}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("delivery to %s: %w", address, bantin.ErrNotFound)
	}
	if err != nil {
		return d, fmt.Errorf("look up delivery: %w", explain(err))
	}
	return d, nil
}
