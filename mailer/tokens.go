package mailer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"bantin"
)

// Tokens makes and checks the signed tokens in links and addresses, and the
// Message-IDs. Each purpose has a key of its own, derived from the installation's
// one secret.
type Tokens struct{ unsubscribe, message, erased, returnPath, unsubscribeByMail, link, limit, proof []byte }

// NewTokens derives the keys (HMAC-SHA-256 as a key derivation function,
// NIST SP 800-108).
func NewTokens(secret []byte) *Tokens {
	derive := func(purpose string) []byte { return hmacSHA256(secret, "bantin "+purpose) }
	return &Tokens{derive("unsubscribe"), derive("message-id"), derive("erased"), derive("return-path"), derive("leave-by-mail"),
		derive("link"), derive("limit"), derive("proof")}
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
	if !hmac.Equal(mac, hmacSHA256(t.unsubscribe, string(body))[:macBytes]) {
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
