package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/mailer"
	"bantin/store"
)

// messageFlags are the flags of `bantin editions message`.
type messageFlags struct{ contact, out string }

func (a editionCommands) messageCommand() *cobra.Command {
	var f messageFlags
	c := &cobra.Command{
		Use:     "message ID",
		Short:   a.text("Xem thư của một kỳ đúng như một người đã nhận, trừ chữ ký DKIM", "Show the message of an edition as a contact got it, but for DKIM signatures"),
		Example: asTyped("bantin editions message hang-tuan-12 --contact lan@example.org --out lan.eml"),
		PreRunE: func(*cobra.Command, []string) error { return wantContact(f.contact) },
		RunE:    a.does(func(ctx context.Context, w *deps, args []string) error { return a.showMessage(ctx, w, args[0], f) }),
	}
	c.Flags().StringVar(&f.contact, "contact", "", a.text("thư của người có địa chỉ `ADDRESS`, nay hoặc khi đó", "the message to who has the `ADDRESS`, now or then"))
	c.Flags().StringVar(&f.out, "out", "", a.text("ghi thư vào tệp `FILE` (.eml)", "write the message to `FILE` (.eml)"))
	return c
}

// wantContact refuses a command without --contact.
func wantContact(address string) error {
	if address == "" {
		return wrongUsage("thiếu --contact ADDRESS: thư của ai?", "--contact ADDRESS is missing: whose message?")
	}
	return nil
}

// sentMessage is a message that a contact got.
type sentMessage struct {
	Edition   string                `json:"edition"`
	Contact   string                `json:"contact"` // address, frozen
	Status    bantin.DeliveryStatus `json:"status"`
	At        time.Time             `json:"at"` // when it came to that
	MessageID string                `json:"message_id"`
	IsWhole   bool                  `json:"whole"` // false: placeholders stand for what cannot be made any more
	Message   string                `json:"message,omitempty"`
	File      string                `json:"file,omitempty"`
}

func (a editionCommands) showMessage(ctx context.Context, w *deps, id string, f messageFlags) error {
	e, err := w.db.Editions().Get(ctx, id)
	if err != nil {
		return editionNotFound(err, id)
	}
	m, data, err := w.sentMessage(ctx, &e, f.contact)
	if err != nil {
		return err
	}
	a.tellMessage(w, &m)
	if f.out != "" {
		if err := os.WriteFile(f.out, data, 0o640); err != nil {
			return fmt.Errorf("write message: %w", err)
		}
		a.note("Đã ghi %s", "Wrote %s", f.out)
		m.File = f.out
	}
	switch {
	case a.json:
		if f.out == "" {
			m.Message = string(data)
		}
		return a.printJSON(m)
	case f.out == "":
		_, err = a.document().Write(data)
	}
	return err
}

// sentMessage makes the message of an edition that a contact got.
func (w *deps) sentMessage(ctx context.Context, e *bantin.Edition, address string) (m sentMessage, data []byte, err error) {
	d, err := w.db.Deliveries().ToAddress(ctx, e.Row, contact.AsStored(address))
	if err != nil {
		return m, nil, w.recipientNotFound(ctx, err, e, address)
	}
	if d.Segment == 0 {
		return m, nil, &noMessageError{Edition: e.ID, Delivery: d}
	}
	stored, err := w.db.Segments().Get(ctx, e.Row, d.Segment, d.Contact)
	if errors.Is(err, bantin.ErrNotFound) && d.Segment == store.OwnMessage {
		return m, nil, &noMessageError{Edition: e.ID, Delivery: d}
	}
	if err != nil {
		return m, nil, err
	}
	message, err := mailer.ReadStored(stored)
	if err != nil {
		return m, nil, err
	}
	m = sentMessage{Edition: e.ID, Contact: d.Address, Status: d.Status, At: d.At}
	fields, isWhole, err := message.RecipientFields(w.tokens, e.Due, d.Name, d.Address, d.Key)
	if err != nil {
		return m, nil, err
	}
	data = message.AppendFile(nil, fields)
	head, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return m, nil, fmt.Errorf("read stored message: %w", err)
	}
	m.MessageID, m.IsWhole = head.Header.Get("Message-ID"), isWhole
	return m, data, nil
}

