package mailer

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"strings"
)

// Signer signs for one domain with one key: DKIM (RFC 6376) with RSA, or with
// Ed25519 (RFC 8463). It is safe for use by several goroutines.
type Signer struct {
	domain, selector string
	rsa              *rsa.PrivateKey
	ed25519          ed25519.PrivateKey
}

// MinRSABits is what a verifier takes at all, in bits; RFC 8301 3.2 asks for
// 2048.
const MinRSABits = 1024

// NewSigner wants an *rsa.PrivateKey or an ed25519.PrivateKey, whose public half
// is in the DNS at SELECTOR._domainkey.DOMAIN.
func NewSigner(domain, selector string, key crypto.Signer) (*Signer, error) {
	s := &Signer{domain: domain, selector: selector}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		s.ed25519 = key
	case *rsa.PrivateKey:
		if key.N.BitLen() < MinRSABits {
			return nil, fmt.Errorf("sign for %s: an RSA key of %d bits: nobody accepts fewer than %d (RFC 8301)", domain, key.N.BitLen(), MinRSABits)
		}
		key.Precompute()
		s.rsa = key
	default:
		return nil, fmt.Errorf("sign for %s: a key of type %T: want RSA or Ed25519", domain, key)
	}
	return s, nil
}

// algorithm is the tag a= of RFC 6376 3.5 and RFC 8463 3.
func (s *Signer) algorithm() string {
	if s.rsa != nil {
		return "rsa-sha256"
	}
	return "ed25519-sha256"
}

// sign signs a SHA-256 hash; RFC 8463 3 signs the hash too, and not the text.
func (s *Signer) sign(hash []byte) ([]byte, error) {
	if s.rsa != nil {
		return rsa.SignPKCS1v15(rand.Reader, s.rsa, crypto.SHA256, hash)
	}
	return ed25519.Sign(s.ed25519, hash), nil
}

// size is how many bytes a signature has.
func (s *Signer) size() int {
	if s.rsa != nil {
		return s.rsa.Size()
	}
	return ed25519.SignatureSize
}

// signatureField is the field of one signer for a segment's messages, cut where
// they differ: before the hash of the body, and behind it.
type signatureField struct {
	signer    *Signer
	head      string // as the message has it, up to "bh="
	canonical string // the same for the hash of the headers (RFC 6376 3.4.2)
}

// The end of the field; the signature itself is the last, so that what is
// hashed ends with "b=".
const (
	bodyToSignature          = ";\r\n b="
	bodyToSignatureCanonical = "; b="
)

// field writes the signer's field up to the hash of the body. It has no time:
// a clock that is ahead of the receiver's would make the signature invalid.
func (s *Signer) field(headers []string) signatureField {
	tags := "DKIM-Signature: v=1; a=" + s.algorithm() + "; c=relaxed/relaxed;\r\n d=" + s.domain + "; s=" + s.selector + ";\r\n"
	head := tags + foldList(" h=", headers) + ";\r\n bh="
	return signatureField{s, head, strings.TrimSuffix(string(relaxHeader([]byte(head))), "\r\n")}
}

// foldList writes names between colons, in lines of at most 76 columns. A name
// is never cut: white space is allowed between them only (RFC 6376 3.5, h=).
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

// appendSignature writes a signature in base64, folded to 76 columns.
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
