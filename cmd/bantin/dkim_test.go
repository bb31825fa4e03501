package main

import (
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"bantin/config"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/store"
)

// What the server gets is signed, and its return path says whose it was.
func TestSignedOverTheWire(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, nil)
	f := mailFolder(t, mailYAML(server.Port(), noTLS))
	record, _, _ := strings.Cut(f.ok("dkim", "generate", "--domain", "example.org", "--selector", "s1", "--type", "ed25519", "--out", "k.pem", "--json"), `","strings"`)
	_, record, _ = strings.Cut(record, `"record":"`)
	f.write("bantin.yaml", mailYAML(server.Port(), noTLS+", bounces: tra-lai@example.org, dkim: {domain: example.org, selector: s1, key_file: k.pem}"))
	f.ok("digest", "send", "hang-tuan")
	db, err := store.Open(t.Context(), f.path("var"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	secret, err := db.Secret(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	editions, err := db.Editions().List(t.Context(), "hang-tuan", 1)
	if err != nil || len(editions) != 1 {
		t.Fatal(editions, err)
	}
	for _, m := range server.Messages() {
		found, err := dkim.VerifyWithOptions(strings.NewReader(string(m.Data)), &dkim.VerifyOptions{
			LookupTXT: func(string) ([]string, error) { return []string{record}, nil }})
		if err != nil || len(found) != 1 || found[0].Err != nil {
			t.Errorf("to %s: %v, %v", m.To, found, err)
		}
		key, delivery, err := mailer.NewTokens(secret).ParseVERP(m.From)
		if err != nil || delivery != mailer.EditionCode("hang-tuan", editions[0].Due) {
			t.Errorf("from %s: %q, %v", m.From, delivery, err)
		}
		if c, err := db.Contacts().Get(t.Context(), m.To); err != nil || c.Key != key {
			t.Errorf("the return path of the mail to %s speaks of somebody else: %v", m.To, err)
		}
	}
	if n := len(server.Messages()); n != 3 {
		t.Errorf("%d messages", n)
	}
}

// The check of the YAML and what makes return paths agree on their length.
func TestMaxBounceLocalPart(t *testing.T) {
	if config.MaxBounceLocalPart != mailer.MaxBounceLocalPart {
		t.Errorf("config allows %d octets, mailer %d", config.MaxBounceLocalPart, mailer.MaxBounceLocalPart)
	}
}
