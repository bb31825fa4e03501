package mailer

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"slices"
)

// signing is what the signatures of a segment's messages share. What is the
// same in all of them is hashed once, and the state of the hash copied: of the
// headers all but three short ones, of the body all before the first personal
// word. Both are put into the relaxed form once, so that it costs nothing more
// than the simple one for each message.
type signing struct {
	fields  []signatureField
	headers hash.Cloner // over the fields that are the same
	differ  []piece     // canonical fields that differ
	body    hash.Cloner // over the body up to its first personal word
	rest    []piece     // canonical body from there on
}

// newSigning looks at a message with stand-ins; nil where nobody signs.
func newSigning(raw []byte, signers []*Signer) (*signing, error) {
	if len(signers) == 0 {
		return nil, nil
	}
	headers, body := headerFields(raw)
	s := &signing{}
	var same, differ bytes.Buffer
	var names, late []string
	for _, field := range headers {
		name, _, _ := bytes.Cut(field, []byte(":"))
		relaxed := relaxHeader(field)
		if personal(relaxed) {
			late = append(late, string(name))
			differ.Write(relaxed)
			continue
		}
		names = append(names, string(name))
		same.Write(relaxed)
	}
	names = append(append(names, late...), oversigned()...)
	for _, signer := range signers {
		s.fields = append(s.fields, signer.field(names))
	}
	s.differ = cutFields(differ.Bytes())
	bodyPieces := cutTokens(relaxBody(body))
	var err error
	if s.headers, err = hashed(same.Bytes()); err != nil {
		return nil, err
	}
	if s.body, err = hashed(bodyPieces[0].literal); err != nil {
		return nil, err
	}
	bodyPieces[0].literal = nil
	s.rest = keep(bodyPieces)
	return s, nil
}

// oversigned are the names that are listed once more than they occur, so that
// nobody on the way can add one (RFC 6376 5.4, 8.15): what receivers show, sort
// and act by (RFC 8058 4).
func oversigned() []string {
	return []string{"From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
		"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}
}

func toRelaxedStandIn() []byte { return relaxHeader([]byte(foldHeader("To", toPlaceholder))) }

// personal reports whether a canonical field differs between recipients.
func personal(field []byte) bool {
	return bytes.Equal(field, toRelaxedStandIn()) || len(cutTokens(field)) > 1
}

// cutFields cuts the canonical fields that differ.
func cutFields(fields []byte) []piece {
	before, after, found := bytes.Cut(fields, toRelaxedStandIn())
	if !found {
		return cutTokens(fields)
	}
	return slices.Concat(cutTokens(before), []piece{{field: toRelaxed}}, cutTokens(after))
}

// keep copies pieces, so that the rest of the text they were cut from is freed.
func keep(pieces []piece) []piece {
	for i := range pieces {
		pieces[i].literal = bytes.Clone(pieces[i].literal)
	}
	return pieces
}

func hashed(text []byte) (hash.Cloner, error) {
	h, ok := sha256.New().(hash.Cloner)
	if !ok {
		return nil, fmt.Errorf("sign: the state of a hash cannot be copied")
	}
	h.Write(text) // a hash never fails
	return h, nil
}

// append signs the message of p and appends the fields.
func (s *signing) append(dst []byte, p RecipientFields) ([]byte, error) {
	bodySum, err := finish(s.body, s.rest, p)
	if err != nil {
		return dst, err
	}
	headers, err := over(s.headers, s.differ, p)
	if err != nil {
		return dst, err
	}
	body := base64.StdEncoding.EncodeToString(bodySum)
	for _, field := range s.fields {
		h, err := headers.Clone()
		if err != nil {
			return dst, fmt.Errorf("sign: %w", err)
		}
		h.Write([]byte(field.canonical + body + bodyToSignatureCanonical))
		signature, err := field.signer.sign(h.Sum(nil))
		if err != nil {
			return dst, fmt.Errorf("sign for %s: %w", field.signer.domain, err)
		}
		dst = append(dst, field.head...)
		dst = append(dst, body...)
		dst = append(dst, bodyToSignature...)
		dst = appendSignature(dst, signature)
	}
	return dst, nil
}

// size is how many bytes append adds.
func (s *signing) size() int {
	if s == nil {
		return 0
	}
	n := 0
	for _, field := range s.fields {
		signature := appendSignature(nil, make([]byte, field.signer.size()))
		n += len(field.head) + base64.StdEncoding.EncodedLen(sha256.Size) + len(bodyToSignature) + len(signature)
	}
	return n
}

// over goes on with a copy of the hash over the pieces of p.
func over(state hash.Cloner, pieces []piece, p RecipientFields) (hash.Cloner, error) {
	h, err := state.Clone()
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var words [256]byte
	for _, part := range pieces {
		h.Write(part.literal)
		h.Write(part.appendField(words[:0], p))
	}
	return h, nil
}

func finish(state hash.Cloner, pieces []piece, p RecipientFields) ([]byte, error) {
	h, err := over(state, pieces, p)
	if err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}
