package mailer

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// encodeText encodes text for an unstructured header or a display name: unchanged
// where it is printable ASCII, else as encoded words (RFC 2047 2) in base64,
// which is a sixth shorter than Q for Vietnamese. Each word holds whole
// characters. The first is short enough to follow the header's name on its line,
// since some filters penalize an empty first line.
func encodeText(text string) string {
	if isPlain(text) {
		return text
	}
	const firstBytes, moreBytes = 36, 45 // 60 and 72 characters as encoded words
	var words []string
	for limit := firstBytes; text != ""; limit = moreBytes {
		cut := min(limit, len(text))
		for cut < len(text) && !utf8.RuneStart(text[cut]) {
			cut--
		}
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(text[:cut]))+"?=")
		text = text[cut:]
	}
	return strings.Join(words, " ")
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return !strings.Contains(s, "=?")
}

// formatAddress formats an address with a display name (RFC 5322 3.4).
func formatAddress(name, address string) string {
	switch {
	case name == "":
		return "<" + address + ">"
	case !isPlain(name):
		return encodeText(name) + " <" + address + ">"
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
	return `"` + quoted + `" <` + address + ">"
}

// foldHeader folds a header as go-mail does (msgwriter.go, writeHeader), so that
// a header inserted later equals the one go-mail would have written: a new line
// before each word that does not fit into 76 columns.
func foldHeader(name, value string) string {
	var b strings.Builder
	b.WriteString(name + ": ")
	room := 74 - len(name) - 2
	words := strings.Split(value, " ")
	for i, word := range words {
		if room-len(word) <= 1 {
			b.WriteString("\r\n ")
			room = 73
		}
		b.WriteString(word)
		if i < len(words)-1 {
			b.WriteByte(' ')
			room--
		}
		room -= len(word)
	}
	return strings.ReplaceAll(b.String(), " \r\n", "\r\n") + "\r\n"
}
