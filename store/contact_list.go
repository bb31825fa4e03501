package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"bantin"
)

// ContactFilter chooses contacts for a list. The zero value is all of them.
type ContactFilter struct {
	Prefix string        // of the address; "": any
	Place  string        // slug; "": any
	Status ContactStatus // "": any; with a Digest: ContactActive
	Digest string        // the status is that towards this digest alone; "": towards all
	Since  time.Time     // the status began then or later; without one: they came then or later
	After  string        // goes on behind the contact with this address, in the form of bantin.AddressKey

	Digests []DigestAudience // those of the configuration, which decide who gets what
	Today   bantin.Day       // a pause until a later day is one
}

// DigestAudience is a digest and who gets it without having asked.
type DigestAudience struct {
	ID string
	Audience
}

// A page of a list looks at this many contacts at most, so that its cost does not grow
// with the number of contacts, however few of them fit: by an index, and one by one.
const (
	maxListScan   = 12_000
	maxListLookup = 2_000
)

// List gives contacts, at most limit, and what After must be for those behind them; next
// is "" at the end, and may be set where none or few of the contacts that were looked at fit.
// The list goes by address; those who left are in the order of their arrival.
func (v Contacts) List(ctx context.Context, f ContactFilter, limit int) (list []ListedContact, next string, err error) {
	if f.Digest != "" && f.Status == "" {
		f.Status = ContactActive
	}
	if f.Status == ContactPending {
		return v.db.listPending(ctx, &f, limit)
	}
	candidates := v.db.contactsByAddress
	switch {
	case f.Status == ContactLeft:
		candidates = v.db.contactsWhoUnsubscribed
	case f.Status == "" && !f.Since.IsZero():
		candidates = v.db.contactsByArrival
	}
	next = f.After
	for looked := 0; ; looked += limit + 1 {
		f.After = next
		var page []ListedContact
		if page, next, err = candidates(ctx, &f, limit+1); err != nil {
			return nil, "", fmt.Errorf("list contacts: %w", err)
		}
		for i := range page {
			if len(list) == limit {
				return list, bantin.AddressKey(list[limit-1].Email), nil
			}
			if f.chooses(&page[i]) {
				list = append(list, page[i])
			}
		}
		if next == "" || len(page) <= limit || looked >= maxListLookup {
			return list, next, nil
		}
	}
}

// contactsByAddress gives the next contacts, in the order of addresses, that may fit.
func (db *DB) contactsByAddress(ctx context.Context, f *ContactFilter, limit int) ([]ListedContact, string, error) {
	from, key := `contacts c`, `c.address_key`
	if f.Status == ContactSuppressed {
		from, key = `suppressions x JOIN contacts c ON c.address_key = x.address_key`, `x.address_key`
	}
	var args params
	where := f.conditions(&args, key)
	last, err := db.lastOfScan(ctx, from, key, where, args)
	if err != nil {
		return nil, "", err
	}
	if last != "" {
		where += ` AND ` + key + ` <= ` + args.add(last)
	}
	if f.Status == ContactActive {
		where += ` AND (` + f.activeSQL(&args) + `)`
	}
	list, err := db.listedContacts(ctx, from+` WHERE `+where+` ORDER BY `+key+` LIMIT `+args.add(limit), args)
	if len(list) == limit {
		last = bantin.AddressKey(list[limit-1].Email)
	}
	return list, last, err
}

// conditions are those that an index answers, of a list by address. There is one lower
// bound of the address: of two SQLite would take the first.
func (f *ContactFilter) conditions(args *params, key string) (where string) {
	prefix := bantin.AddressKey(f.Prefix)
	if prefix > f.After {
		where = key + ` >= ` + args.add(prefix)
	} else {
		where = key + ` > ` + args.add(f.After)
	}
	if prefix != "" {
		where += ` AND ` + key + ` < ` + args.add(prefix+"\uffff")
	}
	if f.Place != "" {
		where += ` AND c.place = ` + args.add(f.Place)
	}
	if f.Status == ContactPaused {
		where += ` AND c.paused_until <> '' AND c.paused_until > ` + args.add(f.Today.String())
	}
	if f.Status == ContactSuppressed && !f.Since.IsZero() {
		where += ` AND x.at >= ` + args.add(millis(f.Since))
	}
	return where
}

