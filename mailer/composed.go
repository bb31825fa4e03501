package mailer

import "bantin/mailer/dkim"

// ComposedMessage is the message of a segment in pieces, split where recipients
// differ. It makes the message of one recipient by copying the pieces and signing
// them. It is safe for use by several goroutines.
type ComposedMessage struct {
	file []piece // as a file holds it
	wire []piece // dot-stuffed (RFC 5321 4.5.2)
	size int

	signer *segmentSigner // nil: messages are not signed
}

// piece is literal bytes, followed by a field of the recipient.
type piece struct {
	literal  []byte
	field    field
	from, to int // part of the token: a soft line break may split it
}

// field is what differs between recipients. Its numbers are stored, see StoredMessage:
// a new one comes last.
type field int

const (
	noField field = iota
	toHeader
	toHeaderRelaxed // toHeader in the canonical form that is signed
	messageID
	token
	unsubscribeDetail
	providerTag
)

// Size is the approximate size of a message in bytes, signatures included.
func (m *ComposedMessage) Size() int { return m.size }

// AppendFile appends the recipient's message as a file holds it, signed where
// the sender has signers. It fails where a key cannot sign.
func (m *ComposedMessage) AppendFile(dst []byte, r RecipientFields) ([]byte, error) {
	return m.appendMessage(dst, m.file, r)
}

// AppendWire appends the recipient's message dot-stuffed, as SMTP's DATA takes it
// (RFC 5321 4.5.2), without the final dot. It fails as AppendFile does.
func (m *ComposedMessage) AppendWire(dst []byte, r RecipientFields) ([]byte, error) {
	return m.appendMessage(dst, m.wire, r)
}

func (m *ComposedMessage) appendMessage(dst []byte, pieces []piece, r RecipientFields) ([]byte, error) {
	if m.signer != nil {
		var err error
		if dst, err = m.signer.append(dst, r); err != nil { // none of its lines begins with a dot
			return dst, err
		}
	}
	for _, part := range pieces {
		dst = part.appendField(append(dst, part.literal...), r)
	}
	return dst, nil
}

// appendField appends the recipient's field that follows the literal of a piece.
func (part *piece) appendField(dst []byte, r RecipientFields) []byte {
	switch part.field {
	case toHeader:
		return append(dst, foldHeader("To", formatAddress(r.Name, r.Address))...)
	case toHeaderRelaxed:
		return append(dst, dkim.RelaxHeader([]byte(foldHeader("To", formatAddress(r.Name, r.Address))))...)
	case messageID:
		return append(dst, r.MessageID...)
	case token:
		return append(dst, r.UnsubscribeToken[part.from:part.to]...)
	case unsubscribeDetail:
		return append(dst, r.UnsubscribeDetail...)
	case providerTag:
		return append(dst, r.ProviderTag...)
	}
	return dst
}