// tellMessage says what is to be known of a message.
func (a editionCommands) tellMessage(w *deps, m *sentMessage) {
	at := a.formatTime(m.At, w.site.Location)
	switch m.Status {
	case bantin.DeliverySent:
		a.note("Gửi tới %s lúc %s. Chữ ký DKIM không được giữ.", "Sent to %s at %s. DKIM signatures are not kept.", m.Contact, at)
	case bantin.DeliveryQueued, bantin.DeliveryDeferred:
		a.note("Đây là thư đã đưa cho máy chủ lần trước, tới %s; thư còn chờ gửi lại.", "This is what was handed to the mail server last, for %s; it waits to be sent again.", m.Contact)
	default:
		a.note("Đã đưa cho máy chủ nhưng bị từ chối lúc %s: %s không nhận được.", "It was handed to the mail server and refused at %s: %s did not get it.", at, m.Contact)
	}
	if !m.IsWhole {
		a.note("Một phần của thư không dựng lại được, vì người nhận đã bị xóa hoặc khóa bí mật của trang đã đổi: Message-ID hoặc các liên kết trong thư là chữ thế chỗ.",
			"A part of it cannot be made any more, since the contact was removed or the secret of the site has changed: placeholders stand for the Message-ID or the links.")
	}
}

// noMessageError says that there is no message of a delivery to be shown.
type noMessageError struct {
	Edition  string
	Delivery store.RecipientDelivery
}

func (e *noMessageError) Error() string { return e.words().EN }

func (e *noMessageError) words() bantin.Words {
	d := &e.Delivery
	switch {
	case d.Segment == store.OwnMessage:
		return bantin.Say("Thư của kỳ %s tới %s soạn riêng cho người này và quá dài nên không được giữ.",
			"the message of %s to %s was made for them alone, and is too long to be kept", e.Edition, d.Address)
	case d.Status == bantin.DeliverySent:
		return bantin.Say("Thư của kỳ %s tới %s do một bản bantin cũ hơn gửi, chưa giữ lại nội dung.",
			"the message of %s to %s was sent by an earlier bantin, which kept none", e.Edition, d.Address)
	case d.Status == bantin.DeliveryQueued, d.Status == bantin.DeliveryDeferred:
		return bantin.Say("Thư của kỳ %s tới %s chưa được gửi.", "the message of %s to %s was not sent yet", e.Edition, d.Address)
	}
	return bantin.Say("Kỳ %s không có thư nào tới %s: %s.", "no message of %s was sent to %s: %s", e.Edition, d.Address, d.Reply)
}

// recipientNotFound words an error of a look-up of a delivery.
func (w *deps) recipientNotFound(ctx context.Context, err error, e *bantin.Edition, address string) error {
	if !errors.Is(err, bantin.ErrNotFound) {
		return err
	}
	switch isErased, erasedErr := w.db.Contacts().IsErased(ctx, contact.AsStored(address), w.tokens.ErasedKey()); {
	case erasedErr != nil:
		return erasedErr
	case isErased:
		return &notFoundError{err, bantin.Words{
			VI: fmt.Sprintf("Kỳ %s không còn gì của %s: địa chỉ này đã được xóa theo yêu cầu, hoặc người đó đã đổi sang địa chỉ khác.", e.ID, address),
			EN: "they were erased, or have another address now: nothing of that is left"}}
	}
	isPruned, prunedErr := w.db.Editions().IsPruned(ctx, e.Row)
	if prunedErr != nil {
		return prunedErr
	}
	if isPruned {
		return &notFoundError{err, bantin.Words{
			VI: fmt.Sprintf("Các thư của kỳ %s đã quá hạn lưu (keep.deliveries) và đã được dọn.", e.ID),
			EN: "the deliveries of this edition were removed by age (keep.deliveries)"}}
	}
	return &notFoundError{err, bantin.Words{
		VI: fmt.Sprintf("Kỳ %s không gửi cho %s: `bantin editions show %s --deliveries` cho biết gửi cho những ai.", e.ID, address, e.ID),
		EN: fmt.Sprintf("`bantin editions show %s --deliveries` lists its recipients", e.ID)}}
}
