package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
)

// Secret gives the installation's secret, 32 random bytes that are made on
// first use. It allows to forge links: it is never shown.
func (db *DB) Secret(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, secretSize)
	rand.Read(fresh) // never fails since Go 1.24
	text, err := db.settingOrInsert(ctx, secretSetting, base64.StdEncoding.EncodeToString(fresh))
	if err != nil {
		return nil, err
	}
	return decodeSecret(text)
}

// Setting reads a value that was kept with SetSetting; none is "".
func (db *DB) Setting(ctx context.Context, name string) (string, error) {
	v, err := get[string](ctx, db.reader, `SELECT value FROM settings WHERE name = $1`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, explain(err)
}

// SetSetting keeps a value.
func (db *DB) SetSetting(ctx context.Context, name, value string) error {
	return db.execute(ctx, "keep setting "+name, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}

// Instance names this installation for good: feed ids are made with it, so
// that two installations' feeds of the same name are two feeds.
func (db *DB) Instance(ctx context.Context) (string, error) {
	return db.settingOrInsert(ctx, instanceSetting, rand.Text())
}

const instanceSetting = "instance"

// KnownInstance is Instance, or "" where none is known yet: a database of which nothing was
// ever published, backed up or journalled takes the name of the journal that is replayed
// into it.
func (db *DB) KnownInstance(ctx context.Context) (string, error) {
	return db.Setting(ctx, instanceSetting)
}

// settingOrInsert gives a value that is kept for good the first time it is asked for.
// Commands that only look must not wait for who writes, so it reads first.
func (db *DB) settingOrInsert(ctx context.Context, name, fresh string) (string, error) {
	value, err := db.Setting(ctx, name)
	if value != "" || err != nil {
		return value, err
	}
	err = db.write(ctx, "keep "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, fresh)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	})
	return value, err
}
