//go:build unix

package officetest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"bantin/mailer"
	"bantin/templates"
)

// PlainPart is the text/plain of a message.
func PlainPart(t testing.TB, data []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	body := io.Reader(quotedprintable.NewReader(part))
	if part.Header.Get("Content-Transfer-Encoding") == "base64" {
		body = base64.NewDecoder(base64.StdEncoding, part)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// MailSubject is the subject of a message as people read it.
func MailSubject(t testing.TB, data []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return subject
}

// Sender is who mails.
func (o *Office) Sender() mailer.Sender {
	return mailer.Sender{Name: o.Site.Title, Address: "bantin@example.org"}
}

// SMTP reaches a mail server on a port of this machine.
func (o *Office) SMTP(port int) mailer.Transport {
	return mailer.NewSMTP(mailer.SMTPOptions{Host: "127.0.0.1", Port: port, TLSMode: mailer.NoTLS, EnvelopeFrom: "bantin@example.org"})
}

// Node registers a node of the delivery engine and gives its name.
func (o *Office) Node() string {
	o.T.Helper()
	node, err := o.DB.Nodes().Register()
	if err != nil {
		o.T.Fatal(err)
	}
	o.T.Cleanup(func() { node.Close() })
	return node.Name
}

// Zone is that of every digest.
func (o *Office) Zone(string) *time.Location { return o.Site.Location }

// Templates are those of the program.
func (o *Office) Templates() *templates.Set {
	o.T.Helper()
	set, err := templates.Load("")
	if err != nil {
		o.T.Fatal(err)
	}
	return set
}
