// Package dkim has what a DKIM signature (RFC 6376) needs: a domain's key that
// signs ([Signer]), the header field that bears the signature ([Field]), the
// canonical forms that are hashed, and the DNS record that publishes the key. What
// of a message is hashed, and how often, is left to the caller. Signatures are
// relaxed/relaxed with SHA-256, by RSA or Ed25519.
package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
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

// New makes a signer. key is an *rsa.PrivateKey of at least MinRSABits or
// an ed25519.PrivateKey; verifiers look up its public half in the DNS at
// SELECTOR._domainkey.DOMAIN. Other keys are an error.
func New(domain, selector string, key crypto.Signer) (*Signer, error) {
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

// Algorithm is the tag a= of RFC 6376 3.5 and RFC 8463 3.
func (s *Signer) Algorithm() string {
	if s.rsa != nil {
		return "rsa-sha256"
	}
	return "ed25519-sha256"
}

// Sign signs a SHA-256 hash. Ed25519 too signs the hash, not the text (RFC 8463 3).
func (s *Signer) Sign(hash []byte) ([]byte, error) {
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
