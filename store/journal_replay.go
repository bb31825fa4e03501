package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// Errors of a journal that cannot be used.
var (
	ErrOtherJournal = errors.New("the journal is of another installation")
	ErrNewerJournal = errors.New("the journal was written by a newer bantin: use that one")
	ErrNoJournal    = errors.New("there is no journal in this folder")
)

// Replayed is what a journal has brought into a restored database.
type Replayed struct {
	Last       time.Time `json:"last,omitzero"` // of the newest entry; before the backup was made it brings nothing
	Left       int       `json:"left"`
	Erased     int       `json:"erased"`
	Suppressed int       `json:"suppressed"`
	Unknown    int       `json:"unknown"`    // left, and the backup does not know them: no import brings them back
	Unreadable int       `json:"unreadable"` // lines

	Editions []ReplayedEdition `json:"editions,omitempty"` // that the backup has not, or not as done
}

// Replay brings what a journal knows into the database: who left stays left, who was
// erased stays erased, who was suppressed stays so. What stands there already changes
// nothing, so that it may be repeated. Who came back after they left stays away: better one
// mail too few. What an edition was handed over to counts as sent: see ReplayedEdition.
// All mailing must be held.
func (db *DB) Replay(ctx context.Context, j *Journals, secret []byte) (r Replayed, err error) {
	if j.instance != "" {
		if _, err := db.settingOrInsert(ctx, instanceSetting, j.instance); err != nil {
			return r, err
		}
	}
	byHash, err := db.contactsByHash(ctx, secret)
	if err != nil {
		return r, err
	}
	for _, e := range j.entries {
		if at := fromMillis(e.At); at.After(r.Last) {
			r.Last = at
		}
		if err := db.replay(ctx, e, byHash, secret, &r); err != nil {
			return r, fmt.Errorf("replay journal: %w", err)
		}
	}
	if err := db.replayEditions(ctx, j, secret, &r); err != nil {
		return r, fmt.Errorf("replay journal: %w", err)
	}
	r.Unreadable = j.unreadable
	return r, nil
}

// contactsByHash gives the addresses of all contacts by all hashes they may have.
func (db *DB) contactsByHash(ctx context.Context, secret []byte) (map[string]string, error) {
	byHash := map[string]string{}
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var address string
		err := rows.Scan(&address)
		for _, hash := range db.erasedHashes(secret, address) {
			byHash[hash] = address
		}
		return err
	}, `SELECT address_key FROM contacts`)
	return byHash, wrap(err, "list contacts")
}

func (db *DB) replay(ctx context.Context, e journalEntry, byHash map[string]string, secret []byte, r *Replayed) error {
	address, known := byHash[e.Hash]
	switch e.Kind {
	case entryErased:
		delete(byHash, e.Hash)
		return count(&r.Erased, known, func() error { return db.eraseAgain(ctx, e, address, known, secret) })
	case entryLeft:
		if !known {
			return db.keepAway(ctx, e, &r.Unknown)
		}
		return db.leaveAgain(ctx, e, address, &r.Left)
	case entrySuppressed:
		if !known {
			return nil
		}
		added, err := db.Suppressions().Add(ctx, address, e.Reason, fromMillis(e.At))
		if added {
			r.Suppressed++
		}
		return err
	}
	return nil // of a kind that this program does not know
}

func count(n *int, counts bool, do func() error) error {
	if counts {
		*n++
	}
	return do()
}

func (db *DB) eraseAgain(ctx context.Context, e journalEntry, address string, known bool, secret []byte) error {
	if known {
		if err := db.Contacts().Erase(ctx, address, secret); err != nil && !errors.Is(err, bantin.ErrNotFound) {
			return err
		}
	}
	return db.keepHash(ctx, e)
}

// keepHash keeps the hash of somebody whom no import is to bring back.
func (db *DB) keepHash(ctx context.Context, e journalEntry) error {
	return db.execute(ctx, "keep who was erased", `INSERT INTO erased (hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, e.Hash, e.At)
}

// keepAway keeps somebody away who came after the backup and left again.
func (db *DB) keepAway(ctx context.Context, e journalEntry, n *int) error {
	there, err := anyRow(ctx, db.reader, `SELECT EXISTS (SELECT 1 FROM erased WHERE hash = $1)`, e.Hash)
	if err != nil || there {
		return err
	}
	*n++
	return db.keepHash(ctx, e)
}

func (db *DB) leaveAgain(ctx context.Context, e journalEntry, address string, n *int) error {
	return db.write(ctx, "unsubscribe", func(tx *sql.Tx) error {
		var contact int64
		var status sql.NullString
		err := tx.QueryRowContext(ctx, `SELECT c.id, (SELECT status FROM subscriptions s WHERE s.contact = c.id AND s.digest = $2) FROM contacts c WHERE c.address_key = $1`,
			address, e.Digest).Scan(&contact, &status)
		if errors.Is(err, sql.ErrNoRows) || status.String == string(bantin.SubscriptionUnsubscribed) {
			return nil
		}
		if err != nil {
			return err
		}
		*n++
		return db.unsubscribe(ctx, tx, contact, e.Digest, fromMillis(e.At))
	})
}
