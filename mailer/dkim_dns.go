package mailer

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

// DKIMRecord gives what the TXT record of a public key says, at
// SELECTOR._domainkey.DOMAIN (RFC 6376 3.6.1; RFC 8463 4.2 for Ed25519, whose
// key stands there without a wrapping).
func DKIMRecord(public crypto.PublicKey) (string, error) {
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
	return "", fmt.Errorf("write public key: there is no record for a %T", public)
}

// SplitTXT cuts a record into strings of at most 255 octets, which is what
// one string of a TXT record holds (RFC 1035 3.3.14); a verifier joins them.
func SplitTXT(record string) []string {
	const longest = 255
	var parts []string
	for len(record) > longest {
		parts, record = append(parts, record[:longest]), record[longest:]
	}
	return append(parts, record)
}

// ZoneFileLine writes the record as a line of a zone file.
func ZoneFileLine(name, record string) string {
	return name + `. IN TXT ( "` + strings.Join(SplitTXT(record), `" "`) + `" )`
}
