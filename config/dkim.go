package config

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"

	"bantin"
)

// DKIM is the key smtp.dkim: a key that signs every message (RFC 6376).
type DKIM struct {
	// The signing domain: that of from, or a parent of it.
	//
	// Vi: Tên miền chịu trách nhiệm về thư: của from, hoặc tên miền trên nó.
	Domain string `yaml:"domain" need:"yes" is:"domain" example:"example.org"`

	// The selector, under which the DNS publishes the public key: SELECTOR._domainkey.DOMAIN.
	//
	// Vi: Tên (selector) của khóa công khai trong DNS: SELECTOR._domainkey.DOMAIN.
	Selector string `yaml:"selector" need:"yes" is:"selector" example:"s1"`

	// The PEM file with the private key, RSA or Ed25519; `bantin dkim generate` creates one.
	//
	// Vi: Tệp khóa riêng dạng PEM, RSA hoặc Ed25519; `bantin dkim generate` tạo ra nó.
	KeyFile string `yaml:"key_file" need:"yes" is:"file" example:"/etc/bantin/dkim.pem"`
}

// DKIMs are the signing keys, written as one entry or as a list.
type DKIMs []DKIM

// keyError is a fault of a key file, with a hint.
type keyError struct{ message, hint bantin.Words }

func (e *keyError) Error() string { return e.message.EN }

// The sizes of RFC 8301 3.2, in bits: the minimum that receivers accept, and the recommended size.
const minRSABits, recommendedRSABits = 1024, 2048

// Key reads the private key: an *rsa.PrivateKey or an ed25519.PrivateKey.
func (d *DKIM) Key() (crypto.Signer, error) {
	text, err := readSmall(d.KeyFile)
	if err != nil {
		return nil, &keyError{unreadable(err), howToMakeKey()}
	}
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
		return nil, &keyError{both("không phải khóa dạng PEM", "it is not a PEM key"), howToMakeKey()}
	case block.Type == "PUBLIC KEY":
		return nil, &keyError{both("đây là khóa công khai, cần khóa riêng", "this is the public key; the private key is needed"), howToMakeKey()}
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, &keyError{both("khóa được bảo vệ bằng mật khẩu", "the key is protected by a password"),
			both("gỡ mật khẩu: openssl pkey -in CŨ -out MỚI", "remove the password: openssl pkey -in OLD -out NEW")}
	}
	return parseKey(block.Bytes)
}

// parseKey reads PKCS #8, or the older PKCS #1 of RSA.
func parseKey(der []byte) (crypto.Signer, error) {
	var key any
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		key, err = x509.ParsePKCS1PrivateKey(der)
	}
	if err != nil {
		return nil, &keyError{both("khóa riêng bị hỏng hoặc thuộc loại lạ", "the private key is damaged or of an unknown type"), howToMakeKey()}
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return key, nil
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < minRSABits {
			return nil, &keyError{both("khóa RSA %d bit quá ngắn: không nơi nào nhận dưới %d (RFC 8301)", "an RSA key of %d bits is too short: receivers require at least %d (RFC 8301)", bits, minRSABits), howToMakeKey()}
		}
		return key, nil
	}
	return nil, &keyError{both("khóa không phải RSA hay Ed25519", "the key is neither RSA nor Ed25519"), howToMakeKey()}
}

func readSmall(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxSecretBytes {
		return nil, &fs.PathError{Op: "read", Path: file, Err: errors.New("it is too large for a key")}
	}
	return os.ReadFile(file)
}

func howToMakeKey() bantin.Words {
	return both("tạo khóa mới: bantin dkim generate", "create a new key: bantin dkim generate")
}