// lastOfScan is the address where a page of a long list stops looking; "" where the list
// ends before.
func (db *DB) lastOfScan(ctx context.Context, from, key, where string, args params) (last string, err error) {
	args = append(params{}, args...)
	query := `SELECT ` + key + ` FROM ` + from + ` WHERE ` + where + ` ORDER BY ` + key + ` LIMIT 1 OFFSET ` + args.add(maxListScan-1)
	err = db.reader.QueryRowContext(ctx, query, args...).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return last, explain(err)
}

// activeSQL is the condition that contact c gets a digest of the filter.
func (f *ContactFilter) activeSQL(args *params) string {
	conditions := []string{`1 = 0`}
	for _, d := range f.chosenDigests() {
		conditions = append(conditions, `c.paused_until <= `+args.add(d.Day.String())+` AND `+d.getsSQL(args, d.ID, contactRange{}))
	}
	return `(` + strings.Join(conditions, ` OR `) + `) AND ` + notSuppressedSQL
}

// contactsWhoUnsubscribed gives the next contacts, in the order of their arrival, who
// unsubscribed from anything.
func (db *DB) contactsWhoUnsubscribed(ctx context.Context, f *ContactFilter, limit int) ([]ListedContact, string, error) {
	after, err := db.arrivalOf(ctx, f.After)
	if err != nil {
		return nil, "", err
	}
	args := params{after}
	ids := `SELECT DISTINCT s.contact FROM subscriptions s WHERE s.status = 'unsubscribed' AND s.contact > $1`
	if !f.Since.IsZero() {
		ids += ` AND s.since >= ` + args.add(millis(f.Since))
	}
	ids += ` ORDER BY s.contact LIMIT ` + args.add(limit)
	list, err := db.listedContacts(ctx, `(`+ids+`) gone JOIN contacts c ON c.id = gone.contact ORDER BY c.id`, args)
	return list, lastAddress(list, limit), err
}

// contactsByArrival gives the next contacts who came since a time.
func (db *DB) contactsByArrival(ctx context.Context, f *ContactFilter, limit int) ([]ListedContact, string, error) {
	after, err := db.arrivalOf(ctx, f.After)
	if err != nil {
		return nil, "", err
	}
	args := params{after, millis(f.Since)}
	list, err := db.listedContacts(ctx, `contacts c WHERE c.id > $1 AND c.created_at >= $2
		AND c.id >= (SELECT MIN(n.id) FROM contacts n WHERE n.created_at >= $2) ORDER BY c.id LIMIT `+args.add(limit), args)
	return list, lastAddress(list, limit), err
}

// lastAddress is where a list goes on; "" where it was not cut at the limit.
func lastAddress(list []ListedContact, limit int) string {
	if len(list) < limit {
		return ""
	}
	return bantin.AddressKey(list[limit-1].Email)
}

// arrivalOf is the row of a contact, by whose number lists in the order of arrival go on;
// 0 for no address. bantin.ErrNotFound where they were erased meanwhile.
func (db *DB) arrivalOf(ctx context.Context, addressKey string) (id int64, err error) {
	if addressKey == "" {
		return 0, nil
	}
	err = db.reader.QueryRowContext(ctx, `SELECT id FROM contacts WHERE address_key = $1`, addressKey).Scan(&id)
	return id, lookedUp(err, "contact", addressKey)
}

// AddressByID gives the address of a contact; bantin.ErrNotFound.
func (v Contacts) AddressByID(ctx context.Context, id int64) (address string, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT email FROM contacts WHERE id = $1`, id).Scan(&address)
	if err != nil {
		return "", lookedUp(err, "contact", fmt.Sprint(id))
	}
	return address, nil
}
