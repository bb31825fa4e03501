package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	Unknown    int       `json:"unknown"`            // left, and the backup does not know them: no import brings them back
	Editions   []string  `json:"editions,omitempty"` // were made since the backup: to whom they went is not known
	Unreadable int       `json:"unreadable"`         // lines
}

// Journals are the entries of all files of a folder.
type Journals struct {
	entries    []journalEntry
	unreadable int
}

// maxJournalLine is more than any line has.
const maxJournalLine = 64 << 10

// ReadJournal reads the journal of a folder. instance and fingerprints say whose it must
// be; an entry under another secret is ErrOtherJournal, since its hashes say nothing.
func ReadJournal(dir, instance string, fingerprints []string) (*Journals, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("read journal %s: %w", dir, ErrNoJournal)
	}
	j := &Journals{}
	for _, file := range files {
		if err := j.read(file, instance, fingerprints); err != nil {
			return nil, fmt.Errorf("read journal %s: %w", file, err)
		}
	}
	return j, nil
}

// read reads a file. A line that was cut or damaged is counted; the others hold.
func (j *Journals) read(file, instance string, fingerprints []string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxJournalLine)
	ours := false
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		e, ok := parseEntry(lines.Bytes())
		switch {
		case !ok:
			j.unreadable++
		case e.Kind == entryHead && e.Version > journalVersion:
			return ErrNewerJournal
		case e.Kind == entryHead && (e.Instance != instance || !slices.Contains(fingerprints, e.Fingerprint)):
			return ErrOtherJournal
		case e.Kind == entryHead:
			ours = true
		case !ours:
			return ErrOtherJournal // it does not say whose it is
		default:
			j.entries = append(j.entries, e)
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		j.unreadable++ // what follows cannot be told from it
		return nil
	}
	return lines.Err()
}

// parseEntry reads a line; ok is false for one that is none.
func parseEntry(line []byte) (e journalEntry, ok bool) {
	err := json.Unmarshal(line, &e)
	return e, err == nil && e.Kind != ""
}

// Replay brings what a journal knows into the database: who left stays left, who was
// erased stays erased, who was suppressed stays so. What stands there already changes
// nothing, so that it may be repeated. Who came back after they left stays away: better one
// mail too few.
func (db *DB) Replay(ctx context.Context, j *Journals, secret []byte) (r Replayed, err error) {
	r.Unreadable = j.unreadable
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
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	return byHash, nil
}

func (db *DB) replay(ctx context.Context, e journalEntry, byHash map[string]string, secret []byte, r *Replayed) error {
	address, known := byHash[e.Hash]
	switch e.Kind {
	case entryEdition:
		var there bool
		err := db.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM editions WHERE digest = $1 AND number = $2)`, e.Digest, e.Number).Scan(&there)
		if id := bantin.EditionID(e.Digest, e.Number); err == nil && !there && !slices.Contains(r.Editions, id) {
			r.Editions = append(r.Editions, id)
		}
		return err
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
	return db.write(ctx, "keep who was erased", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO erased (hash, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, e.Hash, e.At)
		return err
	})
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
