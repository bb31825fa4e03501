package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// The journal is a folder beside the database, to whose files it is only ever added: who
// left, was erased or suppressed, which editions were made and settled, and to whom they were
// handed over. It is copied as it grows, so that what happened after a backup is known when
// that is restored. Addresses stand in it as keyed hashes.

// The journal's folder in a data directory, its file, and how the files of editions begin.
const (
	JournalFolder = "journal"
	journalFile   = "journal.jsonl"
	sentPrefix    = "sent-"
)

// journalVersion changes with the form of the entries.
const journalVersion = 1

// The kinds of entries.
const (
	entryHead       = "journal" // begins a file, and each stay of an installation in it
	entryLeft       = "left"
	entryErased     = "erased"
	entrySuppressed = "suppressed"
	entryEdition    = "edition" // what is needed to make it again; in the file of an edition too
	entrySettled    = "settled" // nothing more is sent of an edition
	entrySent       = "sent"    // deliveries, in the file of an edition
)

// journalEntry is a line of the journal.
type journalEntry struct {
	Kind string `json:"kind"`
	At   int64  `json:"at,omitempty"` // milliseconds since 1970

	Version     int    `json:"version,omitempty"`     // of a head
	Instance    string `json:"instance,omitempty"`    // of a head: whose journal it is
	Fingerprint string `json:"fingerprint,omitempty"` // of a head: of the secret that the hashes are keyed with

	Hash   string `json:"hash,omitempty"`   // of the address
	Digest string `json:"digest,omitempty"` // "" of one who left: all
	Reason string `json:"reason,omitempty"`

	Number  int          `json:"number,omitempty"` // of an edition
	Due     int64        `json:"due,omitempty"`    // of an edition; with the digest it tells it from all others
	Status  string       `json:"status,omitempty"` // of one that is settled
	Edition *editionPlan `json:"edition,omitempty"`
	Hashes  []string     `json:"hashes,omitempty"` // of those it was sent to
}

// journalCursor is how far the journal has come. It is kept in the database: a restored one
// goes on from where it was, and repeats what stands in the journal already.
type journalCursor struct {
	Departure  int64 `json:"departure"`
	Edition    int64 `json:"edition"`
	Erased     int64 `json:"erased"`
	Suppressed int64 `json:"suppressed"`
	Settled    int64 `json:"settled"`
}

const (
	journalSetting = "journal"
	// journalLag is how old an entry is that is found by its time: others of the same
	// moment may not be stored yet.
	journalLag = 2 * time.Second
	// journalBatch limits what one step reads of each table.
	journalBatch = 1000
)

// Journal writes the journal of a database.
type Journal struct {
	DB          *DB
	Secret      []byte // what hashes of addresses are keyed with
	Fingerprint string // of the site's secret

	begun bool
}

// Step adds what is new since the last step, durably, and reports whether there may be
// more. One process writes the journal of a data directory at a time.
func (j *Journal) Step(ctx context.Context) (more bool, err error) {
	cursor, err := j.cursor(ctx)
	if err != nil {
		return false, err
	}
	was := cursor
	var entries []journalEntry
	for _, look := range []func(context.Context, *journalCursor) ([]journalEntry, error){j.left, j.erased, j.suppressed, j.editions, j.settled} {
		found, err := look(ctx, &cursor)
		if err != nil {
			return false, fmt.Errorf("write journal: %w", err)
		}
		more = more || len(found) == journalBatch
		entries = append(entries, found...)
	}
	if cursor == was && j.begun {
		return false, nil
	}
	if err := j.add(ctx, entries); err != nil {
		return false, fmt.Errorf("write journal: %w", err)
	}
	text, err := json.Marshal(cursor)
	if err == nil && cursor != was {
		err = j.DB.SetSetting(ctx, journalSetting, string(text))
	}
	return more, err
}

func (j *Journal) cursor(ctx context.Context) (c journalCursor, err error) {
	text, err := j.DB.Setting(ctx, journalSetting)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &c)
	}
	return c, err
}

// left finds who left. A departure is also noted for who was suppressed or merged: only
// who said so themselves stands in the subscriptions.
func (j *Journal) left(ctx context.Context, c *journalCursor) ([]journalEntry, error) {
	var list []journalEntry
	err := each(ctx, j.DB.reader, func(rows *sql.Rows) error {
		e := journalEntry{Kind: entryLeft}
		var address, status sql.NullString
		if err := rows.Scan(&c.Departure, &e.Digest, &e.At, &address, &status); err != nil {
			return err
		}
		if address.Valid && status.String == string(bantin.SubscriptionUnsubscribed) {
			e.Hash = erasedHash(j.Secret, address.String)
			list = append(list, e)
		}
		return nil
	}, `SELECT d.version, d.digest, d.at, c.address_key, s.status FROM departures d LEFT JOIN contacts c ON c.id = d.contact
		LEFT JOIN subscriptions s ON s.contact = d.contact AND s.digest = d.digest WHERE d.version > $1 ORDER BY d.version LIMIT $2`, c.Departure, journalBatch)
	return list, err
}

func (j *Journal) erased(ctx context.Context, c *journalCursor) ([]journalEntry, error) {
	list, err := collect(ctx, j.DB.reader, func(row scanner) (e journalEntry, err error) {
		e = journalEntry{Kind: entryErased}
		err = row.Scan(&e.Hash, &e.At)
		c.Erased = e.At
		return e, err
	}, `SELECT hash, at FROM erased WHERE at > $1 AND at < $2 ORDER BY at`, c.Erased, millis(j.DB.now().Add(-journalLag)))
	return list, err
}

func (j *Journal) suppressed(ctx context.Context, c *journalCursor) ([]journalEntry, error) {
	list, err := collect(ctx, j.DB.reader, func(row scanner) (e journalEntry, err error) {
		e = journalEntry{Kind: entrySuppressed}
		var address string
		err = row.Scan(&address, &e.Reason, &e.At)
		e.Hash, c.Suppressed = erasedHash(j.Secret, address), e.At
		return e, err
	}, `SELECT address_key, reason, at FROM suppressions WHERE at > $1 AND at < $2 ORDER BY at`, c.Suppressed, millis(j.DB.now().Add(-journalLag)))
	return list, err
}

// add appends entries and flushes them. What a killed process left of a line is ended
// first.
func (j *Journal) add(ctx context.Context, entries []journalEntry) error {
	if !j.begun {
		head, err := j.DB.journalHead(ctx, j.Fingerprint)
		if err != nil {
			return err
		}
		entries = append([]journalEntry{head}, entries...)
	}
	f, err := openJournal(j.DB.dir, journalFile)
	if err != nil {
		return err
	}
	var text []byte
	if !j.begun {
		text = []byte("\n")
	}
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return errors.Join(err, f.Close())
		}
		text = append(append(text, line...), '\n')
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		j.begun = true
	}
	return err
}

// journalHead says whose journal it is.
func (db *DB) journalHead(ctx context.Context, fingerprint string) (journalEntry, error) {
	instance, err := db.Instance(ctx)
	return journalEntry{Kind: entryHead, At: millis(db.now()), Version: journalVersion, Instance: instance, Fingerprint: fingerprint}, err
}
