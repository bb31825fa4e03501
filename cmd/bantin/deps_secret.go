package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"bantin/config"
	"bantin/mailer"
	"bantin/store"
)

// databaseOf says where the database of a configuration is.
func databaseOf(c *config.Config) store.Options {
	opt := store.Options{URL: c.Database}
	if c.DatabasePasswordFile != "" {
		opt.Password = c.DatabasePassword
	}
	return opt
}

// openTokens derives the keys from the secret, and makes sure that the database was used
// with this secret, or with a former one: with any other no link in a mail would work.
func (w *deps) openTokens(ctx context.Context) error {
	secret, err := w.secret(ctx)
	if err != nil {
		return err
	}
	former, err := w.formerSecrets(ctx, secret)
	if err != nil {
		return err
	}
	tokens := mailer.NewTokens(secret, former...)
	if err := w.db.CheckSecret(ctx, tokens.Fingerprint(), tokens.FormerFingerprints()); err != nil {
		return err
	}
	w.db.UseFormerErasedKeys(tokens.FormerErasedKeys())
	w.tokens = tokens
	return nil
}

// secret is the one of the file where there is one, else the database's own.
func (w *deps) secret(ctx context.Context) ([]byte, error) {
	if file := w.config.Site.SecretFile; file != "" {
		return readSecret(file)
	}
	return w.db.Secret(ctx)
}

// formerSecrets are those of the files, and the database's own where a file took its place.
func (w *deps) formerSecrets(ctx context.Context, secret []byte) ([][]byte, error) {
	var list [][]byte
	for _, file := range w.config.Site.FormerSecrets {
		old, err := readSecret(file)
		if err != nil {
			return nil, err
		}
		list = append(list, old)
	}
	made, err := w.db.MadeSecret(ctx)
	if err != nil {
		return nil, err
	}
	if made != nil && !bytes.Equal(made, secret) {
		list = append(list, made)
	}
	return list, nil
}

// minSecret is how many characters a secret has at least.
const minSecret = 16

func readSecret(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < minSecret {
		return nil, fmt.Errorf("read secret %s: it is shorter than %d characters; `openssl rand -base64 32` makes a good one", file, minSecret)
	}
	return []byte(secret), nil
}
