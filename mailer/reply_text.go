package mailer

import (
	"regexp"
	"strings"
	"unicode"

	"bantin"
)

// maxOneLine bounds a text of OneLine, in characters.
const maxOneLine = 160

// What differs in replies that mean the same: addresses of people and machines,
// and the names that servers give a connection or a message.
var (
	addressInReply = regexp.MustCompile(`<?[^\s<>,;:]+@[^\s<>,;:]+>?`)
	ipInReply      = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`)
	wordInReply    = regexp.MustCompile(`[\w.-]{9,}`)
)

// ReplyWithoutAddresses is a reply without the addresses of people. It is what
// may be kept where nobody looks for an address when its contact is erased.
func ReplyWithoutAddresses(reply string) string {
	return addressInReply.ReplaceAllString(reply, "…")
}

// GeneralReply is a reply without what differs from one recipient to the next, as
// one line that can stand in a mail.
func GeneralReply(reply string) string {
	reply = ipInReply.ReplaceAllString(ReplyWithoutAddresses(reply), "…")
	reply = wordInReply.ReplaceAllStringFunc(reply, func(word string) string {
		if strings.ContainsAny(word, "0123456789") && strings.ContainsFunc(word, unicode.IsLetter) {
			return "…"
		}
		return word
	})
	return OneLine(reply)
}

// OneLine is a text that can stand in a sentence of a mail: without control
// characters, and shortened.
func OneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return bantin.Shorten(strings.Join(strings.Fields(text), " "), maxOneLine)
}
