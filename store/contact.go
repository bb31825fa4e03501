package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"bantin"
)

// Contacts stores contacts and what they say of digests:
//
//   - Get, ByKey, All and Audit read them.
//   - RequestSignUp, SignUpState, ConfirmSignUp, SavePreferences, RequestLink,
//     RequestAddressChange, AddressChanged and ChangeAddress serve their pages.
//   - Unsubscribe, UnsubscribeOnPage and Resubscribe change subscriptions;
//     Departures and LastDeparture tell senders who left.
//   - Erase removes a contact for good, IsErased tells that; DeleteExpiredRequests
//     removes what pages no longer need.
//
// Lists of contacts come in through Imports.
type Contacts struct{ db *DB }

// Contacts gives the view of the contacts.
func (db *DB) Contacts() Contacts { return Contacts{db} }

const contactColumns = `c.id, c.email, c.name, c.place, c.level, c.language, c.tags, c.origin, c.key, c.paused_until, c.own, c.reads`

func scanContact(row scanner) (*bantin.Contact, map[string]bool, error) {
	var (
		c                      bantin.Contact
		tags, own, till, reads string
	)
	if err := row.Scan(&c.ID, &c.Email, &c.Name, &c.Place, &c.Level, &c.Language, &tags, &c.Origin, &c.Key, &till, &own, &reads); err != nil {
		return nil, nil, err
	}
	c.Tags = splitTags(tags)
	c.Reads, c.Topics = SplitReads(reads)
	fields := map[string]bool{}
	for _, f := range splitTags(own) {
		fields[f] = true
	}
	return &c, fields, c.PausedUntil.UnmarshalText([]byte(till))
}

func contactByAddress(ctx context.Context, q querier, addressKey string) (*bantin.Contact, map[string]bool, error) {
	return scanContact(q.QueryRowContext(ctx, `SELECT `+contactColumns+` FROM contacts c WHERE c.address_key = $1`, addressKey))
}

// Get gives the contact with this address and what they said of each
// digest; bantin.ErrNotFound.
func (v Contacts) Get(ctx context.Context, address string) (bantin.Contact, error) {
	key := bantin.AddressKey(address)
	c, _, err := contactByAddress(ctx, v.db.reader, key)
	if err != nil {
		return bantin.Contact{}, lookedUp(err, "contact", address)
	}
	return *c, v.db.loadDetails(ctx, c, key)
}

func (db *DB) loadDetails(ctx context.Context, c *bantin.Contact, key string) error {
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var s bantin.ContactSubscription
		var since int64
		err := rows.Scan(&s.Digest, &s.Status, &since)
		if s.Digest == allDigests {
			c.LeftAll = s.Status == bantin.SubscriptionUnsubscribed
			return err
		}
		s.Since = fromMillis(since)
		c.Subscriptions = append(c.Subscriptions, s)
		return err
	}, `SELECT digest, status, since FROM subscriptions WHERE contact = $1 ORDER BY digest`, c.ID)
	if err != nil {
		return fmt.Errorf("look up subscriptions: %w", err)
	}
	err = db.reader.QueryRowContext(ctx, `SELECT reason FROM suppressions WHERE address_key = $1`, key).Scan(&c.Suppressed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look up suppression: %w", explain(err))
	}
	return nil
}

// All yields all contacts in the order of their arrival, reading a
// thousand at a time so that no transaction lasts.
func (v Contacts) All(ctx context.Context) iter.Seq2[bantin.Contact, error] {
	return v.db.contactPages(ctx, func(after int64) (string, params) {
		return `SELECT ` + contactColumns + ` FROM contacts c WHERE c.id > $1`, params{after}
	})
}

// contactPages yields the contacts c of a query, page after page; the query is given
// the id that the last one ended with.
func (db *DB) contactPages(ctx context.Context, query func(after int64) (string, params)) iter.Seq2[bantin.Contact, error] {
	return func(yield func(bantin.Contact, error) bool) {
		for last := int64(0); ; {
			text, args := query(last)
			page, err := db.contactPage(ctx, text, args)
			if err != nil {
				yield(bantin.Contact{}, err)
				return
			}
			for _, c := range page {
				if !yield(c, nil) {
					return
				}
				last = c.ID
			}
			if len(page) == 0 {
				return
			}
		}
	}
}

func (db *DB) contactPage(ctx context.Context, query string, args params) ([]bantin.Contact, error) {
	const atOnce = 1000
	query += ` ORDER BY c.id LIMIT ` + args.add(atOnce)
	var page []bantin.Contact
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		c, _, err := scanContact(rows)
		if err == nil {
			page = append(page, *c)
		}
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	return page, db.loadPageDetails(ctx, page)
}

// loadPageDetails adds to a page what its contacts said and whether they may be
// mailed.
func (db *DB) loadPageDetails(ctx context.Context, page []bantin.Contact) error {
	list, keys := make([]*bantin.Contact, len(page)), make([]string, len(page))
	for i := range page {
		list[i], keys[i] = &page[i], bantin.AddressKey(page[i].Email)
	}
	if err := loadSubscriptions(ctx, db.reader, list); err != nil {
		return err
	}
	suppressed, err := suppressedAmong(ctx, db.reader, keys)
	for i, key := range keys {
		page[i].Suppressed = suppressed[key]
	}
	return err
}

// readsTopic marks a topic among what a contact chose to read. Places and topics are one
// column: the ledger has a copy of it in each row.
const readsTopic = "topic:"

// SplitReads gives the places and topics that a contact chose to read of, as they are
// stored in one text.
func SplitReads(stored string) (places, topics []string) {
	for _, one := range splitTags(stored) {
		if id, ok := strings.CutPrefix(one, readsTopic); ok {
			topics = append(topics, id)
			continue
		}
		places = append(places, one)
	}
	return places, topics
}

// JoinReads is the other way.
func JoinReads(places, topics []string) string {
	list := slices.Clone(places)
	for _, id := range topics {
		list = append(list, readsTopic+id)
	}
	return joinTags(list)
}

// Tags are stored as |a|b|, so that one LIKE finds one on both databases.
func joinTags(tags []string) string {
	if len(tags) == 0 {
		return ""
	}
	return "|" + strings.Join(tags, "|") + "|"
}

func splitTags(s string) []string {
	if s = strings.Trim(s, "|"); s == "" {
		return nil
	}
	return strings.Split(s, "|")
}
