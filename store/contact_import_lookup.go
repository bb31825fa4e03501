package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"bantin"
)

// existingContact is a contact that the store has.
type existingContact struct {
	*bantin.Contact
	own map[string]bool
}

// findContacts gives, by their keys, those of the addresses that are known, with
// what they said of digests.
func findContacts(ctx context.Context, q querier, keys []string) (map[string]existingContact, error) {
	known := make(map[string]existingContact)
	if len(keys) == 0 {
		return known, nil
	}
	some, err := anyRow(ctx, q, `SELECT EXISTS (SELECT 1 FROM contacts WHERE address_key BETWEEN $1 AND $2)`, slices.Min(keys), slices.Max(keys))
	if err != nil || !some {
		return known, err
	}
	err = queryIn(ctx, q, keys, func(rows *sql.Rows) error {
		var key string
		c, own, err := scanContact(scanExtra{rows, []any{&key}})
		if err == nil {
			known[key] = existingContact{c, own}
		}
		return err
	}, `SELECT `+contactColumns+`, c.address_key FROM contacts c WHERE c.address_key IN `)
	if err != nil {
		return nil, fmt.Errorf("look up contacts: %w", err)
	}
	var list []*bantin.Contact
	for _, a := range known {
		list = append(list, a.Contact)
	}
	return known, loadSubscriptions(ctx, q, list)
}

// loadSubscriptions adds to contacts, some hundreds, what they said of digests.
func loadSubscriptions(ctx context.Context, q querier, contacts []*bantin.Contact) error {
	if len(contacts) == 0 {
		return nil
	}
	byID := map[int64]*bantin.Contact{}
	ids := make([]int64, len(contacts))
	for i, c := range contacts {
		byID[c.ID], ids[i] = c, c.ID
	}
	err := queryIn(ctx, q, ids, func(rows *sql.Rows) error {
		var s bantin.ContactSubscription
		var contact, since int64
		err := rows.Scan(&contact, &s.Digest, &s.Status, &since)
		s.Since = fromMillis(since)
		c := byID[contact]
		c.Subscriptions = append(c.Subscriptions, s)
		c.LeftAll = c.LeftAll || s.Digest == allDigests && s.Status == bantin.SubscriptionUnsubscribed
		return err
	}, `SELECT contact, digest, status, since FROM subscriptions WHERE contact IN `)
	if err != nil {
		return fmt.Errorf("look up subscriptions: %w", err)
	}
	for _, c := range contacts {
		slices.SortFunc(c.Subscriptions, func(a, b bantin.ContactSubscription) int { return strings.Compare(a.Digest, b.Digest) })
	}
	return nil
}

func (db *DB) erasedAmong(ctx context.Context, q querier, keys []string, secret []byte) (map[string]bool, error) {
	some, err := anyRow(ctx, q, `SELECT EXISTS (SELECT 1 FROM erased)`)
	if err != nil || !some {
		return nil, err
	}
	byHash := map[string]string{}
	hashes := make([]string, 0, len(keys))
	for _, key := range keys {
		for _, hash := range db.erasedHashes(secret, key) {
			hashes = append(hashes, hash)
			byHash[hash] = key
		}
	}
	erased := map[string]bool{}
	err = queryIn(ctx, q, hashes, func(rows *sql.Rows) error {
		var hash string
		err := rows.Scan(&hash)
		erased[byHash[hash]] = true
		return err
	}, `SELECT hash FROM erased WHERE hash IN `)
	return erased, wrap(err, "look up who was erased")
}

// suppressedAmong gives by their keys those that must not be mailed, and why.
func suppressedAmong(ctx context.Context, q querier, keys []string) (map[string]string, error) {
	some, err := anyRow(ctx, q, `SELECT EXISTS (SELECT 1 FROM suppressions)`)
	if err != nil || !some {
		return nil, err
	}
	suppressed := map[string]string{}
	err = queryIn(ctx, q, keys, func(rows *sql.Rows) error {
		var key, reason string
		err := rows.Scan(&key, &reason)
		suppressed[key] = reason
		return err
	}, `SELECT address_key, reason FROM suppressions WHERE address_key IN `)
	return suppressed, wrap(err, "look up suppressions")
}
