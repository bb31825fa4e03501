package mailer

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"
	"strings"

	"bantin/mailer/dkim"
)

// segmentSigner signs the messages of one segment. What they have in common is
// hashed once, and the hash state is cloned for each: of the headers all but
// three short ones, of the body everything before the first recipient field. Both
// are put into relaxed form once, so that relaxed costs no more than simple.
type segmentSigner struct {
	fields  []dkim.Field
	headers hash.Cloner // over the fields that are the same
	differ  []piece     // canonical fields that differ
	body    hash.Cloner // over the body up to its first recipient field
	rest    []piece     // canonical body from there on
}

// newSegmentSigner prepares to sign a message with placeholders; nil without
// signers. Headers that the provider removes are left out of the signatures.
func newSegmentSigner(raw []byte, sender Sender) (*segmentSigner, error) {
	if len(sender.Signers) == 0 {
		return nil, nil
	}
	headers, body := headerFields(raw)
	s := &segmentSigner{}
	var same, differ bytes.Buffer
	var names, late []string
	for _, field := range headers {
		name, _, _ := bytes.Cut(field, []byte(":"))
		if slices.ContainsFunc(sender.ProviderHeaders, func(h Header) bool { return strings.EqualFold(h.Name, string(name)) }) {
			continue
		}
		relaxed := dkim.RelaxHeader(field)
		if personal(relaxed) {
			late = append(late, string(name))
			differ.Write(relaxed)
			continue
		}
		names = append(names, string(name))
		same.Write(relaxed)
	}
	names = append(append(names, late...), oversignedHeaders()...)
	for _, signer := range sender.Signers {
		s.fields = append(s.fields, signer.Field(names))
	}
	s.differ = cutFields(differ.Bytes())
	bodyPieces := splitTokens(dkim.RelaxBody(body))
	var err error
	if s.headers, err = newHash(same.Bytes()); err != nil {
		return nil, err
	}
	if s.body, err = newHash(bodyPieces[0].literal); err != nil {
		return nil, err
	}
	bodyPieces[0].literal = nil
	s.rest = cloneLiterals(bodyPieces)
	return s, nil
}

// headerFields splits a message into its header fields, each with its folds and
// its line end, and its body.
func headerFields(raw []byte) (fields [][]byte, body []byte) {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	head = append(bytes.Clone(head), "\r\n"...)
	for line := range bytes.Lines(head) {
		if n := len(fields); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			fields[n-1] = append(bytes.Clone(fields[n-1]), line...)
			continue
		}
		fields = append(fields, line)
	}
	return fields, body
}

// oversignedHeaders are listed once more than they occur, so that none can be
// added on the way (RFC 6376 5.4, 8.15): what receivers display, sort by and act
// on (RFC 8058 4).
func oversignedHeaders() []string {
	return []string{"From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
		"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}
}

func relaxedToPlaceholder() []byte { return dkim.RelaxHeader([]byte(foldHeader("To", toPlaceholder))) }

// personal reports whether a canonical field differs between recipients.
func personal(field []byte) bool {
	return bytes.Equal(field, relaxedToPlaceholder()) || len(splitTokens(field)) > 1
}

// cutFields splits the canonical fields that differ.
func cutFields(fields []byte) []piece {
	before, after, found := bytes.Cut(fields, relaxedToPlaceholder())
	if !found {
		return splitTokens(fields)
	}
	return slices.Concat(splitTokens(before), []piece{{field: toHeaderRelaxed}}, splitTokens(after))
}

// cloneLiterals copies the literals, so that the text they come from can be freed.
func cloneLiterals(pieces []piece) []piece {
	for i := range pieces {
		pieces[i].literal = bytes.Clone(pieces[i].literal)
	}
	return pieces
}

func newHash(text []byte) (hash.Cloner, error) {
	h, ok := sha256.New().(hash.Cloner)
	if !ok {
		return nil, fmt.Errorf("sign: the SHA-256 state cannot be cloned")
	}
	h.Write(text) // a hash never fails
	return h, nil
}

// append signs the message of p and appends the DKIM-Signature fields.
func (s *segmentSigner) append(dst []byte, p RecipientFields) ([]byte, error) {
	bodySum, err := sumPieces(s.body, s.rest, p)
	if err != nil {
		return dst, err
	}
	headers, err := hashPieces(s.headers, s.differ, p)
	if err != nil {
		return dst, err
	}
	for _, field := range s.fields {
		h, err := headers.Clone()
		if err != nil {
			return dst, fmt.Errorf("sign: %w", err)
		}
		if dst, err = field.Append(dst, h, bodySum); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// size is the number of bytes that append adds.
func (s *segmentSigner) size() int {
	if s == nil {
		return 0
	}
	n := 0
	for _, field := range s.fields {
		n += field.Size()
	}
	return n
}

// hashPieces clones the hash state and continues it over the pieces of p.
func hashPieces(state hash.Cloner, pieces []piece, p RecipientFields) (hash.Cloner, error) {
	h, err := state.Clone()
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var buf [256]byte
	for _, part := range pieces {
		h.Write(part.literal)
		h.Write(part.appendField(buf[:0], p))
	}
	return h, nil
}

func sumPieces(state hash.Cloner, pieces []piece, p RecipientFields) ([]byte, error) {
	h, err := hashPieces(state, pieces, p)
	if err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}
