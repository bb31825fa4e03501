package dkim

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
)

// Field is a signer's DKIM-Signature field for messages with the same headers, up
// to the hash of the body, where they begin to differ.
type Field struct {
	signer    *Signer
	head      string // as the message has it, up to "bh="
	canonical string // head in canonical form, for the hash of the headers (RFC 6376 3.4.2)
}

// The end of the field; the signature itself is the last, so that what is
// hashed ends with "b=".
const (
	bodyToSignature          = ";\r\n b="
	bodyToSignatureCanonical = "; b="
)

// Field makes the field for a signature over the named headers, in this order. It
// has no t= tag: with a clock ahead of the receiver's the signature would be invalid.
func (s *Signer) Field(headers []string) Field {
	tags := "DKIM-Signature: v=1; a=" + s.Algorithm() + "; c=relaxed/relaxed;\r\n d=" + s.domain + "; s=" + s.selector + ";\r\n"
	head := tags + foldList(" h=", headers) + ";\r\n bh="
	return Field{s, head, strings.TrimSuffix(string(RelaxHeader([]byte(head))), "\r\n")}
}

// foldList joins names by colons, in lines of at most 76 columns. White space is
// allowed between names only, never within one (RFC 6376 3.5, h=).
func foldList(begin string, names []string) string {
	var b strings.Builder
	b.WriteString(begin)
	column := len(begin)
	for i, name := range names {
		if i > 0 {
			b.WriteByte(':')
			column++
		}
		if column+len(name)+1 > 76 {
			b.WriteString("\r\n ")
			column = 1
		}
		b.WriteString(name)
		column += len(name)
	}
	return b.String()
}

// appendSignature appends a signature in base64, folded to 76 columns.
func appendSignature(dst, signature []byte) []byte {
	const first, more = 72, 75 // behind " b=" and behind " "
	text := base64.StdEncoding.EncodeToString(signature)
	for room := first; len(text) > room; room = more {
		dst = append(dst, text[:room]...)
		dst = append(dst, "\r\n "...)
		text = text[room:]
	}
	return append(append(dst, text...), "\r\n"...)
}

// Append signs a message and appends the field to dst. headers is the hash of its
// canonical headers, which Append continues; body is that of its canonical body.
func (f Field) Append(dst []byte, headers hash.Hash, body []byte) ([]byte, error) {
	bodyHash := base64.StdEncoding.EncodeToString(body)
	headers.Write([]byte(f.canonical + bodyHash + bodyToSignatureCanonical)) // a hash never fails
	signature, err := f.signer.Sign(headers.Sum(nil))
	if err != nil {
		return dst, fmt.Errorf("sign for %s: %w", f.signer.domain, err)
	}
	dst = append(dst, f.head...)
	dst = append(dst, bodyHash...)
	dst = append(dst, bodyToSignature...)
	return appendSignature(dst, signature), nil
}

// Size is the number of bytes that Append adds.
func (f Field) Size() int {
	signature := appendSignature(nil, make([]byte, f.signer.size()))
	return len(f.head) + base64.StdEncoding.EncodedLen(sha256.Size) + len(bodyToSignature) + len(signature)
}
