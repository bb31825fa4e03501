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
)

// Sender is who the mail is from.
type Sender struct {
	Name, Address string
	ReplyTo       string    // an address; "" for none
	BounceAddress string    // base of return paths (RFC 5321 3.6.3) and of addresses to leave by; "" for none
	Signers       []*Signer // each puts its signature on every message
}

// Message is a digest of one segment, before it has a recipient.
type Message struct {
	Sender            Sender
	Rendered          Rendered // with TokenPlaceholder where a recipient's token belongs
	Digest            string
	DigestTitle       string
	ListDomain        string // right side of List-Id and Message-ID
	Date              time.Time
	UnsubscribeURL    string // URL with TokenPlaceholder; "" for a message that is no list mail
	UnsubscribeMailto string // an address where a person reads "unsubscribe" mails; used without Sender.BounceAddress, "" for none
}

// RecipientFields is all in which the messages of a segment differ.
type RecipientFields struct {
	Name, Address     string
	MessageID         string // the left side, as long as MessageIDPlaceholder
	UnsubscribeToken  string // as long as TokenPlaceholder
	UnsubscribeDetail string // the signed part of the address to leave by, as long as UnsubscribeDetailPlaceholder; "" without Sender.BounceAddress
	ReturnPath        string // "" for the sender's address
}

// The stand-ins have the length and the alphabet of what replaces them, so
// that no line breaks elsewhere than it would have.
var (
	TokenPlaceholder             = strings.Repeat("TokenStandIn-", tokenLength)[:tokenLength]
	MessageIDPlaceholder         = strings.Repeat("messageidstandin", 2)
	UnsubscribeDetailPlaceholder = strings.Repeat("leavestandin.", addressLength)[:addressLength]
)

const toPlaceholder = "recipient-stand-in@recipient.invalid"

// Rendered is what a message says, in both forms.
type Rendered struct {
	Subject, HTML, Text string
	Personalized        bool // it says something of its reader, and is hers alone
}

// ComposedMessage is a composed message of a segment, cut where recipients differ.
// It is safe for use by several goroutines.
type ComposedMessage struct {
	plain []piece // as a file holds it
	wire  []piece // dot-stuffed (RFC 5321 4.5.2)
	size  int

	signing *signing // nil: nobody signs
}

// piece is literal bytes and what of the recipient follows them.
type piece struct {
	literal  []byte
	field    field
	from, to int // part of the token: a soft line break may cut it
}

type field int

const (
	nothing field = iota
	toLine
	toRelaxed // the same as signatures hash it
	messageID
	token
	leave
)

// Compose has go-mail write the message and cuts it.
func Compose(m Message) (*ComposedMessage, error) {
	raw, err := write(m, toPlaceholder, MessageIDPlaceholder)
	if err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	l := &ComposedMessage{}
	if l.signing, err = newSigning(raw, m.Sender.Signers); err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	l.size = len(raw) + l.signing.size()
	if l.plain, err = cut(raw); err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	if l.wire, err = cut(stuff(raw)); err != nil {
		return nil, fmt.Errorf("compose %s: %w", m.Digest, err)
	}
	return l, nil
}

// write has go-mail write the whole message. All headers go through its
// general ones: those come out sorted, folded and the same each time.
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
			value += ", <mailto:" + plus(plainDomain(m.Sender.BounceAddress), UnsubscribeDetailPlaceholder) + "?subject=unsubscribe>"
		} else if m.UnsubscribeMailto != "" {
			value += ", <mailto:" + plainDomain(m.UnsubscribeMailto) + "?subject=unsubscribe>"
		}
		header(mail.HeaderListUnsubscribe, value)
		header(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058 3.1
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Rendered.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.Rendered.HTML)
	var b bytes.Buffer
	_, err := msg.WriteTo(&b)
	return b.Bytes(), err
}

// boundary is made from the text, so that the same message is the same bytes.
func boundary(m Message) string {
	h := sha256.New()
	h.Write([]byte(m.Rendered.Text))
	h.Write([]byte(m.Rendered.HTML))
	return "bantin_" + hex.EncodeToString(h.Sum(nil)[:18])
}

