package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"bantin"
)

// ContactStatus is how a contact stands towards the digests.
type ContactStatus string

// The statuses of contacts. A contact may be suppressed or pause beside being one of the
// others; nobody is active and left.
const (
	ContactActive     ContactStatus = "active"     // gets at least one digest
	ContactPending    ContactStatus = "pending"    // has not confirmed a sign-up yet, and may be no contact yet
	ContactPaused     ContactStatus = "paused"     // until a later day
	ContactLeft       ContactStatus = "left"       // unsubscribed, and would get none
	ContactSuppressed ContactStatus = "suppressed" // nothing may be mailed to them
)

// ContactStatuses lists all statuses.
func ContactStatuses() []ContactStatus {
	return []ContactStatus{ContactActive, ContactPending, ContactPaused, ContactLeft, ContactSuppressed}
}

// IsKnown reports whether there is such a status.
func (s ContactStatus) IsKnown() bool { return slices.Contains(ContactStatuses(), s) }

// Words says the status to people.
func (s ContactStatus) Words() bantin.Words {
	words, ok := map[ContactStatus]bantin.Words{
		ContactActive:     {VI: "đang nhận", EN: "active"},
		ContactPending:    {VI: "chờ xác nhận", EN: "not confirmed"},
		ContactPaused:     {VI: "tạm ngừng", EN: "paused"},
		ContactLeft:       {VI: "đã ngừng nhận", EN: "left"},
		ContactSuppressed: {VI: "bị chặn gửi", EN: "suppressed"},
	}[s]
	if !ok {
		return bantin.Words{VI: "không thuộc đối tượng nào", EN: "in no audience"}
	}
	return words
}

// ListedContact is a contact in a list, with how they stand. Status is "" for one who
// gets nothing and never left anything.
type ListedContact struct {
	bantin.Contact
	Status ContactStatus `json:"status,omitempty"`
	Since  time.Time     `json:"since,omitzero"` // the status began; without one: they came
	Why    string        `json:"why,omitempty"`  // an AudienceReason, the reason of a suppression, the last day of a pause

	created, suppressed, paused time.Time
}

// listedContacts loads the contacts c of a query, from its FROM on, with all that tells
// how they stand.
func (db *DB) listedContacts(ctx context.Context, from string, args params) (list []ListedContact, err error) {
	err = each(ctx, db.reader, func(rows *sql.Rows) error {
		var created int64
		c, _, err := scanContact(scanExtra{rows, []any{&created}})
		if err == nil {
			list = append(list, ListedContact{Contact: *c, created: fromMillis(created)})
		}
		return err
	}, `SELECT `+contactColumns+`, c.created_at FROM `+from, args...)
	if err != nil {
		return nil, err
	}
	return list, db.loadStandings(ctx, list)
}

// loadStandings adds to contacts, some hundreds, what they said and since when they are
// suppressed or pause.
func (db *DB) loadStandings(ctx context.Context, list []ListedContact) error {
	contacts := make([]*bantin.Contact, len(list))
	byID, byAddress := map[int64]*ListedContact{}, map[string]*ListedContact{}
	var keys []string
	var pausing []int64
	for i := range list {
		c := &list[i]
		contacts[i] = &c.Contact
		keys = append(keys, bantin.AddressKey(c.Email))
		byID[c.ID], byAddress[keys[i]] = c, c
		if c.PausedUntil != (bantin.Day{}) {
			pausing = append(pausing, c.ID)
		}
	}
	if err := loadSubscriptions(ctx, db.reader, contacts); err != nil {
		return err
	}
	err := queryIn(ctx, db.reader, keys, func(rows *sql.Rows) error {
		var key, reason string
		var at int64
		err := rows.Scan(&key, &reason, &at)
		if c := byAddress[key]; c != nil {
			c.Suppressed, c.suppressed = reason, fromMillis(at)
		}
		return err
	}, `SELECT address_key, reason, at FROM suppressions WHERE address_key IN `)
	if err != nil {
		return err
	}
	return queryIn(ctx, db.reader, pausing, func(rows *sql.Rows) error {
		var contact, at int64
		err := rows.Scan(&contact, &at)
		if c := byID[contact]; c != nil && fromMillis(at).After(c.paused) {
			c.paused = fromMillis(at)
		}
		return err
	}, `SELECT contact, at FROM record WHERE what = 'paused' AND contact IN `)
}

// chosenDigests are those that a status is about.
func (f *ContactFilter) chosenDigests() []DigestAudience {
	for _, d := range f.Digests {
		if d.ID == f.Digest {
			return []DigestAudience{d}
		}
	}
	if f.Digest != "" {
		return nil
	}
	return f.Digests
}

// chooses fills in how a contact stands, and reports whether the filter takes them.
func (f *ContactFilter) chooses(c *ListedContact) bool {
	bare := c.Contact // as if they were neither suppressed nor pausing
	bare.Suppressed, bare.PausedUntil = "", bantin.Day{}
	why, since, would := f.gets(&bare, c.created)
	unsubscribed, goneAt := f.unsubscribed(c)
	pauses := c.PausedUntil.String() > f.Today.String()
	for _, s := range []struct {
		status ContactStatus
		is     bool
		since  time.Time
		why    string
	}{
		{ContactSuppressed, c.Suppressed != "" && (would || f.Digest == ""), c.suppressed, c.Suppressed},
		{ContactPaused, pauses && (would || f.Digest == ""), c.paused, c.PausedUntil.String()},
		{ContactActive, would && c.Suppressed == "" && !pauses, since, string(why)},
		{ContactLeft, !would && unsubscribed, goneAt, string(ExcludedUnsubscribed)},
		{"", f.Status == "", c.created, ""},
	} {
		if s.is && (f.Status == s.status || f.Status == "") {
			c.Status, c.Since, c.Why = s.status, s.since, s.why
			began := s.since
			if f.Status == "" {
				began = c.created
			}
			return f.takes(c) && !began.Before(f.Since)
		}
	}
	return false
}

// takes reports whether a contact is one whom the filter names. Lists that go by address
// have asked the database already.
func (f *ContactFilter) takes(c *ListedContact) bool {
	return strings.HasPrefix(bantin.AddressKey(c.Email), bantin.AddressKey(f.Prefix)) && (f.Place == "" || c.Place == f.Place)
}

// gets tells whether a contact gets one of the digests, why, and since when.
func (f *ContactFilter) gets(c *bantin.Contact, created time.Time) (why AudienceReason, since time.Time, gets bool) {
	for _, d := range f.chosenDigests() {
		reason := d.ReasonFor(c, d.ID)
		if !reason.Included() {
			continue
		}
		began := created
		for _, s := range c.Subscriptions {
			if s.Digest == d.ID && s.Status == bantin.SubscriptionActive {
				began = s.Since
			}
		}
		if !gets || began.Before(since) {
			why, since, gets = reason, began, true
		}
	}
	return why, since, gets
}

// unsubscribed reports whether a contact left what the filter is about, and when.
func (f *ContactFilter) unsubscribed(c *ListedContact) (left bool, at time.Time) {
	for _, s := range c.Subscriptions {
		if s.Status == bantin.SubscriptionUnsubscribed && (f.Digest == "" || s.Digest == f.Digest || s.Digest == allDigests) {
			left = true
			if s.Since.After(at) {
				at = s.Since
			}
		}
	}
	return left, at
}
