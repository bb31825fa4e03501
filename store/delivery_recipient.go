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
	return deliveryTo(ctx, v.db.reader, edition, address, false)
}

// deliveryTo looks at the ledger's key for who has the address now, and for who had it
// before they changed it, which their records tell. thorough reads the whole edition in the
// end, for those who are no contacts any more.
func deliveryTo(ctx context.Context, q querier, edition int64, address string, thorough bool) (d RecipientDelivery, err error) {
	key := bantin.AddressKey(address)
	had, err := hadAddress(ctx, q, key)
	if err != nil {
		return d, fmt.Errorf("look up delivery: %w", err)
	}
	steps := []func(*params) string{
		func(*params) string {
			return `d.contact IN (SELECT c.id FROM contacts c WHERE c.address_key = $2
				UNION ALL SELECT j.number FROM joined j JOIN contacts c ON c.id = j.contact WHERE c.address_key = $2)`
		},
		func(args *params) string {
			contacts := inList(args, had)
			return `LOWER(d.address) = $2 AND d.contact IN (SELECT c.id FROM contacts c WHERE c.id IN ` + contacts + `
				UNION ALL SELECT j.number FROM joined j WHERE j.contact IN ` + contacts + `)`
		},
	}
	if thorough {
		steps = append(steps, func(*params) string { return `LOWER(d.address) = $2` })
	}
	for _, which := range steps {
		args := params{edition, key}
		err = q.QueryRowContext(ctx, `SELECT d.contact, d.address, d.name, d.status, d.attempts, d.reply, d.segment, d.updated_at,
				COALESCE((SELECT c.key FROM contacts c WHERE c.id = d.contact), (SELECT j.key FROM joined j WHERE j.number = d.contact), '')
			FROM deliveries d WHERE d.edition = $1 AND `+which(&args)+`
			ORDER BY CASE WHEN LOWER(d.address) = $2 THEN 0 ELSE 1 END, d.contact LIMIT 1`, args...).
			Scan(&d.Contact, &d.Address, &d.Name, &d.Status, &d.Attempts, &d.Reply, &d.Segment, asTime(&d.At), &d.Key)
		if !errors.Is(err, sql.ErrNoRows) {
			break
		}
	}
	return d, lookedUp(err, "delivery", "to "+address)
}

// hadAddress gives the contacts who had an address once. Few ever change theirs, and their
// entries have an index.
func hadAddress(ctx context.Context, q querier, addressKey string) (contacts []int64, err error) {
	err = each(ctx, q, func(rows *sql.Rows) error {
		var contact int64
		var fields string
		if err := rows.Scan(&contact, &fields); err != nil {
			return err
		}
		c, err := splitFields(fields)
		if err == nil && bantin.AddressKey(c.Before["email"]) == addressKey {
			contacts = append(contacts, contact)
		}
		return err
	}, `SELECT contact, fields FROM record WHERE fields LIKE '{"before":{"email":%' ORDER BY contact`)
	return contacts, err
}
