package mailer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"bantin"
)

// The detail (RFC 5233) of an address that mail comes back to:
//
//	tra-lai+KEY.CODE.MAC@example.org
//
// KEY is the contact's random key, CODE names a delivery or a digest by a hash,
// and MAC authenticates both: without the secret nobody can have a contact
// suppressed or unsubscribed. All are base32 in lower case, since servers on the
// way may change the case of a local part. The MAC has only 55 bits, but each
// guess costs a mail.
const (
	keyLength, codeLength, macLength = 26, 7, 11

	addressLength = keyLength + 1 + codeLength + 1 + macLength

	// MaxBounceLocalPart is the greatest length, in octets, of the local part of
	// Sender.BounceAddress: with the detail it fills the 64 octets of RFC 5321
	// 4.5.3.1.1.
	MaxBounceLocalPart = 64 - addressLength - 1
)

// EditionCode names an edition in return paths. It is derived from digest and due
// time and not from a row id, which a restored backup may assign again.
func EditionCode(digest string, due time.Time) string {
	return addressCode("edition\x00" + digest + "\x00" + due.UTC().Format(time.RFC3339Nano))
}

// VERP returns the return path of one delivery (variable envelope return path):
// the address base with the contact's key, the code of the edition or notice and
// a MAC in its local part. It fails with ErrInvalidToken where the key is
// malformed.
func (t *Tokens) VERP(base, contactKey, delivery string) (string, error) {
	signed, err := signAddress(t.returnPath, contactKey, delivery)
	return addDetail(base, signed), err
}

// ParseVERP checks an address made by VERP, in any case of letters, and returns
// the contact's key and the code of the edition or notice. It fails with
// ErrInvalidToken for any other address.
func (t *Tokens) ParseVERP(address string) (contactKey, delivery string, err error) {
	for _, t := range t.all() {
		if contactKey, delivery, err = parseSignedAddress(t.returnPath, address); err == nil {
			break
		}
	}
	return contactKey, delivery, err
}

// tagOf makes the tag that a provider is given of the detail of a return path: with dashes
// for its dots, which Amazon SES does not allow in a tag.
func tagOf(detail string) string { return strings.ReplaceAll(detail, ".", "-") }

// AddressOfTag makes an address that ParseVERP checks of a tag that a provider gives back;
// "" of none.
func AddressOfTag(tag string) string {
	if tag == "" {
		return ""
	}
	return "tag+" + strings.ReplaceAll(tag, "-", ".") + "@tag.invalid"
}

// UnsubscribeDetail returns the signed detail of the address by which a contact
// unsubscribes from a digest by mail; see RecipientFields.UnsubscribeDetail. It
// fails with ErrInvalidToken where the key is malformed.
func (t *Tokens) UnsubscribeDetail(contactKey, digest string) (string, error) {
	return signAddress(t.unsubscribeByMail, contactKey, addressCode("digest\x00"+digest))
}

// ParseUnsubscribeAddress checks an address with such a detail and returns the
// contact's key and the digest. digests are all ids that ever existed. It fails
// with ErrInvalidToken.
func (t *Tokens) ParseUnsubscribeAddress(address string, digests []string) (contactKey, digest string, err error) {
	var key, code string
	for _, t := range t.all() {
		if key, code, err = parseSignedAddress(t.unsubscribeByMail, address); err == nil {
			break
		}
	}
	if err != nil {
		return "", "", err
	}
	for _, id := range digests {
		if addressCode("digest\x00"+id) == code {
			return key, id, nil
		}
	}
	return "", "", ErrInvalidToken
}

// addDetail adds a detail to the local part (RFC 5233).
func addDetail(base, detail string) string {
	local, domain, _ := strings.Cut(base, "@")
	return local + "+" + detail + "@" + domain
}

// base32Lower is the base32 of RFC 4648 in lower case: a to z and 2 to 7.
func base32Lower() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

func addressCode(text string) string {
	h := sha256.Sum256([]byte(text))
	return base32Lower().EncodeToString(h[:])[:codeLength]
}

func signAddress(key []byte, contactKey, code string) (string, error) {
	raw, err := hex.DecodeString(contactKey)
	if err != nil || len(raw) != keyBytes || len(code) != codeLength {
		return "", ErrInvalidToken
	}
	body := base32Lower().EncodeToString(raw) + "." + code
	return body + "." + addressMAC(key, body), nil
}

func addressMAC(key []byte, body string) string {
	return base32Lower().EncodeToString(hmacSHA256(key, body))[:macLength]
}

func parseSignedAddress(key []byte, address string) (contactKey, code string, err error) {
	address = bantin.AddressKey(strings.Trim(address, "<> \t\r\n"))
	local := address[:max(strings.LastIndexByte(address, '@'), 0)]
	signed := local[strings.LastIndexByte(local, '+')+1:]
	if len(signed) != addressLength || signed[keyLength] != '.' || signed[keyLength+1+codeLength] != '.' {
		return "", "", ErrInvalidToken
	}
	body, mac := signed[:addressLength-macLength-1], signed[addressLength-macLength:]
	if !hmac.Equal([]byte(mac), []byte(addressMAC(key, body))) {
		return "", "", ErrInvalidToken
	}
	raw, err := base32Lower().DecodeString(body[:keyLength])
	if err != nil {
		return "", "", ErrInvalidToken
	}
	return hex.EncodeToString(raw), body[keyLength+1:], nil
}
