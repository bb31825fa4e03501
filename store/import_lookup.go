package store

import (
	"context"
	"database/sql"
	"fmt"

	"bantin"
)

// acquaintance is a contact that the store has.
type acquaintance struct {
	*bantin.Contact
	own      map[string]bool
	imported int64 // the import that brought her
}

// lookUp gives, by their keys, those of the addresses that are known, with
// what they said of digests.
func lookUp(ctx context.Context, q querier, keys []string) (map[string]acquaintance, error) {
	known := map[string]acquaintance{}
	var args params
	among := args.list(keys)
	err := each(ctx, q, func(rows *sql.Rows) error {
		var key string
		var imported int64
		c, own, err := scanContact(scanMore{rows, []any{&imported, &key}})
		if err == nil {
			known[key] = acquaintance{c, own, imported}
		}
		return err
	}, `SELECT `+contactColumns+`, c.import, c.address_key FROM contacts c WHERE c.address_key IN `+among, args...)
	if err != nil {
		return nil, fmt.Errorf("look up contacts: %w", err)
	}
	var list []*bantin.Contact
	for _, a := range known {
		list = append(list, a.Contact)
	}
	return known, saidBy(ctx, q, list)
}

// scanMore scans columns behind those that scanContact knows.
type scanMore struct {
	rows *sql.Rows
	more []any
}

func (s scanMore) Scan(dest ...any) error { return s.rows.Scan(append(dest, s.more...)...) }

// saidBy adds to contacts, some hundreds, what they said of digests.
func saidBy(ctx context.Context, q querier, contacts []*bantin.Contact) error {
	if len(contacts) == 0 {
		return nil
	}
	byID := map[int64]*bantin.Contact{}
	ids := make([]int64, len(contacts))
	for i, c := range contacts {
		byID[c.ID], ids[i] = c, c.ID
	}
	var args params
	among := listOf(&args, ids)
	err := each(ctx, q, func(rows *sql.Rows) error {
		var s bantin.SubscriptionOfHers
		var contact, since int64
		err := rows.Scan(&contact, &s.Digest, &s.Status, &since)
		s.Since = moment(since)
		byID[contact].Subscriptions = append(byID[contact].Subscriptions, s)
		return err
	}, `SELECT contact, digest, status, since FROM subscriptions WHERE contact IN `+among+` ORDER BY contact, digest`, args...)
	if err != nil {
		return fmt.Errorf("look up subscriptions: %w", err)
	}
	return nil
}

func erasedAmong(ctx context.Context, q querier, keys []string, secret []byte) (map[string]bool, error) {
	some, err := anyRow(ctx, q, `SELECT EXISTS (SELECT 1 FROM erased)`)
	if err != nil || !some {
		return nil, err
	}
	byHash := map[string]string{}
	hashes := make([]string, len(keys))
	for i, key := range keys {
		hashes[i] = erasedHash(secret, key)
		byHash[hashes[i]] = key
	}
	erased := map[string]bool{}
	var args params
	among := args.list(hashes)
	err = each(ctx, q, func(rows *sql.Rows) error {
		var hash string
		err := rows.Scan(&hash)
		erased[byHash[hash]] = true
		return err
	}, `SELECT hash FROM erased WHERE hash IN `+among, args...)
	if err != nil {
		return nil, fmt.Errorf("look up who was erased: %w", err)
	}
	return erased, nil
}

// suppressedAmong gives by their keys those that must not be mailed, and why.
func suppressedAmong(ctx context.Context, q querier, keys []string) (map[string]string, error) {
	some, err := anyRow(ctx, q, `SELECT EXISTS (SELECT 1 FROM suppressions)`)
	if err != nil || !some {
		return nil, err
	}
	suppressed := map[string]string{}
	var args params
	among := args.list(keys)
	err = each(ctx, q, func(rows *sql.Rows) error {
		var key, reason string
		err := rows.Scan(&key, &reason)
		suppressed[key] = reason
		return err
	}, `SELECT address_key, reason FROM suppressions WHERE address_key IN `+among, args...)
	if err != nil {
		return nil, fmt.Errorf("look up suppressions: %w", err)
	}
	return suppressed, nil
}

// anyRow saves an import of millions a look for each where there is nothing.
func anyRow(ctx context.Context, q querier, query string) (bool, error) {
	var some bool
	err := q.QueryRowContext(ctx, query).Scan(&some)
	return some, explain(err)
}

// listOf is params.list for values that are no text.
func listOf[T any](args *params, values []T) string {
	if len(values) == 0 {
		return `(NULL)`
	}
	text := []byte("(")
	for i, v := range values {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = append(text, args.add(v)...)
	}
	return string(append(text, ')'))
}
