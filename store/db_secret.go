package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

// ErrOtherSecret says that links, return paths and hashes of this database were made with
// another secret than the program's.
var ErrOtherSecret = errors.New("this database was used with another secret: with this one no link in a mail would work and erased people could come back; " +
	"give the secret of before as site.secret_file, or name its file under site.former_secrets")

// fingerprintSetting is the setting that has the fingerprint of the secret in use.
const fingerprintSetting = "secret_fingerprint"

// CheckSecret compares the fingerprint of the program's secret with that of the one that
// the database was used with, and keeps it the first time. Where the database was used
// with a former one, it is used with the new one from now on. Any other is ErrOtherSecret.
func (db *DB) CheckSecret(ctx context.Context, fingerprint string, former []string) error {
	known, err := db.settingOrInsert(ctx, fingerprintSetting, fingerprint)
	if err != nil || known == fingerprint {
		return err
	}
	if slices.Contains(former, known) {
		return db.SetSetting(ctx, fingerprintSetting, fingerprint)
	}
	return ErrOtherSecret
}

// MadeSecret gives the secret that the database made for itself; nil where it has none,
// since a file was used from the beginning.
func (db *DB) MadeSecret(ctx context.Context) ([]byte, error) {
	text, err := db.Setting(ctx, secretSetting)
	if err != nil || text == "" {
		return nil, err
	}
	return decodeSecret(text)
}

const (
	secretSetting = "secret"
	secretSize    = 32
)

func decodeSecret(text string) ([]byte, error) {
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(secret) != secretSize {
		return nil, fmt.Errorf("read secret: the stored one is not readable: restore the newest backup")
	}
	return secret, nil
}
