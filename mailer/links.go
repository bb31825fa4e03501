package mailer

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// LinkPurpose is what a link that expires may be used for. A token made for one
// purpose is invalid for the others.
type LinkPurpose string

// The purposes of links that expire.
const (
	PurposeConfirm       LinkPurpose = "confirm"     // confirms a sign-up; carries its nonce
	PurposeChangeAddress LinkPurpose = "move"        // confirms a new address; carries the nonce of the request
	PurposeAccount       LinkPurpose = "preferences" // opens all data of a contact; carries the contact's key
	PurposeSignIn        LinkPurpose = "sign-in"     // signs in to the office's pages; carries its nonce
)

// PurposeReturn subscribes again to a digest, and opens the choices of the contact whose
// key it carries.
func PurposeReturn(digest string) LinkPurpose { return LinkPurpose("return " + digest) }

// ErrExpiredToken means that a link was valid and has expired.
var ErrExpiredToken = errors.New("the link has expired")

// A link's token is 16 bytes of its subject, 8 of its expiry in Unix seconds, and
// 16 of a MAC over both and the purpose: 54 characters.
const expiryBytes = 8

// LinkToken makes a token that is valid until expires. subject is 32 hexadecimal
// digits, a nonce or a contact's key; ErrInvalidToken for anything else.
func (t *Tokens) LinkToken(p LinkPurpose, subject string, expires time.Time) (string, error) {
	body, err := hex.DecodeString(subject)
	if err != nil || len(body) != keyBytes {
		return "", fmt.Errorf("make link to %s: %w", p, ErrInvalidToken)
	}
	body = binary.BigEndian.AppendUint64(body, uint64(expires.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(body, t.linkMAC(p, body)...)), nil
}

// ParseLinkToken checks a token and returns its subject. It fails with
// ErrInvalidToken, or with ErrExpiredToken, beside which it returns the subject.
func (t *Tokens) ParseLinkToken(p LinkPurpose, token string, now time.Time) (subject string, err error) {
	raw, err := decodeToken(token)
	if err != nil || len(raw) != keyBytes+expiryBytes+macBytes {
		return "", ErrInvalidToken
	}
	body, mac := raw[:keyBytes+expiryBytes], raw[keyBytes+expiryBytes:]
	if !slices.ContainsFunc(t.all(), func(t *Tokens) bool { return hmac.Equal(mac, t.linkMAC(p, body)) }) {
		return "", ErrInvalidToken
	}
	subject = hex.EncodeToString(body[:keyBytes])
	if now.Unix() >= int64(binary.BigEndian.Uint64(body[keyBytes:])) {
		return subject, ErrExpiredToken
	}
	return subject, nil
}

func (t *Tokens) linkMAC(p LinkPurpose, body []byte) []byte {
	return hmacSHA256(t.link, string(p)+"\x00"+string(body))[:macBytes]
}

// decodeToken decodes a token and ignores what mail programs put into long links:
// line breaks, spaces, the = of quoted-printable, a full stop at the end. The MAC
// decides whether the token is valid.
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

// RateLimitKey hashes the address or network that a rate limit counts, so that
// the stored counters reveal neither.
func (t *Tokens) RateLimitKey(kind, value string) string {
	return hex.EncodeToString(hmacSHA256(t.limit, kind+"\x00"+value)[:16])
}

// NoticeMessageID returns the left side of a notice's Message-ID, the same for
// each attempt.
func (t *Tokens) NoticeMessageID(kind, nonce string) string {
	return hex.EncodeToString(hmacSHA256(t.message, "notice\x00"+kind+"\x00"+nonce)[:len(MessageIDPlaceholder)/2])
}
