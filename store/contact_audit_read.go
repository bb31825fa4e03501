package store

import (
	"context"
	"slices"

	"bantin"
)

// Audit gives all that is known of what happened to a contact, the oldest
// first: what was recorded, the import that brought them, the editions that they
// were to get, what came back of them. bantin.ErrNotFound.
func (v Contacts) Audit(ctx context.Context, address string) ([]bantin.AuditEntry, error) {
	key := bantin.AddressKey(address)
	var contact, imported int64
	err := v.db.reader.QueryRowContext(ctx, `SELECT id, import FROM contacts WHERE address_key = $1`, key).Scan(&contact, &imported)
	if err != nil {
		return nil, lookedUp(err, "contact", address)
	}
	brought, err := v.db.importEntries(ctx, imported)
	if err != nil {
		return nil, err
	}
	entered, err := recordEntries(ctx, v.db.reader, contact)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(brought, entered)
	returned, err := v.db.returnedEntries(ctx, contact)
	if err != nil {
		return nil, err
	}
	all = append(all, returned...)
	numbers, err := contactIDs(ctx, v.db.reader, contact)
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		mailed, err := v.db.mailedEntries(ctx, number)
		if err != nil {
			return nil, err
		}
		all = append(all, mailed...)
	}
	slices.SortStableFunc(all, func(a, b bantin.AuditEntry) int { return a.At.Compare(b.At) })
	return all, nil
}

func (db *DB) importEntries(ctx context.Context, imported int64) ([]bantin.AuditEntry, error) {
	list, err := collect(ctx, db.reader, func(row scanner) (e bantin.AuditEntry, err error) {
		e = bantin.AuditEntry{What: bantin.AuditAdded, By: bantin.ByImport, Import: imported}
		var at int64
		err = row.Scan(&e.File, &e.Who, &at)
		e.At = fromMillis(at)
		return e, err
	}, `SELECT file, who, at FROM imports WHERE n = $1`, imported)
	return list, wrap(err, "look up import")
}

func recordEntries(ctx context.Context, q querier, contact int64) ([]bantin.AuditEntry, error) {
	list, err := collect(ctx, q, func(row scanner) (e bantin.AuditEntry, err error) {
		var fields string
		if err = row.Scan(asTime(&e.At), &e.What, &e.By, &e.Who, &e.Import, &e.Digest, &e.Note, &fields, &e.File); err != nil {
			return e, err
		}
		if e.What == bantin.AuditResent {
			e.Edition, e.Note = e.Note, ""
		}
		c, err := splitFields(fields)
		e.Before, e.After = c.Before, c.After
		return e, err
	}, `SELECT r.at, r.what, r.source, r.who, r.import, r.digest, r.note, r.fields, COALESCE(i.file, '')
		FROM record r LEFT JOIN imports i ON i.n = r.import WHERE r.contact = $1 ORDER BY r.n`, contact)
	return list, wrap(err, "look up record")
}

// mailedEntries gives the editions that have a message for the contact, with what
// became of it.
func (db *DB) mailedEntries(ctx context.Context, contact int64) ([]bantin.AuditEntry, error) {
	list, err := collect(ctx, db.reader, func(row scanner) (e bantin.AuditEntry, err error) {
		e = bantin.AuditEntry{What: bantin.AuditMailed, By: bantin.ByOffice}
		var number int
		var settled, made int64
		var status, reply string
		err = row.Scan(&e.Digest, &number, &made, &settled, &status, &reply)
		e.At, e.Edition, e.Note = fromMillis(max(made, settled)), bantin.EditionID(e.Digest, number), status
		if reply != "" {
			e.Note += ": " + reply
		}
		return e, err
	}, `SELECT e.digest, e.number, e.created_at, d.updated_at, d.status, d.reply FROM editions e
		CROSS JOIN deliveries d WHERE d.edition = e.n AND d.contact = $1 ORDER BY e.n`, contact)
	return list, wrap(err, "look up deliveries")
}

// returnedEntries gives what came back and led to no entry of its own.
func (db *DB) returnedEntries(ctx context.Context, contact int64) ([]bantin.AuditEntry, error) {
	list, err := collect(ctx, db.reader, func(row scanner) (e bantin.AuditEntry, err error) {
		e = bantin.AuditEntry{What: bantin.AuditReturned, By: bantin.ByBounce}
		var number int
		var refused bool
		err = row.Scan(asTime(&e.At), &e.Note, &e.Digest, &number, &refused)
		if refused {
			e.What = bantin.AuditRefused
		}
		if e.Digest != "" {
			e.Edition = bantin.EditionID(e.Digest, number)
		}
		return e, err
	}, `SELECT r.at, r.reason, COALESCE(e.digest, ''), COALESCE(e.number, 0),
			CASE WHEN r.proof = 'reply' AND r.done NOT IN ('noted', 'alarm') THEN 1 ELSE 0 END FROM returns r LEFT JOIN editions e ON e.n = r.edition
		WHERE r.contact = (SELECT key FROM contacts WHERE id = $1) AND r.done IN ('noted', 'alarm', 'pending', 'first', 'held', 'undone') ORDER BY r.n`, contact)
	return list, wrap(err, "look up returns")
}
