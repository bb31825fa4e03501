package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"bantin"
)

// ByKey gives the contact of a link with what they said of each digest;
// bantin.ErrNotFound where they were erased since.
func (v Contacts) ByKey(ctx context.Context, key string) (bantin.Contact, error) {
	c, _, err := contactByLinkKey(ctx, v.db.reader, key)
	if err != nil {
		return bantin.Contact{}, fmt.Errorf("look up contact: %w", explain(err))
	}
	return *c, v.db.loadDetails(ctx, c, bantin.AddressKey(c.Email))
}

// Preferences are what a contact sets on their preferences page.
type Preferences struct {
	Place       string
	Reads       []string // places
	Topics      []string
	Language    bantin.Language
	Paused      bantin.Day // zero: not
	Subscribe   []string   // digests that they want and did not get
	Unsubscribe []string   // digests that they got and want no more
}

// SavePreferences keeps what a contact chose. A field that they changed is their own from
// then on: no import changes it. bantin.ErrNotFound.
func (v Contacts) SavePreferences(ctx context.Context, key string, ch Preferences) error {
	return v.db.write(ctx, "keep choices", func(tx *sql.Tx) error {
		c, own, err := contactByLinkKey(ctx, tx, key)
		if err != nil {
			return err
		}
		was := *c
		own["place"] = own["place"] || c.Place != ch.Place
		own["language"] = own["language"] || c.Language != ch.Language
		own["reads"] = own["reads"] || !slices.Equal(c.Reads, ch.Reads) || !slices.Equal(c.Topics, ch.Topics)
		c.Place, c.Language, c.Reads, c.Topics, c.PausedUntil = ch.Place, ch.Language, ch.Reads, ch.Topics, ch.Paused
		if err := v.db.saveOwnFields(ctx, tx, &was, c, own); err != nil {
			return err
		}
		for _, digest := range ch.Subscribe {
			if _, err := v.db.subscribe(ctx, tx, c.ID, digest, ""); err != nil {
				return err
			}
		}
		now := v.db.now() // one time for all: leaving several is counted as one contact who left
		for _, digest := range ch.Unsubscribe {
			if err := v.db.unsubscribe(ctx, tx, c.ID, digest, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnsubscribeOnPage is Unsubscribe by the button of the page: of one digest, or with
// all of each of them and of any that will be. It queues one goodbye for each time that
// they leave. bantin.ErrNotFound.
func (v Contacts) UnsubscribeOnPage(ctx context.Context, key, digest string, all []string, goodbye NoticeAbout) error {
	return v.db.write(ctx, "unsubscribe", func(tx *sql.Tx) error {
		c, _, err := contactByLinkKey(ctx, tx, key)
		if err != nil {
			return err
		}
		leaves := []string{digest}
		if len(all) > 0 {
			leaves = append(slices.Clone(all), allDigests)
		}
		now := v.db.now() // one time for all: it tells the goodbye from another
		for _, d := range leaves {
			if err := v.db.unsubscribe(ctx, tx, c.ID, d, now); err != nil {
				return err
			}
		}
		var since int64 // of a digest that they left before, that time: it was told
		last := leaves[len(leaves)-1]
		if err := tx.QueryRowContext(ctx, `SELECT since FROM subscriptions WHERE contact = $1 AND digest = $2`, c.ID, last).Scan(&since); err != nil {
			return err
		}
		goodbye.ContactKey, goodbye.Digest = key, digest
		return v.db.addNotice(ctx, tx, Notice{Kind: NoticeGoodbye, Nonce: fmt.Sprint(key, " ", since), Address: c.Email, Language: c.Language, About: goodbye})
	})
}

// Resubscribe undoes leaving: of one digest, or with all of each of them.
// bantin.ErrNotFound.
func (v Contacts) Resubscribe(ctx context.Context, key, digest string, all []string) error {
	return v.db.write(ctx, "undo unsubscribing", func(tx *sql.Tx) error {
		c, _, err := contactByLinkKey(ctx, tx, key)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			_, err := v.db.subscribe(ctx, tx, c.ID, digest, "")
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM subscriptions WHERE contact = $1 AND digest = ''`, c.ID); err != nil {
			return err
		}
		for _, d := range all {
			if _, err := v.db.subscribe(ctx, tx, c.ID, d, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// RequestLink queues a mail to the contact with a fresh link to their data, within
// a limit. bantin.ErrNotFound.
func (v Contacts) RequestLink(ctx context.Context, key string, n Notice, address RequestLimit) error {
	return v.db.write(ctx, "ask for a link", func(tx *sql.Tx) error {
		c, _, err := contactByLinkKey(ctx, tx, key)
		if err != nil {
			return err
		}
		free, err := address.take(ctx, tx, v.db.now())
		if err != nil || !free {
			return errors.Join(err, requestLimitError(!free))
		}
		n.Kind, n.Address, n.About.ContactKey = NoticeLink, c.Email, key
		if n.Language = c.Language; n.Language == "" {
			n.Language = bantin.Vietnamese
		}
		return v.db.addNotice(ctx, tx, n)
	})
}

// ToContact gives the last messages of editions to a contact, the newest
// first, at most limit.
func (v Deliveries) ToContact(ctx context.Context, contact int64, limit int) ([]bantin.Delivery, error) {
	list, err := collect(ctx, v.db.reader, func(row scanner) (d bantin.Delivery, err error) {
		var digest string
		var number int
		err = row.Scan(&digest, &number, &d.Contact, &d.Status, &d.Attempts, &d.Reply)
		d.Edition = bantin.EditionID(digest, number)
		return d, err
	}, `SELECT e.digest, e.number, d.address, d.status, d.attempts, d.reply FROM editions e
		CROSS JOIN deliveries d WHERE d.edition = e.n AND d.contact = $1 ORDER BY e.n DESC LIMIT $2`, contact, limit)
	return list, wrap(err, "list deliveries of a contact")
}