// cut finds the stand-ins. A token in a body may be broken by a soft line
// break of quoted-printable (RFC 2045 6.7): then its parts are pieces.
func cut(raw []byte) ([]piece, error) {
	line := []byte(foldHeader("To", toPlaceholder))
	at := bytes.Index(raw, line)
	if at < 0 {
		return nil, fmt.Errorf("find the To header: it is not as it was written")
	}
	var pieces []piece
	pieces = append(pieces, cutTokens(raw[:at])...)
	pieces = append(pieces, piece{field: toLine})
	pieces = append(pieces, cutTokens(raw[at+len(line):])...)
	return pieces, nil
}

// cutTokens cuts at every stand-in but that of the Recipient header.
func cutTokens(raw []byte) []piece {
	firstLetters := MessageIDPlaceholder[:1] + UnsubscribeDetailPlaceholder[:1] + TokenPlaceholder[:1]
	var pieces []piece
	start := 0
	for i := 0; i < len(raw); {
		step := bytes.IndexAny(raw[i:], firstLetters)
		if step < 0 {
			break
		}
		i += step
		parts, length := standIn(raw[i:])
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

// standIn reads a stand-in at the beginning of raw and gives the bytes it
// takes; 0 where there is none.
func standIn(raw []byte) (parts []piece, length int) {
	switch {
	case bytes.HasPrefix(raw, []byte(MessageIDPlaceholder)):
		return []piece{{field: messageID}}, len(MessageIDPlaceholder)
	case bytes.HasPrefix(raw, []byte(UnsubscribeDetailPlaceholder)):
		return []piece{{field: leave}}, len(UnsubscribeDetailPlaceholder)
	}
	return matchToken(raw)
}

// matchToken reads the token's stand-in at the beginning of raw, soft line
// breaks within it included, and gives its parts and the bytes it takes.
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

// stuff doubles each dot at the beginning of a line.
func stuff(raw []byte) []byte {
	out := bytes.ReplaceAll(raw, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(out, []byte(".")) {
		out = append([]byte("."), out...)
	}
	return out
}

// Size is about how many bytes a message has, its signatures included.
func (l *ComposedMessage) Size() int { return l.size }

// AppendFile appends the recipient's message as a file holds it, signed where
// the sender has signers. Its error is that of a key that cannot sign.
func (l *ComposedMessage) AppendFile(dst []byte, p RecipientFields) ([]byte, error) {
	return l.fill(dst, l.plain, p)
}

// AppendWire appends the recipient's message as SMTP's DATA takes it, without
// the final dot; errors as AppendFile.
func (l *ComposedMessage) AppendWire(dst []byte, p RecipientFields) ([]byte, error) {
	return l.fill(dst, l.wire, p)
}

func (l *ComposedMessage) fill(dst []byte, pieces []piece, p RecipientFields) ([]byte, error) {
	if l.signing != nil {
		var err error
		if dst, err = l.signing.append(dst, p); err != nil { // no line of it begins with a dot
			return dst, err
		}
	}
	for _, part := range pieces {
		dst = part.appendField(append(dst, part.literal...), p)
	}
	return dst, nil
}

// appendField appends what stands behind the literal of a piece.
func (part *piece) appendField(dst []byte, p RecipientFields) []byte {
	switch part.field {
	case toLine:
		return append(dst, foldHeader("To", formatAddress(p.Name, p.Address))...)
	case toRelaxed:
		return append(dst, relaxHeader([]byte(foldHeader("To", formatAddress(p.Name, p.Address))))...)
	case messageID:
		return append(dst, p.MessageID...)
	case token:
		return append(dst, p.UnsubscribeToken[part.from:part.to]...)
	case leave:
		return append(dst, p.UnsubscribeDetail...)
	}
	return dst
}

// ListDomain gives the host of a site's address in ASCII, for List-Id and Message-ID.
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
