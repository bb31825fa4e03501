package mailer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"bantin"
)

// Tokens makes and checks the signed tokens in links and addresses, and the
// Message-IDs. Each purpose has a key of its own, derived from the installation's
// one secret. What was made from a former secret is still recognised, and nothing is made
// from one.
type Tokens struct {
	unsubscribe, message, erased, returnPath, unsubscribeByMail, link, limit, proof []byte

	former []*Tokens
}

// NewTokens derives the keys (HMAC-SHA-256 as a key derivation function,
// NIST SP 800-108) of the secret, and of those that were used before it.
func NewTokens(secret []byte, former ...[]byte) *Tokens {
	derive := func(purpose string) []byte { return hmacSHA256(secret, "bantin "+purpose) }
	t := &Tokens{unsubscribe: derive("unsubscribe"), message: derive("message-id"), erased: derive("erased"), returnPath: derive("return-path"),
		unsubscribeByMail: derive("leave-by-mail"), link: derive("link"), limit: derive("limit"), proof: derive("proof")}
	for _, old := range former {
		t.former = append(t.former, NewTokens(old))
	}
	return t
}

// all are the keys of the secret and then of the former ones.
func (t *Tokens) all() []*Tokens { return append([]*Tokens{t}, t.former...) }

// Fingerprint tells one secret from another, and nothing of either.
func (t *Tokens) Fingerprint() string {
	return hex.EncodeToString(hmacSHA256(t.proof, "fingerprint of the secret")[:16])
}

// FormerFingerprints are those of the former secrets.
func (t *Tokens) FormerFingerprints() []string {
	var list []string
	for _, old := range t.former {
		list = append(list, old.Fingerprint())
	}
	return list
}

// FormerErasedKeys are the keys of hashes that were made from a former secret.
func (t *Tokens) FormerErasedKeys() [][]byte {
	var list [][]byte
	for _, old := range t.former {
		list = append(list, old.erased)
	}
	return list
}

// ErasedKey is the HMAC key for the hashes of erased addresses.
func (t *Tokens) ErasedKey() []byte { return t.erased }

// ErrInvalidToken means that a token was not made by this installation, or was
// truncated or altered.
var ErrInvalidToken = errors.New("the link is not valid")

// An unsubscribe token is 16 bytes of the contact's key, 8 of a hash of the
// digest's id, 16 of a MAC over both: 54 characters in URL-safe base64.
const (
	keyBytes, digestBytes, macBytes = 16, 8, 16
	tokenLength                     = (keyBytes+digestBytes+macBytes)*8/6 + 1
)

// UnsubscribeToken makes the token that unsubscribes a contact from a digest. It
// never expires. contactKey is bantin.Contact.Key; ErrInvalidToken where it is
// malformed.
func (t *Tokens) UnsubscribeToken(contactKey, digest string) (string, error) {
	key, err := hex.DecodeString(contactKey)
	if err != nil || len(key) != keyBytes {
		return "", ErrInvalidToken
	}
	body := append(key, digestHash(digest)...)
	return base64.RawURLEncoding.EncodeToString(append(body, hmacSHA256(t.unsubscribe, string(body))[:macBytes]...)), nil
}

// ParseUnsubscribeToken checks a token and returns the contact's key and the
// digest. digests are all ids that ever existed, former ids included. It fails
// with ErrInvalidToken.
func (t *Tokens) ParseUnsubscribeToken(token string, digests []string) (contactKey, digest string, err error) {
	raw, err := decodeToken(token)
	if err != nil || len(raw) != keyBytes+digestBytes+macBytes {
		return "", "", ErrInvalidToken
	}
	body, mac := raw[:keyBytes+digestBytes], raw[keyBytes+digestBytes:]
	if !slices.ContainsFunc(t.all(), func(t *Tokens) bool { return hmac.Equal(mac, hmacSHA256(t.unsubscribe, string(body))[:macBytes]) }) {
		return "", "", ErrInvalidToken
	}
	for _, id := range digests {
		if string(digestHash(id)) == string(body[keyBytes:]) {
			return hex.EncodeToString(body[:keyBytes]), id, nil
		}
	}
	return "", "", ErrInvalidToken
}

// MessageID returns the left side of a delivery's Message-ID: unique to the
// delivery and the same for each attempt, so that a receiver can drop a repeated
// message.
func (t *Tokens) MessageID(digest string, due time.Time, address string) string {
	name := digest + "\x00" + due.UTC().Format(time.RFC3339Nano) + "\x00" + bantin.AddressKey(address)
	return hex.EncodeToString(hmacSHA256(t.message, name)[:len(MessageIDPlaceholder)/2])
}

// MadeMessageID reports whether an id is the MessageID of a delivery, by the secret or a
// former one. The case of its letters does not count.
func (t *Tokens) MadeMessageID(id, digest string, due time.Time, address string) bool {
	return slices.ContainsFunc(t.all(), func(t *Tokens) bool { return strings.EqualFold(t.MessageID(digest, due, address), id) })
}

// IsMessageID reports whether a Message-ID, with or without its brackets, has the form of
// those that MessageID makes.
func IsMessageID(id string) bool {
	left, _, ok := strings.Cut(strings.TrimPrefix(id, "<"), "@")
	raw, err := hex.DecodeString(left)
	return ok && err == nil && len(raw) == len(MessageIDPlaceholder)/2
}

func digestHash(id string) []byte {
	h := sha256.Sum256([]byte(id))
	return h[:digestBytes]
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// ProveInstallation answers a challenge in a way that only a program with this
// installation's secret and database can: mark is what the database has and no copy of it.
// A new challenge has another answer, so that an answer is worth nothing later.
func (t *Tokens) ProveInstallation(challenge, mark string) string {
	return hex.EncodeToString(hmacSHA256(t.proof, challenge+"\x00"+mark))
}
