package config

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// pointAt returns a line for printing and a second line with a caret under the
// column. Tabs stay tabs in both, combining marks take no cell, and wide letters
// take two. Of a very long line only the part around the column is shown.
func pointAt(line string, column int) (shown, caret string) {
	runes := []rune(maskPassword(strings.TrimRight(line, "\r")))
	at := min(max(column-1, 0), len(runes))
	const around = 60
	if from := at - around; from > around {
		runes = append([]rune("…"), runes[from:]...)
		at = around + 1
	}
	if len(runes) > at+2*around {
		runes = append(runes[:at+2*around:at+2*around], '…')
	}
	var text, pad strings.Builder
	for i, r := range runes {
		text.WriteRune(printable(r))
		if i < at {
			pad.WriteString(blank(r))
		}
	}
	return text.String(), pad.String() + "^"
}

// maskPassword replaces a password in a URL, or after a key named password, by as
// many stars, so that columns stay the same.
func maskPassword(text string) string {
	address := regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+.-]*:/{1,3}[^\s:/@"']*:)([^"'\n]*)@`) // invalid ones too
	text = address.ReplaceAllStringFunc(text, func(s string) string {
		part := address.FindStringSubmatch(s)
		return part[1] + stars(part[2]) + "@"
	})
	secret := regexp.MustCompile(`(?i)(\b(?:password|passwd|passphrase|secret|token|mật khẩu|mat_khau)["']?\s*[:=]\s*)("[^"]*"?|'[^']*'?|[^\s,}&"'][^,}&"']*)`)
	return secret.ReplaceAllStringFunc(text, func(s string) string {
		part := secret.FindStringSubmatch(s)
		return part[1] + stars(part[2])
	})
}

func stars(text string) string { return strings.Repeat("*", utf8.RuneCountInString(text)) }

// printable removes terminal control sequences from a file's text.
func printable(r rune) rune {
	if r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf) {
		return '\uFFFD'
	}
	return r
}

// blank is as wide as r.
func blank(r rune) string {
	switch {
	case r == '\t':
		return "\t"
	case unicode.In(r, unicode.Mn, unicode.Me):
		return ""
	case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
		return "  "
	}
	return " "
}
