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

// What stands between the + and the @ of an address that comes back to us:
//
//	tra-lai+KEY.WHAT.MAC@example.org
//
// KEY is the contact's random key, WHAT names a delivery or a digest by a hash,
// MAC makes both ours: nobody who does not know the secret can have somebody
// suppressed or unsubscribed. All are base32 in lower case, since servers on the
// way may change the case of a local part. The MAC has 55 bits, which is short;
// to guess it takes a mail for each try.
const (
	keyLetters, whatLetters, macLetters = 26, 7, 11

	addressLength = keyLetters + 1 + whatLetters + 1 + macLetters

	// MaxBounceLocalPart is what the local part of Sender.BounceAddress may have, so that
	// the whole fits in the 64 octets of RFC 5321 4.5.3.1.1.
	MaxBounceLocalPart = 64 - addressLength - 1
)

// EditionCode names the deliveries of an edition in return paths. It is made of
// what the edition is, not of its number: a restored backup may give that again.
func EditionCode(digest string, due time.Time) string {
	return code("edition\x00" + digest + "\x00" + due.UTC().Format(time.RFC3339Nano))
}

// NoticeCode names a message outside editions in return paths, by the left side
// of its Message-ID.
func NoticeCode(messageID string) string { return code("notice\x00" + messageID) }

// VERP gives the return path of one delivery: base, an address, with the signed
// key of the contact and the code of the edition or notice in its local part.
// ErrInvalidToken where the key is none.
func (t *Tokens) VERP(base, contactKey, delivery string) (string, error) {
	signed, err := signAddress(t.returned, contactKey, delivery)
	return plus(base, signed), err
}

// ParseVERP gives whose delivery came back to an address that VERP made, in
// whatever case. ErrInvalidToken for any other.
func (t *Tokens) ParseVERP(address string) (contactKey, delivery string, err error) {
	return parseAddress(t.returned, address)
}

// UnsubscribeDetail gives what an address to leave a digest by carries: see RecipientFields.UnsubscribeDetail.
func (t *Tokens) UnsubscribeDetail(contactKey, digest string) (string, error) {
	return signAddress(t.leave, contactKey, code("digest\x00"+digest))
}

// ParseUnsubscribeAddress gives who leaves which of the digests by a mail to address; digests
// are all ids that ever were. ErrInvalidToken.
func (t *Tokens) ParseUnsubscribeAddress(address string, digests []string) (contactKey, digest string, err error) {
	key, what, err := parseAddress(t.leave, address)
	if err != nil {
		return "", "", err
	}
	for _, id := range digests {
		if code("digest\x00"+id) == what {
			return key, id, nil
		}
	}
	return "", "", ErrInvalidToken
}

// plus puts a detail behind the local part (RFC 5233).
func plus(base, detail string) string {
	local, domain, _ := strings.Cut(base, "@")
	return local + "+" + detail + "@" + domain
}

// lower is RFC 4648's base32 in lower case: a to z and 2 to 7.
func lower() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

func code(of string) string {
	h := sha256.Sum256([]byte(of))
	return lower().EncodeToString(h[:])[:whatLetters]
}

func signAddress(key []byte, contactKey, what string) (string, error) {
	raw, err := hex.DecodeString(contactKey)
	if err != nil || len(raw) != keyBytes || len(what) != whatLetters {
		return "", ErrInvalidToken
	}
	body := lower().EncodeToString(raw) + "." + what
	return body + "." + addressMAC(key, body), nil
}

func addressMAC(key []byte, body string) string {
	return lower().EncodeToString(sum(key, body))[:macLetters]
}

func parseAddress(key []byte, address string) (contactKey, what string, err error) {
	address = bantin.AddressKey(strings.Trim(address, "<> \t\r\n"))
	local := address[:max(strings.LastIndexByte(address, '@'), 0)]
	signed := local[strings.LastIndexByte(local, '+')+1:]
	if len(signed) != addressLength || signed[keyLetters] != '.' || signed[keyLetters+1+whatLetters] != '.' {
		return "", "", ErrInvalidToken
	}
	body, mac := signed[:addressLength-macLetters-1], signed[addressLength-macLetters:]
	if !hmac.Equal([]byte(mac), []byte(addressMAC(key, body))) {
		return "", "", ErrInvalidToken
	}
	raw, err := lower().DecodeString(body[:keyLetters])
	if err != nil {
		return "", "", ErrInvalidToken
	}
	return hex.EncodeToString(raw), body[keyLetters+1:], nil
}
