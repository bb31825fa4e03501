package mailer

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// LinkPurpose is what a link that expires is good for; one for another purpose is
// no link at all.
type LinkPurpose string

// The purposes of links that expire.
const (
	PurposeConfirm       LinkPurpose = "confirm"     // a sign-up; carries its nonce
	PurposeChangeAddress LinkPurpose = "move"        // to a new address; carries the nonce of the request
	PurposeAccount       LinkPurpose = "preferences" // all of a contact's data; carries her key
)

// ErrExpiredToken says that a link was good once.
var ErrExpiredToken = errors.New("the link has expired")

// A link's token is 16 bytes that say what it is about, 8 of the second until
// which it is good, 16 of a MAC over both and the purpose; 54 characters.
const whenBytes = 8

// LinkToken makes a token that is good until expires. about is 32 hexadecimal
// digits: a nonce or a contact's key.
func (t *Tokens) LinkToken(p LinkPurpose, about string, expires time.Time) (string, error) {
	body, err := hex.DecodeString(about)
	if err != nil || len(body) != keyBytes {
		return "", fmt.Errorf("make link to %s: %w", p, ErrInvalidToken)
	}
	body = binary.BigEndian.AppendUint64(body, uint64(expires.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(body, t.linkMAC(p, body)...)), nil
}

// ParseLinkToken gives what a link is about: ErrInvalidToken, or ErrExpiredToken beside it.
func (t *Tokens) ParseLinkToken(p LinkPurpose, token string, now time.Time) (about string, err error) {
	raw, err := decodeToken(token)
	if err != nil || len(raw) != keyBytes+whenBytes+macBytes {
		return "", ErrInvalidToken
	}
	body, mac := raw[:keyBytes+whenBytes], raw[keyBytes+whenBytes:]
	if !hmac.Equal(mac, t.linkMAC(p, body)) {
		return "", ErrInvalidToken
	}
	about = hex.EncodeToString(body[:keyBytes])
	if now.Unix() >= int64(binary.BigEndian.Uint64(body[keyBytes:])) {
		return about, ErrExpiredToken
	}
	return about, nil
}

func (t *Tokens) linkMAC(p LinkPurpose, body []byte) []byte {
	return sum(t.link, string(p)+"\x00"+string(body))[:macBytes]
}

// decodeToken reads a token through what mail programs put into long links:
// line breaks, blanks, the = of quoted-printable, a full stop behind them. The
// signature decides what it is worth.
func decodeToken(token string) ([]byte, error) {
	if len(token) > 1000 {
		return nil, ErrInvalidToken
	}
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, token)
	return base64.RawURLEncoding.Strict().DecodeString(letters)
}

// RateLimitKey hashes what limits are counted by, an address or a network, so that
// what is kept says nothing of who it was.
func (t *Tokens) RateLimitKey(kind, what string) string {
	return hex.EncodeToString(sum(t.limit, kind+"\x00"+what)[:16])
}

// NoticeMessageID gives the left side of a notice's Message-ID, the same for each
// attempt.
func (t *Tokens) NoticeMessageID(kind, nonce string) string {
	return hex.EncodeToString(sum(t.message, "notice\x00"+kind+"\x00"+nonce)[:len(MessageIDPlaceholder)/2])
}
