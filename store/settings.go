package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
)

// Secret gives the installation's secret, 32 random bytes that are made on
// first use. Whoever has it can forge links: it is never shown.
func (db *DB) Secret(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails since Go 1.24
	var text string
	err := db.write(ctx, "read secret", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ('secret', $1) ON CONFLICT DO NOTHING`,
			base64.StdEncoding.EncodeToString(fresh))
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = 'secret'`).Scan(&text)
	})
	if err != nil {
		return nil, err
	}
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(secret) != len(fresh) {
		return nil, fmt.Errorf("read secret: the stored one is not readable: restore the newest backup")
	}
	return secret, nil
}

// Setting reads a value that was kept with SetSetting; none is "".
func (db *DB) Setting(ctx context.Context, name string) (string, error) {
	var v string
	err := db.reader.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, explain(err)
}

// SetSetting keeps a value.
func (db *DB) SetSetting(ctx context.Context, name, value string) error {
	return db.write(ctx, "keep setting "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
}

// Instance names this installation for good: feed ids are made with it, so
// that two installations' feeds of the same name are two feeds.
func (db *DB) Instance(ctx context.Context) (string, error) {
	var name string
	err := db.write(ctx, "name installation", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ('instance', $1) ON CONFLICT DO NOTHING`, rand.Text())
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = 'instance'`).Scan(&name)
	})
	return name, err
}
