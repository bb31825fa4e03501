package mailer

import (
	"bytes"
	"fmt"
	"strings"
)

// The placeholders stand for a recipient's fields while a message is composed.
// Each has the length and the alphabet of what replaces it, so that lines break
// in the same places.
var (
	TokenPlaceholder             = strings.Repeat("TokenStandIn-", tokenLength)[:tokenLength]
	MessageIDPlaceholder         = strings.Repeat("messageidstandin", 2)
	UnsubscribeDetailPlaceholder = strings.Repeat("leavestandin.", addressLength)[:addressLength]
	ProviderTagPlaceholder       = strings.Repeat("keystandin-", addressLength)[:addressLength]
)

const toPlaceholder = "recipient-stand-in@recipient.invalid"

// splitPlaceholders splits a message at its placeholders. A soft line break of
// quoted-printable (RFC 2045 6.7) may divide a token: then its parts are pieces.
func splitPlaceholders(raw []byte) ([]piece, error) {
	line := []byte(foldHeader("To", toPlaceholder))
	at := bytes.Index(raw, line)
	if at < 0 {
		return nil, fmt.Errorf("find the To header: go-mail wrote it in another form")
	}
	var pieces []piece
	pieces = append(pieces, splitTokens(raw[:at])...)
	pieces = append(pieces, piece{field: toHeader})
	pieces = append(pieces, splitTokens(raw[at+len(line):])...)
	return pieces, nil
}

// splitTokens splits at every placeholder but that of the To header.
func splitTokens(raw []byte) []piece {
	firstBytes := MessageIDPlaceholder[:1] + UnsubscribeDetailPlaceholder[:1] + TokenPlaceholder[:1] + ProviderTagPlaceholder[:1]
	var pieces []piece
	start := 0
	for i := 0; i < len(raw); {
		step := bytes.IndexAny(raw[i:], firstBytes)
		if step < 0 {
			break
		}
		i += step
		parts, length := matchPlaceholder(raw[i:])
		if length == 0 {
			i++
			continue
		}
		parts[0].literal = raw[start:i]
		pieces = append(pieces, parts...)
		i += length
		start = i
	}
	return append(pieces, piece{literal: raw[start:]})
}

// matchPlaceholder returns the pieces of a placeholder at the beginning of raw
// and its length in bytes, 0 where there is none.
func matchPlaceholder(raw []byte) (parts []piece, length int) {
	switch {
	case bytes.HasPrefix(raw, []byte(MessageIDPlaceholder)):
		return []piece{{field: messageID}}, len(MessageIDPlaceholder)
	case bytes.HasPrefix(raw, []byte(UnsubscribeDetailPlaceholder)):
		return []piece{{field: unsubscribeDetail}}, len(UnsubscribeDetailPlaceholder)
	case bytes.HasPrefix(raw, []byte(ProviderTagPlaceholder)):
		return []piece{{field: providerTag}}, len(ProviderTagPlaceholder)
	}
	return matchToken(raw)
}

// matchToken does so for the token's placeholder, soft line breaks included.
func matchToken(raw []byte) (parts []piece, length int) {
	current := piece{field: token}
	for n := 0; n < len(TokenPlaceholder); {
		switch {
		case bytes.HasPrefix(raw[length:], []byte("=\r\n")):
			current.to = n
			parts = append(parts, current)
			current = piece{literal: []byte("=\r\n"), field: token, from: n}
			length += 3
		case length < len(raw) && raw[length] == TokenPlaceholder[n]:
			n++
			length++
		default:
			return nil, 0
		}
	}
	current.to = len(TokenPlaceholder)
	return append(parts, current), length
}

// dotStuff doubles each dot at the beginning of a line (RFC 5321 4.5.2).
func dotStuff(raw []byte) []byte {
	out := bytes.ReplaceAll(raw, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(out, []byte(".")) {
		out = append([]byte("."), out...)
	}
	return out
}
