package mailbox

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message/textproto"
)

// Mail is a parsed message (RFC 5322).
type Mail struct {
	MessageID string    // without its angle brackets
	Subject   string    // one line
	From      string    // the one address that it says it is from; empty where it names none, or several
	Name      string    // of the sender, may be empty
	To        []string  // the addresses that To and Cc name
	Date      time.Time // as the sender says; zero where the mail does not, or not by RFC 5322
	DateText  string    // the same as it stands in the mail
	Automatic bool      // a program wrote it, no person (RFC 3834)
	Parts     []Part    // what readers see and may open, in order
	Damaged   bool      // it ends too early, or a part cannot be decoded

	raw     []byte
	body    []byte
	header  textproto.Header
	subject string // as it always was decoded, for ContentID
}

// ContentID identifies the content and the sender, whatever headers relays or others
// added: a hash of From, Subject, Date and the body, without blanks.
func (m *Mail) ContentID() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s\x00%d\x00", strings.ToLower(m.From), m.subject, m.Date.Unix())
	for word := range bytes.FieldsSeq(m.body) {
		sum.Write(word)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Part is a leaf of the MIME tree of a message.
type Part struct {
	Type      string // media type in lower case, as the message says; text/plain where it says none
	Name      string // of the file, without a path; may be empty
	ContentID string // by which HTML refers to it, without angle brackets
	Attached  bool   // an attachment, not shown inline
	Flowed    bool   // its lines are as its writer made them (RFC 3676): none goes on in the next
	Data      []byte // decoded; text is UTF-8 where its encoding is known, else as it came
}

// IsText reports whether the part is running text of the message.
func (p *Part) IsText() bool {
	return !p.Attached && (p.Type == "text/html" || p.Type == "text/plain" && p.Name == "")
}

// The limits of a message. A bulletin with fifty pictures has a tenth of it.
const (
	MaxParts = 500
	MaxDepth = 50 // parts within parts
)

// Errors of Read.
var (
	ErrTooManyParts = fmt.Errorf("the message has more than %d parts", MaxParts)
	ErrTooDeep      = fmt.Errorf("the message has parts within parts more than %d deep", MaxDepth)
	ErrNoMail       = errors.New("not a mail message")
)

// Read parses a message. Of multipart/alternative it gives the part that readers
// would see, which is HTML where there is one. A message inside of the message is a
// part and not parsed. A damaged message is read as far as possible.
func Read(raw []byte) (*Mail, error) {
	raw = withoutEnvelope(raw)
	body := bufio.NewReader(bytes.NewReader(withoutBrokenLines(raw)))
	header, err := textproto.ReadHeader(body)
	if header.Len() == 0 {
		return nil, ErrNoMail
	}
	m := &Mail{raw: raw, header: header, Damaged: err != nil}
	if m.body, err = io.ReadAll(body); err != nil {
		return nil, err
	}
	m.readHeader()
	r := &reader{mail: m}
	if m.Parts, err = r.entity(header, bytes.NewReader(m.body), "text/plain", 0); err != nil {
		return nil, err
	}
	return m, nil
}

// withoutEnvelope removes the "From " line of an mbox file.
func withoutEnvelope(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	return raw
}

// fieldStart is the beginning of a header field.
var fieldStart = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)

// withoutBrokenLines drops lines of the header that are no fields, with fields behind
// them: nothing could be read of what follows.
func withoutBrokenLines(raw []byte) []byte {
	var kept, broken []byte
	rest, found := raw, false
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line = rest[:i+1]
		}
		switch {
		case len(bytes.TrimRight(line, "\r\n")) == 0:
			if !found {
				return raw
			}
			return append(kept, rest...)
		case fieldStart.Match(line):
			found, broken = found || broken != nil, nil
			kept = append(kept, line...)
		case (line[0] == ' ' || line[0] == '\t') && broken == nil:
			kept = append(kept, line...)
		case len(kept) == 0:
			return raw
		default:
			broken = append(broken, line...)
		}
		rest = rest[len(line):]
	}
	return raw
}

func (m *Mail) readHeader() {
	h := &m.header
	m.Subject = strings.Join(strings.Fields(decodeWords(h.Get("Subject"))), " ")
	m.subject = strings.Join(strings.Fields(standardWords(h.Get("Subject"))), " ")
	m.MessageID = unbracketed(h.Get("Message-Id"))
	m.DateText = h.Get("Date")
	if t, err := mail.ParseDate(m.DateText); err == nil {
		m.Date = t
	}
	if auto := strings.TrimSpace(h.Get("Auto-Submitted")); auto != "" && !strings.EqualFold(auto, "no") {
		m.Automatic = true
	}
	parser := mail.AddressParser{WordDecoder: decoder()}
	for _, field := range slices.Concat(h.Values("To"), h.Values("Cc")) {
		if list, err := parser.ParseList(field); err == nil {
			for _, a := range list {
				m.To = append(m.To, a.Address)
			}
		}
	}
	if len(h.Values("From")) != 1 {
		return
	}
	if list, err := parser.ParseList(h.Get("From")); err == nil && len(list) == 1 {
		m.From, m.Name = list[0].Address, strings.Join(strings.Fields(list[0].Name), " ")
	}
}

func unbracketed(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
}
