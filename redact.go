package bantin

import (
	"regexp"
	"strings"
	"unicode"
)

// Redacted replaces passwords in addresses within a text, of addresses too that are
// invalid: what stands between a user name and the last @ of the word or line, and what
// follows password=.
func Redacted(text string) string {
	address := regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+.-]*:/{0,3}[^\s:/@"']*):[^"'\n]*@`)
	setting := regexp.MustCompile(`(?i)(\bpassword\s*=\s*)('[^'\n]*'?|[^\s&"']+)`)
	return setting.ReplaceAllString(address.ReplaceAllString(text, "$1:xxxxx@"), "${1}xxxxx")
}

// minSecretBytes is the shortest text that is worth hiding: a shorter one would
// blacken words that mean something else.
const minSecretBytes = 4

// WithoutSecrets is a text with these secrets left out.
func WithoutSecrets(text string, secrets ...string) string {
	for _, secret := range secrets {
		if len(secret) >= minSecretBytes {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return text
}

// MaxOneLine bounds a text of OneLine, in characters.
const MaxOneLine = 160

// OneLine is a foreign text that can stand in a sentence: without control characters,
// and shortened.
func OneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return Shorten(strings.Join(strings.Fields(text), " "), MaxOneLine)
}
