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
	"strings"
	"time"

	"github.com/emersion/go-message/textproto"
)

// Mail is one message (RFC 5322), taken apart.
type Mail struct {
	MessageID string    // without its angle brackets
	Subject   string    // one line
	From      string    // the one address that it says it is from; empty where it names none, or several
	Name      string    // of the sender, may be empty
	Date      time.Time // as the sender says; zero where he does not
	Auto      bool      // a program answered, and no person wrote (RFC 3834)
	Parts     []Part    // what a reader sees and may open, in its order
	Damaged   bool      // something ends too early or cannot be decoded

	raw    []byte
	body   []byte
	header textproto.Header
}

// ContentID is the same for the same words of the same sender, whatever relays
// added on the way and whatever else somebody wrote around them: a hash of From,
// Subject, Date and the body, without blanks.
func (m *Mail) ContentID() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s\x00%d\x00", strings.ToLower(m.From), m.Subject, m.Date.Unix())
	for word := range bytes.FieldsSeq(m.body) {
		sum.Write(word)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Part is a part of a message that has no parts itself.
type Part struct {
	Type      string // media type in lower case, as the message says; of what says none, text/plain
	Name      string // of the file, without a path; may be empty
	ContentID string // by which HTML calls it, without angle brackets
	Attached  bool   // to be opened, not to be shown
	Data      []byte // decoded; text is UTF-8 where its code is known, else as it came
}

// Text reports whether the part is running text of the message.
func (p *Part) Text() bool {
	return !p.Attached && (p.Type == "text/html" || p.Type == "text/plain" && p.Name == "")
}

// The limits of a message. A bulletin with fifty pictures has a tenth of it.
const (
	MaxParts = 500
	MaxDepth = 50 // parts within parts
)

// Errors of Read that callers may ask for.
var (
	ErrTooManyParts = fmt.Errorf("the message has more than %d parts", MaxParts)
	ErrTooDeep      = fmt.Errorf("the message has parts within parts more than %d deep", MaxDepth)
	ErrNoMail       = errors.New("not a mail message")
)

// Read takes a message apart. Of multipart/alternative it gives what a reader
// would be shown: HTML where there is some. A mail within the mail is a part and
// not looked into. What is damaged is read as far as it goes.
func Read(raw []byte) (*Mail, error) {
	raw = withoutEnvelope(raw)
	body := bufio.NewReader(bytes.NewReader(raw))
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
	if m.Parts, err = r.entity(header, bytes.NewReader(m.body), 0); err != nil {
		return nil, err
	}
	return m, nil
}

// withoutEnvelope takes off the line that a file of mbox form has before its
// header.
func withoutEnvelope(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	return raw
}

func (m *Mail) readHeader() {
	h := &m.header
	m.Subject = strings.Join(strings.Fields(words(h.Get("Subject"))), " ")
	m.MessageID = unbracketed(h.Get("Message-Id"))
	if t, err := mail.ParseDate(h.Get("Date")); err == nil {
		m.Date = t
	}
	if auto := strings.TrimSpace(h.Get("Auto-Submitted")); auto != "" && !strings.EqualFold(auto, "no") {
		m.Auto = true
	}
	if len(h.Values("From")) != 1 {
		return
	}
	parser := mail.AddressParser{WordDecoder: decoder()}
	if list, err := parser.ParseList(h.Get("From")); err == nil && len(list) == 1 {
		m.From, m.Name = list[0].Address, strings.Join(strings.Fields(list[0].Name), " ")
	}
}

func unbracketed(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
}
