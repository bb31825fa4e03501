package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"bantin"
)

// OfficeToken is what a program shows in place of a session.
type OfficeToken struct {
	Hash     string // of the token: the token is nowhere
	Name     string
	MayWrite bool
	Created  time.Time
	Expires  time.Time
}

// ErrTokenExists says that another token has the name.
var ErrTokenExists = errors.New("there is a token of that name")

// AddToken stores a token that by makes; one that has expired makes room for another of
// its name. ErrTokenExists.
func (v Office) AddToken(ctx context.Context, t OfficeToken, by string) error {
	return v.db.write(ctx, "keep token", func(tx *sql.Tx) error {
		now := millis(v.db.now())
		if _, err := tx.ExecContext(ctx, `DELETE FROM office_tokens WHERE name = $1 AND expires_at <= $2`, t.Name, now); err != nil {
			return err
		}
		mayWrite := 0
		if t.MayWrite {
			mayWrite = 1
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO office_tokens (hash, name, may_write, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			t.Hash, t.Name, mayWrite, now, millis(t.Expires))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrTokenExists)
		}
		_, err = v.db.addAction(ctx, tx, bantin.Action{Who: by, Via: bantin.ViaCommand, What: bantin.ActionToken, Object: t.Name}, "")
		return err
	})
}

// RevokeToken ends a token; bantin.ErrNotFound.
func (v Office) RevokeToken(ctx context.Context, name, by string) error {
	return v.db.write(ctx, "revoke token", func(tx *sql.Tx) error {
		if n, err := execCount(ctx, tx, `DELETE FROM office_tokens WHERE name = $1`, name); err != nil || n == 0 {
			return errors.Join(err, fmt.Errorf("token %q: %w", name, bantin.ErrNotFound))
		}
		_, err := v.db.addAction(ctx, tx, bantin.Action{Who: by, Via: bantin.ViaCommand, What: bantin.ActionRevoke, Object: name}, "")
		return err
	})
}

// Token finds a token that has not expired; bantin.ErrNotFound.
func (v Office) Token(ctx context.Context, hash string) (t OfficeToken, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT hash, name, may_write <> 0, created_at, expires_at FROM office_tokens WHERE hash = $1 AND expires_at > $2`,
		hash, millis(v.db.now())).Scan(&t.Hash, &t.Name, &t.MayWrite, asTime(&t.Created), asTime(&t.Expires))
	return t, lookedUp(err, "token", "")
}
