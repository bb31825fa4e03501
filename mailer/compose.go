package mailer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"bantin"
	"bantin/mailer/dkim"
)

// Sender is whom messages come from.
type Sender struct {
	Name, Address string
	ReplyTo       string         // an address; "" for none
	BounceAddress string         // base of the return paths (RFC 5321 3.6.3) and of the addresses to unsubscribe by mail; "" for none
	Signers       []*dkim.Signer // each adds its DKIM signature to every message

	// ProviderHeaders are for the provider that relays the messages. It removes them, so
	// they are not signed. ProviderTagPlaceholder stands for RecipientFields.ProviderTag;
	// a header with it is left out of messages that are no list mail.
	ProviderHeaders []Header
}

// Header is a header field, of printable ASCII.
type Header struct{ Name, Value string }

// Message is the content of the messages of one segment, before it has a
// recipient. [Compose] makes a [ComposedMessage] of it.
type Message struct {
	Sender            Sender
	Rendered          Rendered // with TokenPlaceholder where a recipient's token belongs
	Digest            string   // id of the digest, the left side of List-Id; "" for a message that is no list mail
	DigestTitle       string
	ListDomain        string // right side of List-Id and Message-ID; see the function ListDomain
	Date              time.Time
	UnsubscribeURL    string // with TokenPlaceholder; "" for a message that is no list mail
	UnsubscribeMailto string // an address where a person reads "unsubscribe" mails; used without Sender.BounceAddress, "" for none
}

// Rendered is the subject and the body of a message, as HTML and as plain text.
type Rendered struct {
	Subject, HTML, Text string
	Personalized        bool // the words name the recipient, so that no other contact may get them
}

// Compose has go-mail write the message with placeholders for the recipient and
// splits it there. It fails for a message that go-mail cannot write.
func Compose(m Message) (*ComposedMessage, error) {
	raw, err := write(m, toPlaceholder, MessageIDPlaceholder)
	if err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	out := &ComposedMessage{}
	if out.signer, err = newSegmentSigner(raw, m.Sender); err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	out.size = len(raw) + out.signer.size()
	if out.file, err = splitPlaceholders(raw); err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	if out.wire, err = splitPlaceholders(dotStuff(raw)); err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	return out, nil
}

// write has go-mail write the whole message. All headers are set as its general
// headers: these come out sorted, folded and in the same way each time.
func write(m Message, to, id string) ([]byte, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithCharset(mail.CharsetUTF8),
		mail.WithEncoding(mail.EncodingQP), mail.WithBoundary(boundary(m)))
	header := func(name mail.Header, value string) { msg.SetGenHeader(name, value) }
	header("From", formatAddress(m.Sender.Name, plainDomain(m.Sender.Address)))
	header("To", to)
	if m.Sender.ReplyTo != "" {
		header("Reply-To", "<"+plainDomain(m.Sender.ReplyTo)+">")
	}
	header(mail.HeaderSubject, encodeText(m.Rendered.Subject))
	header(mail.HeaderDate, m.Date.Format(time.RFC1123Z))
	header(mail.HeaderMessageID, "<"+id+"@"+m.ListDomain+">")
	header("Auto-Submitted", "auto-generated") // RFC 3834 5
	if m.Digest != "" {
		header("List-Id", encodeText(m.DigestTitle)+" <"+m.Digest+"."+m.ListDomain+">") // RFC 2919 3
	}
	if m.UnsubscribeURL != "" {
		value := "<" + plainURL(m.UnsubscribeURL) + ">"
		if m.Sender.BounceAddress != "" {
			value += ", <mailto:" + addDetail(plainDomain(m.Sender.BounceAddress), UnsubscribeDetailPlaceholder) + "?subject=unsubscribe>"
		} else if m.UnsubscribeMailto != "" {
			value += ", <mailto:" + plainDomain(m.UnsubscribeMailto) + "?subject=unsubscribe>"
		}
		header(mail.HeaderListUnsubscribe, value)
		header(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058 3.1
	}
	for _, h := range m.Sender.ProviderHeaders {
		if m.Digest != "" || !strings.Contains(h.Value, ProviderTagPlaceholder) {
			header(mail.Header(h.Name), h.Value)
		}
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Rendered.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.Rendered.HTML)
	var b bytes.Buffer
	_, err := msg.WriteTo(&b)
	return b.Bytes(), err
}

// boundary is derived from the text, so that the same message gives the same bytes.
func boundary(m Message) string {
	h := sha256.New()
	h.Write([]byte(m.Rendered.Text))
	h.Write([]byte(m.Rendered.HTML))
	return "bantin_" + hex.EncodeToString(h.Sum(nil)[:18])
}

// ListDomain is the host of the site's URL in ASCII (RFC 5891), the right side
// of List-Id (RFC 2919) and Message-ID. A host without a dot gets ".localdomain".
func ListDomain(site *bantin.Site) string {
	host := site.URL
	if _, after, ok := strings.Cut(host, "://"); ok {
		host = after
	}
	host, _, _ = strings.Cut(host, "/")
	host, _, _ = strings.Cut(host, ":")
	host = plainHost(host)
	if !strings.Contains(host, ".") {
		host += ".localdomain"
	}
	return host
}
