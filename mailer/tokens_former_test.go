package mailer

import (
	"errors"
	"testing"
	"time"
)

// What was made with a former secret still counts, and nothing else does.
func TestFormerSecrets(t *testing.T) {
	old, next := []byte("bí mật cũ của hội"), []byte("bí mật mới của hội")
	before, after, stranger := NewTokens(old), NewTokens(next, old), NewTokens(next, []byte("bí mật của người khác"))
	key, digests := "00112233445566778899aabbccddeeff", []string{"hang-tuan"}
	due := time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)
	leave, err := before.UnsubscribeToken(key, "hang-tuan")
	if err != nil {
		t.Fatal(err)
	}
	link, err := before.LinkToken(PurposeAccount, key, due.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	verp, err := before.VERP("tra-lai@example.org", key, EditionCode("hang-tuan", due))
	if err != nil {
		t.Fatal(err)
	}
	detail, err := before.UnsubscribeDetail(key, "hang-tuan")
	if err != nil {
		t.Fatal(err)
	}
	id := before.MessageID("hang-tuan", due, "lan@example.org")
	for name, tokens := range map[string]*Tokens{"after": after, "stranger": stranger} {
		counts := name == "after"
		for what, err := range map[string]error{
			"unsubscribe": errorOf3(tokens.ParseUnsubscribeToken(leave, digests)),
			"link":        errorOf(tokens.ParseLinkToken(PurposeAccount, link, due)),
			"return path": errorOf3(tokens.ParseVERP(verp)),
			"by mail":     errorOf3(tokens.ParseUnsubscribeAddress("tra-lai+"+detail+"@example.org", digests)),
		} {
			if counts != (err == nil) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if tokens.MadeMessageID(id, "hang-tuan", due, "lan@example.org") != counts {
			t.Errorf("%s, Message-ID", name)
		}
	}
	if _, err := after.ParseLinkToken(PurposeAccount, link, due.Add(2*time.Hour)); !errors.Is(err, ErrExpiredToken) {
		t.Errorf("an expired link of a former secret: %v", err)
	}
	if after.MessageID("hang-tuan", due, "lan@example.org") == id {
		t.Error("a Message-ID is made from a former secret")
	}
	if after.Fingerprint() != NewTokens(next).Fingerprint() || after.FormerFingerprints()[0] != before.Fingerprint() || before.Fingerprint() == after.Fingerprint() {
		t.Error("fingerprints do not tell secrets apart")
	}
}

func errorOf3(_, _ string, err error) error { return err }
func errorOf(_ string, err error) error     { return err }
