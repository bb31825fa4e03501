package store

import (
	"context"
	"time"

	"bantin"
)

// MailedEdition is an edition as return paths and Message-IDs name it.
type MailedEdition struct {
	Edition int64
	Digest  string
	Due     time.Time
}

// Mailings gives the editions whose messages may come back, the newest first.
func (v Returns) Mailings(ctx context.Context, since time.Time) ([]MailedEdition, error) {
	list, err := collectFields(ctx, v.db.reader, func(m *MailedEdition) []any { return []any{&m.Edition, &m.Digest, asTime(&m.Due)} }, `SELECT n, digest, due FROM editions WHERE created_at >= $1 ORDER BY n DESC`, millis(since))
	return list, wrap(err, "list mailings")
}

// RecipientAddress gives the address to which an edition went to the contact with this
// key; bantin.ErrNotFound.
func (v Returns) RecipientAddress(ctx context.Context, edition int64, contactKey string) (address string, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT address FROM deliveries WHERE edition = $1
		AND contact = (SELECT id FROM contacts WHERE key = $2 UNION ALL SELECT number FROM joined WHERE key = $2)`, edition, contactKey).Scan(&address)
	return address, mailedError(err)
}

// RecipientKey gives the key of the contact to whom an edition went at an address;
// bantin.ErrNotFound.
func (v Returns) RecipientKey(ctx context.Context, edition int64, address string) (contactKey string, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT c.key FROM contacts c JOIN deliveries d ON d.edition = $1 AND d.contact = c.id WHERE c.address_key = $2`,
		edition, bantin.AddressKey(address)).Scan(&contactKey)
	return contactKey, mailedError(err)
}

func mailedError(err error) error {
	return lookedUp(err, "delivery", "")
}

// PastDelivery is how one edition went to a contact.
type PastDelivery struct {
	Edition  int64
	Due      time.Time
	Status   bantin.DeliveryStatus
	Returned bool // with a return that counts
}

// PastDeliveries gives how the last editions went to the contact with this key, the
// newest first. Those that are under way are left out.
func (v Returns) PastDeliveries(ctx context.Context, contactKey string, limit int) ([]PastDelivery, error) {
	list, err := collectFields(ctx, v.db.reader, func(p *PastDelivery) []any { return []any{&p.Edition, asTime(&p.Due), &p.Status, &p.Returned} }, `SELECT e.n, e.due, d.status, EXISTS (SELECT 1 FROM returns r WHERE r.edition = e.n AND r.contact = $1 AND r.counts = 1)
		FROM editions e CROSS JOIN deliveries d
		WHERE d.edition = e.n AND d.contact = (SELECT id FROM contacts WHERE key = $1) AND d.status IN ('sent', 'failed') ORDER BY e.due DESC, e.n DESC LIMIT $2`, contactKey, limit)
	return list, wrap(err, "look up how editions went")
}

// Alarm is one way in which receivers refuse our server.
type Alarm struct {
	Reason     string
	Count      int64
	Last       time.Time
	Diagnostic string // of the last one
}

// Alarms gives what receivers have said against our server since a time, what
// came most often first.
func (v Returns) Alarms(ctx context.Context, since time.Time) ([]Alarm, error) {
	list, err := collectFields(ctx, v.db.reader, func(a *Alarm) []any { return []any{&a.Reason, &a.Count, asTime(&a.Last), &a.Diagnostic} }, `SELECT a.reason, a.count, a.last, COALESCE((SELECT r.diagnostic FROM returns r WHERE r.n = a.n), '')
		FROM (SELECT reason, COUNT(*) AS count, MAX(at) AS last, MAX(n) AS n FROM returns WHERE done = $1 AND at >= $2 GROUP BY reason) a
		ORDER BY a.count DESC, a.reason`, DoneAlarm, millis(since))
	return list, wrap(err, "list alarms")
}
