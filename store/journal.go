package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bantin"
)

// The journal is a file beside the database to which it is only ever added: who left, was
// erased or suppressed, and which editions were made. It is copied as it grows, so that
// what happened after a backup is known when that is restored. Addresses stand in it as
// keyed hashes.

// The journal's folder in a data directory, and its file.
const (
	JournalFolder = "journal"
	journalFile   = "journal.jsonl"
)

// journalVersion changes with the form of the entries.
const journalVersion = 1

// The kinds of entries.
const (
	entryHead       = "journal" // begins a file, and each stay of an installation in it
	entryLeft       = "left"
	entryErased     = "erased"
	entrySuppressed = "suppressed"
	entryEdition    = "edition"
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
	Number int    `json:"number,omitempty"` // of an edition
}

// journalCursor is how far the journal has come. It is kept in the database: a restored one
// goes on from where it was, and repeats what stands in the journal already.
type journalCursor struct {
	Departure  int64 `json:"departure"`
	Edition    int64 `json:"edition"`
	Erased     int64 `json:"erased"`
	Suppressed int64 `json:"suppressed"`
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
	for _, look := range []func(context.Context, *journalCursor) ([]journalEntry, error){j.left, j.erased, j.suppressed, j.editions} {
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
	var list []journalEntry
	err := each(ctx, j.DB.reader, func(rows *sql.Rows) error {
		e := journalEntry{Kind: entryErased}
		err := rows.Scan(&e.Hash, &e.At)
		c.Erased = e.At
		list = append(list, e)
		return err
	}, `SELECT hash, at FROM erased WHERE at > $1 AND at < $2 ORDER BY at`, c.Erased, millis(j.DB.now().Add(-journalLag)))
	return list, err
}

func (j *Journal) suppressed(ctx context.Context, c *journalCursor) ([]journalEntry, error) {
	var list []journalEntry
	err := each(ctx, j.DB.reader, func(rows *sql.Rows) error {
		e := journalEntry{Kind: entrySuppressed}
		var address string
		err := rows.Scan(&address, &e.Reason, &e.At)
		e.Hash, c.Suppressed = erasedHash(j.Secret, address), e.At
		list = append(list, e)
		return err
	}, `SELECT address_key, reason, at FROM suppressions WHERE at > $1 AND at < $2 ORDER BY at`, c.Suppressed, millis(j.DB.now().Add(-journalLag)))
	return list, err
}

func (j *Journal) editions(ctx context.Context, c *journalCursor) ([]journalEntry, error) {
	var list []journalEntry
	err := each(ctx, j.DB.reader, func(rows *sql.Rows) error {
		e := journalEntry{Kind: entryEdition}
		err := rows.Scan(&c.Edition, &e.Digest, &e.Number, &e.At)
		list = append(list, e)
		return err
	}, `SELECT n, digest, number, created_at FROM editions WHERE n > $1 ORDER BY n LIMIT $2`, c.Edition, journalBatch)
	return list, err
}

// add appends entries and flushes them. What a killed process left of a line is ended
// first.
func (j *Journal) add(ctx context.Context, entries []journalEntry) error {
	if !j.begun {
		instance, err := j.DB.Instance(ctx)
		if err != nil {
			return err
		}
		head := journalEntry{Kind: entryHead, At: millis(j.DB.now()), Version: journalVersion, Instance: instance, Fingerprint: j.Fingerprint}
		entries = append([]journalEntry{head}, entries...)
	}
	dir := filepath.Join(j.DB.dir, JournalFolder)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, journalFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
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

// CopyJournal copies the journal of a data directory into a folder. A copy there that is
// not the beginning of this journal, as after a new start with an empty directory, is kept
// under another name, and read by a restore all the same.
func CopyJournal(ctx context.Context, dir, to string) (bytes int64, err error) {
	from := filepath.Join(dir, JournalFolder, journalFile)
	if err := os.MkdirAll(to, 0o750); err != nil {
		return 0, fmt.Errorf("copy journal: %w", err)
	}
	target := filepath.Join(to, journalFile)
	tmp := filepath.Join(to, "."+journalFile+".new")
	_ = os.Remove(tmp)
	if err := copyFile(ctx, from, tmp); err != nil {
		return 0, errors.Join(fmt.Errorf("copy journal: %w", err), ignoreMissing(os.Remove(tmp)))
	}
	begins, err := beginsWith(tmp, target)
	if err == nil && !begins {
		err = os.Rename(target, filepath.Join(to, "journal-"+time.Now().UTC().Format("20060102T150405.000")+".jsonl"))
	}
	if err == nil {
		err = os.Rename(tmp, target)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("copy journal: %w", err), ignoreMissing(os.Remove(tmp)))
	}
	info, err := os.Stat(target)
	if err != nil {
		return 0, fmt.Errorf("copy journal: %w", err)
	}
	return info.Size(), syncFile(to)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// beginsWith reports whether a file begins with all that another has; true where that is
// missing.
func beginsWith(long, short string) (bool, error) {
	b, err := os.Open(short)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer b.Close()
	a, err := os.Open(long)
	if err != nil {
		return false, err
	}
	defer a.Close()
	whole, part := bufio.NewReader(a), bufio.NewReader(b)
	for {
		want, err := part.ReadByte()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if got, err := whole.ReadByte(); err != nil || got != want {
			return false, nil // it is shorter, or another
		}
	}
}
