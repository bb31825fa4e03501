package mailer

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

// abilities are what a server offered in its answer to EHLO.
type abilities struct {
	pipelining bool  // RFC 2920
	utf8       bool  // RFC 6531
	dsn        bool  // RFC 3461
	size       bool  // RFC 1870
	mostBytes  int64 // of a message; 0: it does not say
}

func askAbilities(client *smtp.Client) abilities {
	var can abilities
	can.pipelining, _ = client.Extension("PIPELINING")
	can.utf8, _ = client.Extension("SMTPUTF8")
	can.dsn, _ = client.Extension("DSN")
	var most string
	can.size, most = client.Extension("SIZE")
	can.mostBytes, _ = strconv.ParseInt(strings.TrimSpace(most), 10, 64) // what is no number says nothing
	return can
}

// command is a step with the line that asks for it.
type command struct {
	step step
	line string
}

// ErrSMTPUTF8 says that an address cannot be mailed to by this server.
var ErrSMTPUTF8 = errors.New("the address has letters outside ASCII before the @, and the mail server does not take those (SMTPUTF8, RFC 6531)")

// commands are what offers a message; from is the sender of those that have no
// return path of their own. A message that this server cannot take is refused
// here, without a word to it.
func (can abilities) commands(m RecipientMessage, from string) ([]command, *SendError) {
	to, wide, err := envelopeAddress(m.Recipient.Address)
	if err != nil {
		return nil, unmailable(ScopeRecipient, m.Recipient.Address, err)
	}
	if wide && !can.utf8 {
		return nil, unmailable(ScopeRecipient, m.Recipient.Address, ErrSMTPUTF8)
	}
	if m.Recipient.ReturnPath != "" {
		from = m.Recipient.ReturnPath
	}
	from, wideSender, err := envelopeAddress(from)
	if err != nil || wideSender && !can.utf8 {
		return nil, unmailable(ScopeSender, m.Recipient.Address, fmt.Errorf("the sender's address: %w", cmp.Or(err, ErrSMTPUTF8)))
	}
	size := int64(m.Message.Size() + len(m.Recipient.Name) + len(m.Recipient.Address))
	if can.mostBytes > 0 && size > can.mostBytes {
		return nil, unmailable(ScopeMessage, m.Recipient.Address,
			fmt.Errorf("the message has about %d bytes and the mail server takes %d at most (SIZE, RFC 1870)", size, can.mostBytes))
	}
	sender, recipient := "MAIL FROM:<"+from+">", "RCPT TO:<"+to+">"
	if can.size {
		sender += " SIZE=" + strconv.FormatInt(size, 10)
	}
	if wide || wideSender {
		sender += " SMTPUTF8 BODY=8BITMIME"
	}
	if can.dsn { // RFC 3461 4: whoever reports names delivery and recipient, and sends the headers back alone
		sender += " RET=HDRS ENVID=" + m.Recipient.MessageID
		recipient += " NOTIFY=FAILURE,DELAY ORCPT=" + originalRecipient(to, wide)
	}
	return []command{{stepMail, sender}, {stepRcpt, recipient}, {stepData, "DATA"}}, nil
}

// originalRecipient writes an address for ORCPT (RFC 3461 4.2, RFC 6533 3), with
// what is no plain character in hexadecimal. Its domain is in ASCII: the plain
// kind has no way to write anything else.
func originalRecipient(address string, wide bool) string {
	if wide {
		return "utf-8;" + escapeAddress(address, `\x{%X}`)
	}
	return "rfc822;" + escapeAddress(address, "+%02X")
}

func escapeAddress(address, format string) string {
	var b strings.Builder
	for _, ch := range address {
		if ch <= ' ' || ch > '~' || ch == '+' || ch == '=' || ch == '\\' {
			fmt.Fprintf(&b, format, ch)
			continue
		}
		b.WriteRune(ch)
	}
	return b.String()
}

// envelopeAddress writes the domain in ASCII (RFC 5891); wide tells that the
// local part has letters outside it.
func envelopeAddress(address string) (envelope string, wide bool, err error) {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || strings.ContainsFunc(address, breaksCommand) {
		return "", false, errors.New("the address is not valid")
	}
	local, domain := address[:at], address[at+1:]
	if !isPlain(domain) {
		if domain, err = idna.Lookup.ToASCII(domain); err != nil {
			return "", false, fmt.Errorf("the domain is not valid: %w", err)
		}
	}
	return local + "@" + domain, !isPlain(local), nil
}

// plainDomain gives an address with its domain in ASCII, for headers.
func plainDomain(address string) string {
	if plain, _, err := envelopeAddress(address); err == nil {
		return plain
	}
	return address
}

// plainHost gives a host in ASCII; as it is where it is no name.
func plainHost(host string) string {
	if ascii, err := idna.Lookup.ToASCII(host); err == nil && !isPlain(host) {
		return ascii
	}
	return host
}

// plainURL gives an address of the web with its host in ASCII, for headers.
func plainURL(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found || isPlain(address) {
		return address
	}
	end := strings.IndexAny(rest+"/", "/:")
	return scheme + "://" + plainHost(rest[:end]) + rest[end:]
}

// breaksCommand tells characters that an address has no need of and that would
// end it, or its line.
func breaksCommand(ch rune) bool {
	return ch <= ' ' || ch == 0x7f || ch == '<' || ch == '>' || ch == 0xFFFD
}
