package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

// Record returns the text of the TXT record that publishes a DKIM key at
// SELECTOR._domainkey.DOMAIN (RFC 6376 3.6.1). An Ed25519 key stands there
// without an ASN.1 wrapping (RFC 8463 4.2). Other types of keys are an error.
func Record(public crypto.PublicKey) (string, error) {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key), nil
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return "", fmt.Errorf("write public key: %w", err)
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), nil
	}
	return "", fmt.Errorf("write public key: unsupported key type %T", public)
}

// SplitTXT splits a record into the strings of a TXT record, which hold at most
// 255 octets each (RFC 1035 3.3.14). Verifiers join them.
func SplitTXT(record string) []string {
	const maxLength = 255
	var parts []string
	for len(record) > maxLength {
		parts, record = append(parts, record[:maxLength]), record[maxLength:]
	}
	return append(parts, record)
}

// ZoneFileLine formats the TXT record as a line of a zone file (RFC 1035 5).
func ZoneFileLine(name, record string) string {
	return name + `. IN TXT ( "` + strings.Join(SplitTXT(record), `" "`) + `" )`
}
