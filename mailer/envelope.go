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

// extensions are the SMTP extensions that the server offered in its reply to EHLO.
type extensions struct {
	pipelining bool  // RFC 2920
	utf8       bool  // RFC 6531
	dsn        bool  // RFC 3461
	size       bool  // RFC 1870
	maxSize    int64 // limit of SIZE in bytes; 0: not stated
}

func readExtensions(client *smtp.Client) extensions {
	var ext extensions
	ext.pipelining, _ = client.Extension("PIPELINING")
	ext.utf8, _ = client.Extension("SMTPUTF8")
	ext.dsn, _ = client.Extension("DSN")
	var limit string
	ext.size, limit = client.Extension("SIZE")
	ext.maxSize, _ = strconv.ParseInt(strings.TrimSpace(limit), 10, 64) // no number: no limit stated
	return ext
}

// command is a step of a transaction with its command line.
type command struct {
	step step
	line string
}

// ErrSMTPUTF8 means that an address needs SMTPUTF8 (RFC 6531) and the mail server
// does not offer it.
var ErrSMTPUTF8 = errors.New("the address has non-ASCII letters before the @ and the mail server does not support them (SMTPUTF8, RFC 6531)")

// commands are the envelope of a message; from is the envelope sender of messages
// without a return path. A message that this server cannot accept is refused here
// and never offered to it.
func (ext extensions) commands(m RecipientMessage, from string) ([]command, *SendError) {
	to, nonASCII, err := envelopeAddress(m.Recipient.Address)
	if err != nil {
		return nil, localError(ScopeRecipient, m.Recipient.Address, err)
	}
	if nonASCII && !ext.utf8 {
		return nil, localError(ScopeRecipient, m.Recipient.Address, ErrSMTPUTF8)
	}
	if m.Recipient.ReturnPath != "" {
		from = m.Recipient.ReturnPath
	}
	from, nonASCIISender, err := envelopeAddress(from)
	if err != nil || nonASCIISender && !ext.utf8 {
		return nil, localError(ScopeSender, m.Recipient.Address, fmt.Errorf("sender's address: %w", cmp.Or(err, ErrSMTPUTF8)))
	}
	size := int64(m.Message.Size() + len(m.Recipient.Name) + len(m.Recipient.Address))
	if ext.maxSize > 0 && size > ext.maxSize {
		return nil, localError(ScopeMessage, m.Recipient.Address,
			fmt.Errorf("the message has about %d bytes and the mail server accepts at most %d (SIZE, RFC 1870)", size, ext.maxSize))
	}
	sender, recipient := "MAIL FROM:<"+from+">", "RCPT TO:<"+to+">"
	if ext.size {
		sender += " SIZE=" + strconv.FormatInt(size, 10)
	}
	if nonASCII || nonASCIISender {
		sender += " SMTPUTF8 BODY=8BITMIME"
	}
	if ext.dsn { // RFC 3461 4: reports name delivery and recipient and return the headers only
		sender += " RET=HDRS ENVID=" + m.Recipient.MessageID
		recipient += " NOTIFY=FAILURE,DELAY ORCPT=" + originalRecipient(to, nonASCII)
	}
	return []command{{stepMail, sender}, {stepRcpt, recipient}, {stepData, "DATA"}}, nil
}

// originalRecipient encodes an address for ORCPT (RFC 3461 4.2, RFC 6533 3), with
// special characters in hexadecimal. Its domain is in ASCII, since rfc822 has no
// form for anything else.
func originalRecipient(address string, nonASCII bool) string {
	if nonASCII {
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

// envelopeAddress puts the domain into ASCII (RFC 5891). nonASCII reports whether
// the local part has other letters and needs SMTPUTF8.
func envelopeAddress(address string) (envelope string, nonASCII bool, err error) {
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

// plainDomain returns an address with its domain in ASCII, for headers.
func plainDomain(address string) string {
	if plain, _, err := envelopeAddress(address); err == nil {
		return plain
	}
	return address
}

// plainHost returns a host in ASCII, or unchanged where it is no valid name.
func plainHost(host string) string {
	if ascii, err := idna.Lookup.ToASCII(host); err == nil && !isPlain(host) {
		return ascii
	}
	return host
}

// plainURL returns a URL with its host in ASCII, for headers.
func plainURL(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found || isPlain(address) {
		return address
	}
	end := strings.IndexAny(rest+"/", "/:")
	return scheme + "://" + plainHost(rest[:end]) + rest[end:]
}

// breaksCommand reports characters that would end an address or its command line.
func breaksCommand(ch rune) bool {
	return ch <= ' ' || ch == 0x7f || ch == '<' || ch == '>' || ch == 0xFFFD
}
