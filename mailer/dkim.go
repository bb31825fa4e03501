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

// Signer makes DKIM signatures (RFC 6376) for one domain with one key, RSA or
// Ed25519 (RFC 8463). It is safe for use by several goroutines.
type Signer struct {
	domain, selector string
	rsa              *rsa.PrivateKey
	ed25519          ed25519.PrivateKey
}

// MinRSABits is the smallest RSA key that verifiers accept (RFC 8301 3.2); 2048
// bits are recommended there.
const MinRSABits = 1024

// NewSigner makes a signer. key is an *rsa.PrivateKey of at least MinRSABits or
// an ed25519.PrivateKey; verifiers look up its public half in the DNS at
// SELECTOR._domainkey.DOMAIN. Other keys are an error.
func NewSigner(domain, selector string, key crypto.Signer) (*Signer, error) {
	s := &Signer{domain: domain, selector: selector}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		s.ed25519 = key
	case *rsa.PrivateKey:
		if key.N.BitLen() < MinRSABits {
			return nil, fmt.Errorf("sign for %s: the RSA key has %d bits; verifiers require at least %d (RFC 8301)", domain, key.N.BitLen(), MinRSABits)
		}
		key.Precompute()
		s.rsa = key
	default:
		return nil, fmt.Errorf("sign for %s: unsupported key type %T; use RSA or Ed25519", domain, key)
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

// sign signs a SHA-256 hash. Ed25519 too signs the hash, not the text (RFC 8463 3).
func (s *Signer) sign(hash []byte) ([]byte, error) {
	if s.rsa != nil {
		return rsa.SignPKCS1v15(rand.Reader, s.rsa, crypto.SHA256, hash)
	}
	return ed25519.Sign(s.ed25519, hash), nil
}

// size is the length of a signature in bytes.
func (s *Signer) size() int {
	if s.rsa != nil {
		return s.rsa.Size()
	}
	return ed25519.SignatureSize
}

// signatureField is one signer's DKIM-Signature field for a segment's messages,
// up to the hash of the body, where the messages begin to differ.
type signatureField struct {
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

// field makes the signer's field up to the hash of the body. It has no t= tag:
// with a clock ahead of the receiver's the signature would be invalid.
func (s *Signer) field(headers []string) signatureField {
	tags := "DKIM-Signature: v=1; a=" + s.algorithm() + "; c=relaxed/relaxed;\r\n d=" + s.domain + "; s=" + s.selector + ";\r\n"
	head := tags + foldList(" h=", headers) + ";\r\n bh="
	return signatureField{s, head, strings.TrimSuffix(string(relaxHeader([]byte(head))), "\r\n")}
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
