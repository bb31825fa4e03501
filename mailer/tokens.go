package mailer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"bantin"
)

// Tokens signs what links in mails carry, and names messages. Each purpose
// has a key of its own, derived from the installation's one secret.
type Tokens struct{ unsubscribe, message, erased, returned, leave, link, limit []byte }

// NewTokens derives the keys (HMAC-SHA-256 as a key derivation function,
// NIST SP 800-108).
func NewTokens(secret []byte) *Tokens {
	derive := func(purpose string) []byte { return sum(secret, "bantin "+purpose) }
	return &Tokens{derive("unsubscribe"), derive("message-id"), derive("erased"), derive("return-path"), derive("leave-by-mail"),
		derive("link"), derive("limit")}
}

// ErasedKey is what hashes of erased addresses are keyed with.
func (t *Tokens) ErasedKey() []byte { return t.erased }

// ErrInvalidToken says that a link is none of ours, or was cut or altered.
var ErrInvalidToken = errors.New("the link is not valid")

// An unsubscribe token is 16 bytes of the contact's key, 8 of the digest's
// name as a hash, 16 of their MAC; 54 characters in URL-safe base64.
const (
	keyBytes, digestBytes, macBytes = 16, 8, 16
	tokenLength                     = (keyBytes+digestBytes+macBytes)*8/6 + 1
)

// UnsubscribeURL makes the token with which the contact leaves the digest. It
// never expires. contactKey is bantin.Contact.Key.
func (t *Tokens) UnsubscribeToken(contactKey, digest string) (string, error) {
	key, err := hex.DecodeString(contactKey)
	if err != nil || len(key) != keyBytes {
		return "", ErrInvalidToken
	}
	body := append(key, digestHash(digest)...)
	return base64.RawURLEncoding.EncodeToString(append(body, sum(t.unsubscribe, string(body))[:macBytes]...)), nil
}

// ParseUnsubscribeToken checks a token and gives who leaves which of the digests;
// those are all ids that ever were, old names included. ErrInvalidToken.
func (t *Tokens) ParseUnsubscribeToken(token string, digests []string) (contactKey, digest string, err error) {
	raw, err := decodeToken(token)
	if err != nil || len(raw) != keyBytes+digestBytes+macBytes {
		return "", "", ErrInvalidToken
	}
	body, mac := raw[:keyBytes+digestBytes], raw[keyBytes+digestBytes:]
	if !hmac.Equal(mac, sum(t.unsubscribe, string(body))[:macBytes]) {
		return "", "", ErrInvalidToken
	}
	for _, id := range digests {
		if string(digestHash(id)) == string(body[keyBytes:]) {
			return hex.EncodeToString(body[:keyBytes]), id, nil
		}
	}
	return "", "", ErrInvalidToken
}

// MessageID gives the left side of a delivery's Message-ID: the same for each
// attempt, so that a receiver can drop a repeated message, and no one else's.
func (t *Tokens) MessageID(digest string, due time.Time, address string) string {
	name := digest + "\x00" + due.UTC().Format(time.RFC3339Nano) + "\x00" + bantin.AddressKey(address)
	return hex.EncodeToString(sum(t.message, name)[:len(MessageIDPlaceholder)/2])
}

func digestHash(id string) []byte {
	h := sha256.Sum256([]byte(id))
	return h[:digestBytes]
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
