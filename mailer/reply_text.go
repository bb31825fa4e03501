package mailer

import (
	"regexp"
	"strings"
	"unicode"

	"bantin"
)

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
	return bantin.OneLine(reply)
}
