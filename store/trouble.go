package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"bantin"
)

// Troubles keeps what needs a person and lasts: Begin and End tell of one that somebody
// met, Found of those that are seen in the rows of other tables. How far each way of
// telling people is stands beside it (Unfinished, SaveTelling).
type Troubles struct{ db *DB }

// Troubles gives the view of the troubles.
func (db *DB) Troubles() Troubles { return Troubles{db} }

// troubleWords is what a trouble says, as it is stored.
type troubleWords struct {
	Subject bantin.Words `json:"subject"`
	What    bantin.Words `json:"what"`
	Hint    bantin.Words `json:"hint"`
	Digest  string       `json:"digest,omitempty"`
}

func wordsOf(t *bantin.Trouble) (string, error) {
	text, err := json.Marshal(troubleWords{t.Subject, t.What, t.Hint, t.Digest})
	return string(text), err
}

// A trouble of a kind that comes and goes is the same one where it is back before
// sameTroubleWithin, or for the maxTroublesADay-th time in a day.
const (
	sameTroubleWithin = 15 * time.Minute
	maxTroublesADay   = 4
)

// NewTroubleID makes an id for a trouble that is not stored yet.
func NewTroubleID() string { return strings.ToLower(rand.Text()[:12]) }

// Begin notes a trouble. One of its kind and object that lasts goes on under its id, and
// says what t says. Where nothing changes it writes nothing.
func (v Troubles) Begin(ctx context.Context, t bantin.Trouble) error {
	words, err := wordsOf(&t)
	if err != nil {
		return err
	}
	known, err := anyRow(ctx, v.db.reader, `SELECT EXISTS (SELECT 1 FROM troubles WHERE kind = $1 AND object = $2 AND resolved = 0 AND words = $3)`, t.Kind, t.Object, words)
	if err != nil {
		return fmt.Errorf("look for trouble: %w", err)
	}
	if known {
		return nil
	}
	return v.db.write(ctx, "note trouble", func(tx *sql.Tx) error { return v.db.beginTrouble(ctx, tx, t, false) })
}

func (db *DB) beginTrouble(ctx context.Context, tx *sql.Tx, t bantin.Trouble, found bool) error {
	words, err := wordsOf(&t)
	if err != nil {
		return err
	}
	id, err := db.sameTrouble(ctx, tx, &t)
	if err != nil {
		return err
	}
	if id != "" {
		_, err := tx.ExecContext(ctx, `UPDATE troubles SET words = $1, found = $2, resolved = 0 WHERE id = $3`, words, boolInt(found), id)
		return err
	}
	if t.ID == "" {
		t.ID = NewTroubleID()
	}
	if t.Since.IsZero() {
		t.Since = db.now()
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO troubles (id, kind, object, found, words, since) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.ID, t.Kind, t.Object, boolInt(found), words, millis(t.Since))
	return err
}

// sameTrouble gives the id of the trouble that t goes on with; "" where it is a new one.
func (db *DB) sameTrouble(ctx context.Context, tx *sql.Tx, t *bantin.Trouble) (id string, err error) {
	var resolved int64
	err = tx.QueryRowContext(ctx, `SELECT id, resolved FROM troubles WHERE kind = $1 AND object = $2
		ORDER BY CASE WHEN resolved = 0 THEN 0 ELSE 1 END, since DESC, id LIMIT 1`, t.Kind, t.Object).Scan(&id, &resolved)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil || resolved == 0 {
		return id, err
	}
	now := db.now()
	if !t.Kind.ComesAndGoes() {
		return "", nil
	}
	if now.Sub(fromMillis(resolved)) < sameTroubleWithin {
		return id, nil
	}
	var n int
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM troubles WHERE kind = $1 AND object = $2 AND since > $3`,
		t.Kind, t.Object, millis(now.Add(-day))).Scan(&n)
	if n < maxTroublesADay {
		id = ""
	}
	return id, err
}

// End notes that a trouble is over. Where there is none it writes nothing.
func (v Troubles) End(ctx context.Context, kind bantin.TroubleKind, object string) error {
	lasts, err := anyRow(ctx, v.db.reader, `SELECT EXISTS (SELECT 1 FROM troubles WHERE kind = $1 AND object = $2 AND resolved = 0)`, kind, object)
	if err != nil {
		return fmt.Errorf("look for trouble: %w", err)
	}
	if !lasts {
		return nil
	}
	return v.db.execute(ctx, "note that trouble is over", `UPDATE troubles SET resolved = $1 WHERE kind = $2 AND object = $3 AND resolved = 0`, millis(v.db.now()), kind, object)
}

// EndByID ends the trouble with this id and gives it; ended is false where none with it
// lasts.
func (v Troubles) EndByID(ctx context.Context, id string) (t bantin.Trouble, ended bool, err error) {
	list, err := v.list(ctx, `resolved = 0 AND id = $1`, id)
	if err != nil || len(list) == 0 {
		return t, false, err
	}
	err = v.End(ctx, list[0].Kind, list[0].Object)
	list[0].Resolved = v.db.now()
	return list[0], err == nil, err
}

// Found notes all troubles that are seen in the rows of other tables now: those that were
// seen before and are not among them are over.
func (v Troubles) Found(ctx context.Context, list []bantin.Trouble) error {
	open, err := v.list(ctx, `resolved = 0 AND found = 1`)
	if err != nil {
		return err
	}
	type key struct {
		kind   bantin.TroubleKind
		object string
	}
	before := map[key]bantin.Trouble{}
	for _, t := range open {
		before[key{t.Kind, t.Object}] = t
	}
	var changed []bantin.Trouble
	for _, t := range list {
		was, known := before[key{t.Kind, t.Object}]
		delete(before, key{t.Kind, t.Object})
		if !known || was.Subject != t.Subject || was.What != t.What || was.Hint != t.Hint {
			changed = append(changed, t)
		}
	}
	if len(changed) == 0 && len(before) == 0 {
		return nil
	}
	return v.db.write(ctx, "note troubles", func(tx *sql.Tx) error {
		for _, t := range changed {
			if err := v.db.beginTrouble(ctx, tx, t, true); err != nil {
				return err
			}
		}
		for _, t := range before {
			if _, err := tx.ExecContext(ctx, `UPDATE troubles SET resolved = $1 WHERE id = $2 AND resolved = 0`, millis(v.db.now()), t.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Open gives the troubles that last, the oldest first.
func (v Troubles) Open(ctx context.Context) ([]bantin.Trouble, error) {
	return v.list(ctx, `resolved = 0`)
}

// Since gives the troubles that last or ended after a time, the oldest first.
func (v Troubles) Since(ctx context.Context, after time.Time) ([]bantin.Trouble, error) {
	return v.list(ctx, `(resolved = 0 OR resolved > $1)`, millis(after))
}

func (v Troubles) list(ctx context.Context, where string, args ...any) (list []bantin.Trouble, err error) {
	list, err = collect(ctx, v.db.reader, scanTrouble, `SELECT id, kind, object, words, since, resolved FROM troubles WHERE `+where+` ORDER BY since, kind, object, id`, args...)
	return list, wrap(err, "list troubles")
}

func scanTrouble(row scanner) (t bantin.Trouble, err error) {
	var resolved int64
	var words troubleWords
	err = row.Scan(&t.ID, &t.Kind, &t.Object, asJSON(&words), asTime(&t.Since), &resolved)
	t.Subject, t.What, t.Hint, t.Digest = words.Subject, words.What, words.Hint, words.Digest
	if resolved > 0 {
		t.Resolved = fromMillis(resolved)
	}
	return t, err
}
