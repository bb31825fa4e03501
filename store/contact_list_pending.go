package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"bantin"
)

// listPending lists sign-ups that wait for their confirmation, one entry an address. They
// are few: who asks is limited.
func (db *DB) listPending(ctx context.Context, f *ContactFilter, limit int) (list []ListedContact, next string, err error) {
	args := params{f.After, millis(db.now())}
	query := `SELECT s.email, s.name, s.place, s.level, s.language, s.reads, s.digests, COALESCE(n.created_at, s.expires_at)
		FROM signups s LEFT JOIN notices n ON n.kind = 'confirm' AND n.nonce = s.nonce
		WHERE s.address_key > $1 AND s.confirmed_at IS NULL AND s.expires_at > $2 ORDER BY s.address_key, s.expires_at`
	err = each(ctx, db.reader, func(rows *sql.Rows) error {
		c, digests, err := scanPending(rows)
		if err != nil || !f.takes(&c) || f.Digest != "" && !slices.Contains(digests, f.Digest) || c.Since.Before(f.Since) {
			return err
		}
		if n := len(list); n > 0 && bantin.AddressKey(list[n-1].Email) == bantin.AddressKey(c.Email) {
			c.Subscriptions = list[n-1].Subscriptions
			list = list[:n-1]
		} else if n > limit {
			return nil
		}
		for _, d := range digests {
			c.Subscriptions = append(c.Subscriptions, bantin.ContactSubscription{Digest: d, Status: bantin.SubscriptionPending, Since: c.Since})
		}
		list = append(list, c)
		return nil
	}, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("list sign-ups: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = bantin.AddressKey(list[limit-1].Email)
	}
	return list, next, db.knowPending(ctx, list)
}

func scanPending(rows *sql.Rows) (c ListedContact, digests []string, err error) {
	var reads, wanted string
	err = rows.Scan(&c.Email, &c.Name, &c.Place, &c.Level, &c.Language, &reads, &wanted, asTime(&c.Since))
	digests = splitTags(wanted)
	c.Reads, c.Topics = SplitReads(reads)
	c.Status = ContactPending
	c.Origin = bantin.OriginSignUp
	return c, digests, err
}

// knowPending puts contacts in the place of sign-ups of theirs, with what they ask for.
func (db *DB) knowPending(ctx context.Context, list []ListedContact) error {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = bantin.AddressKey(list[i].Email)
	}
	known, err := findContacts(ctx, db.reader, keys)
	if err != nil {
		return err
	}
	for i, key := range keys {
		is, here := known[key]
		if !here {
			continue
		}
		asked := list[i].Subscriptions
		list[i].Contact = *is.Contact
		for _, s := range asked {
			said := func(has bantin.ContactSubscription) bool { return has.Digest == s.Digest }
			list[i].Subscriptions = append(slices.DeleteFunc(list[i].Subscriptions, said), s)
		}
	}
	return nil
}
