package mailer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// StoredMessage is the message of a segment as it was sent, read again later: from it and
// what a delivery froze comes what a recipient got, byte for byte but for signatures.
//
// It is stored in a form that every later version must read, and make the same message
// of: the version, the digest's id at that time, the fingerprint of the secret that its
// tokens were made from, and the pieces. Each piece is its field, which part of the token
// it is, and its literal. Numbers and lengths are unsigned varints.
type StoredMessage struct {
	Digest string // its id when the message was composed: tokens and Message-IDs are made of it
	secret [fingerprintBytes]byte
	pieces []piece
}

// storedVersion changes with the form, and with how fields are written into a message
// (appendField): a message of an earlier version is to come out as it was.
const storedVersion = 1

// fingerprintBytes is the length of a fingerprint.
const fingerprintBytes = 4

// fingerprint tells one secret from another, and nothing of either.
func (t *Tokens) fingerprint() (f [fingerprintBytes]byte) {
	copy(f[:], hmacSHA256(t.message, "fingerprint of the secret"))
	return f
}

// AppendStored appends the message in the form that ReadStored reads. digest is whose
// messages it is of, t what their tokens are made by.
func (m *ComposedMessage) AppendStored(dst []byte, digest string, t *Tokens) []byte {
	dst = append(dst, storedVersion)
	dst = appendText(dst, []byte(digest))
	secret := t.fingerprint()
	dst = append(dst, secret[:]...)
	for _, part := range m.file {
		dst = binary.AppendUvarint(append(dst, byte(part.field)), uint64(part.from))
		dst = appendText(binary.AppendUvarint(dst, uint64(part.to)), part.literal)
	}
	return dst
}

func appendText(dst, text []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// ReadStored reads what AppendStored has written.
func ReadStored(data []byte) (*StoredMessage, error) {
	if len(data) == 0 || data[0] != storedVersion {
		return nil, errors.New("read stored message: a newer program has written it")
	}
	r := &storedReader{left: data[1:]}
	m := &StoredMessage{Digest: string(r.text())}
	copy(m.secret[:], r.bytes(fingerprintBytes))
	for len(r.left) > 0 && r.err == nil {
		part := piece{field: field(r.bytes(1)[0]), from: r.number(), to: r.number(), literal: r.text()}
		if part.field > providerTag || part.from > part.to || part.to > tokenLength {
			r.err = errCutOff
		}
		m.pieces = append(m.pieces, part)
	}
	if r.err != nil {
		return nil, fmt.Errorf("read stored message: %w", r.err)
	}
	return m, nil
}

var errCutOff = errors.New("it is damaged")

// storedReader reads the parts of a stored message; after its first error it gives nothing.
type storedReader struct {
	left []byte
	err  error
}

func (r *storedReader) bytes(n int) []byte {
	if n > len(r.left) {
		r.err, r.left = errCutOff, nil
		return make([]byte, min(n, fingerprintBytes))
	}
	b := r.left[:n]
	r.left = r.left[n:]
	return b
}

func (r *storedReader) number() int {
	n, length := binary.Uvarint(r.left)
	if length <= 0 || n > 1<<30 {
		r.err, r.left = errCutOff, nil
		return 0
	}
	r.left = r.left[length:]
	return int(n)
}

func (r *storedReader) text() []byte { return r.bytes(r.number()) }

// RecipientFields makes the fields of one recipient, all as they were: due is that of
// their edition; name and address are those of their delivery; contactKey is
// bantin.Contact.Key. With an empty key, and where the site's secret is another by now and not a former one,
// placeholders stand for what cannot be made any more, and isWhole is false.
func (m *StoredMessage) RecipientFields(t *Tokens, due time.Time, name, address, contactKey string) (r RecipientFields, isWhole bool, err error) {
	envelope, _, err := envelopeAddress(address)
	if err != nil {
		return r, false, err
	}
	r = RecipientFields{Name: name, Address: envelope, MessageID: MessageIDPlaceholder,
		UnsubscribeToken: TokenPlaceholder, UnsubscribeDetail: UnsubscribeDetailPlaceholder, ProviderTag: ProviderTagPlaceholder}
	keys := t.all()
	i := slices.IndexFunc(keys, func(t *Tokens) bool { return m.secret == t.fingerprint() })
	if i < 0 {
		return r, false, nil
	}
	t = keys[i]
	r.MessageID = t.MessageID(m.Digest, due, address)
	if contactKey == "" {
		return r, !m.needsKey(), nil
	}
	made, err := t.RecipientFields(Sender{BounceAddress: anyBounceAddress}, &bantin.Edition{Digest: m.Digest, Due: due}, name, address, contactKey)
	r.UnsubscribeToken, r.UnsubscribeDetail, r.ProviderTag = made.UnsubscribeToken, made.UnsubscribeDetail, made.ProviderTag
	return r, err == nil, err
}

// anyBounceAddress has the detail made of the address to unsubscribe by mail; the
// address itself stands in the message.
const anyBounceAddress = "b@localhost"

// needsKey reports whether the message has anything that is made from a contact's key.
func (m *StoredMessage) needsKey() bool {
	for _, part := range m.pieces {
		switch part.field {
		case token, unsubscribeDetail, providerTag:
			return true
		}
	}
	return false
}

// AppendFile appends the recipient's message as a file holds it, without signatures.
func (m *StoredMessage) AppendFile(dst []byte, r RecipientFields) []byte {
	for _, part := range m.pieces {
		dst = part.appendField(append(dst, part.literal...), r)
	}
	return dst
}
