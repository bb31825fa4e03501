package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"bantin"
)

// ContactFilter chooses contacts for a list by address.
type ContactFilter struct {
	Prefix string         // of the address; "": any
	Place  string         // slug; "": any
	Only   ContactListing // "": all
	After  string         // only addresses behind this one, in the form of bantin.AddressKey
	Today  bantin.Day     // for ListPaused
}

// ContactListing is a part of the contacts that can be listed.
type ContactListing string

// The parts of the contacts.
const (
	ListSuppressed ContactListing = "suppressed" // nothing may be mailed to them
	ListPaused     ContactListing = "paused"     // until a later day
)

// List gives contacts by address, at most limit, without their subscriptions. Its cost
// grows with limit and not with the number of contacts.
func (v Contacts) List(ctx context.Context, f ContactFilter, limit int) (list []bantin.Contact, err error) {
	var args params
	from, key := `contacts c`, `c.address_key`
	if f.Only == ListSuppressed {
		from, key = `suppressions x JOIN contacts c ON c.address_key = x.address_key`, `x.address_key`
	}
	where := []string{key + ` > ` + args.add(f.After)}
	if f.Only == ListPaused {
		where = append(where, `c.paused_until <> ''`, `c.paused_until > `+args.add(f.Today.String()))
	}
	if prefix := bantin.AddressKey(f.Prefix); prefix != "" {
		where = append(where, key+` >= `+args.add(prefix), key+` < `+args.add(prefix+"\uffff"))
	}
	if f.Place != "" {
		where = append(where, `c.place = `+args.add(f.Place))
	}
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var c bantin.Contact
		var tags, paused string
		err := rows.Scan(&c.ID, &c.Email, &c.Name, &c.Place, &c.Level, &c.Language, &tags, &c.Origin, &paused, &c.Suppressed)
		c.Tags = splitTags(tags)
		if err == nil && paused != "" {
			c.PausedUntil, err = bantin.ParseDay(paused)
		}
		list = append(list, c)
		return err
	}, `SELECT c.id, c.email, c.name, c.place, c.level, c.language, c.tags, c.origin, c.paused_until,
			COALESCE((SELECT s.reason FROM suppressions s WHERE s.address_key = c.address_key), '')
		FROM `+from+` WHERE `+strings.Join(where, ` AND `)+` ORDER BY `+key+` LIMIT `+args.add(limit), args...)
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	return list, nil
}

// AddressByID gives the address of a contact; bantin.ErrNotFound.
func (v Contacts) AddressByID(ctx context.Context, id int64) (address string, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT email FROM contacts WHERE id = $1`, id).Scan(&address)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("contact %d: %w", id, bantin.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("look up contact: %w", explain(err))
	}
	return address, nil
}
