package office

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"strings"

	"bantin"
	"bantin/contact"
	"bantin/mailer"
	"bantin/store"
)

// sentMessagePage is a message of an edition as a contact got it. Links of their own are
// stand-ins: no page of the office holds one that would leave a digest for somebody.
type sentMessagePage struct {
	page
	Edition, Back    string
	Contact, Subject string
	Status, At       string
	View             string // wide, phone, text
	Views            []option
	Frame            string // address of the message's HTML
	Text             string
	CanResend        bool
	ResendTo         string
}

// messageParts is what people read of a message.
type messageParts struct{ subject, text, html string }

func (o *office) message(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, d, parts, err := o.sentMessage(r)
	if err != nil {
		return err
	}
	p := &sentMessagePage{page: o.newPage(r, v, "editions", parts.subject), Contact: d.Address, Subject: parts.subject, View: r.URL.Query().Get("view")}
	path := "/office/editions/" + url.PathEscape(e.ID)
	p.Edition, p.Back = o.editionRow(&p.page, &e).Title, path+"?"+url.Values{"q": {d.Address}}.Encode()+"#deliveries"
	p.Status, p.At = d.Status.Words().In(p.Language), p.When(d.At, o.zone(e.Digest))
	q := func(view string) string { return "?" + url.Values{"contact": {d.Address}, "view": {view}}.Encode() }
	if p.View != "phone" && p.View != "text" {
		p.View = "wide"
	}
	p.Views = []option{{q("wide"), p.Say("Màn hình rộng", "Wide"), p.View == "wide"}, {q("phone"), p.Say("Điện thoại", "Phone"), p.View == "phone"}, {q("text"), p.Say("Chữ thường", "Plain text"), p.View == "text"}}
	p.ResendTo = path + "/resend"
	p.Frame, p.Text = path+"/message/html"+q("wide"), parts.text
	p.CanResend = d.Status != bantin.DeliveryQueued && d.Status != bantin.DeliveryDeferred && e.Status != bantin.EditionCancelled
	return o.show(w, r, "sent_message", p, map[string]any{"edition": e.ID, "contact": d.Address, "status": d.Status, "at": d.At, "subject": parts.subject, "text": parts.text, "html": parts.html})
}

// messageHTML serves the HTML of a message for a frame: nothing in it runs, and it asks
// for nothing but pictures of our own.
func (o *office) messageHTML(w http.ResponseWriter, r *http.Request, _ *visit) error {
	_, _, parts, err := o.sentMessage(r)
	if err != nil {
		return err
	}
	o.writeFrame(w, parts.html)
	return nil
}

// writeFrame writes the HTML of a mail for a frame: nothing in it runs, and it asks for
// nothing but pictures of our own.
func (o *office) writeFrame(w http.ResponseWriter, html string) {
	own := ""
	if u, err := url.Parse(o.Site.URL); err == nil && u.Host != "" {
		own = " " + u.Scheme + "://" + u.Host
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"+own+" data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox")
	write(w, http.StatusOK, "text/html; charset=utf-8", []byte(html))
}

// sentMessage reads the message that the parameter contact names.
func (o *office) sentMessage(r *http.Request) (e bantin.Edition, d store.RecipientDelivery, parts messageParts, err error) {
	ctx := r.Context()
	if e, err = o.Store.Editions().Get(ctx, r.PathValue("id")); err != nil {
		return e, d, parts, err
	}
	if d, err = o.Store.Deliveries().ToAddress(ctx, e.Row, contact.AsStored(r.URL.Query().Get("contact"))); err != nil {
		return e, d, parts, err
	}
	data, err := o.storedMessage(ctx, &e, &d)
	if err == nil {
		parts, err = readParts(data)
	}
	return e, d, parts, err
}

func (o *office) storedMessage(ctx context.Context, e *bantin.Edition, d *store.RecipientDelivery) ([]byte, error) {
	none := &refusal{http.StatusNotFound, bantin.Words{VI: "Thư này chưa được gửi, hoặc nội dung của nó không được giữ lại.", EN: "This message was not sent yet, or what it said was not kept."}}
	if d.Segment == 0 {
		return nil, none
	}
	stored, err := o.Store.Segments().Get(ctx, e.Row, d.Segment, d.Contact)
	if errors.Is(err, bantin.ErrNotFound) {
		return nil, none
	}
	if err != nil {
		return nil, err
	}
	message, err := mailer.ReadStored(stored)
	if err != nil {
		return nil, err
	}
	fields, _, err := message.RecipientFields(o.Tokens, e.Due, d.Name, d.Address, "") // without a key: stand-ins
	if err != nil {
		return nil, err
	}
	return message.AppendFile(nil, fields), nil
}

// readParts reads a message of ours: its subject and its two alternatives.
func readParts(data []byte) (parts messageParts, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return parts, fmt.Errorf("read stored message: %w", err)
	}
	if parts.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return parts, fmt.Errorf("read subject of stored message: %w", err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return parts, fmt.Errorf("read type of stored message: %w", err)
	}
	reader := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return parts, fmt.Errorf("read part of stored message: %w", err)
		}
		body := io.Reader(part)
		switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
		case "quoted-printable":
			body = quotedprintable.NewReader(part)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, part)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			return parts, fmt.Errorf("read part of stored message: %w", err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			parts.html = string(text)
		} else {
			parts.text = string(text)
		}
	}
}
