package returns

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bantin/mailbox"
)

// breaking is a mailbox whose connection breaks after so many messages.
type breaking struct {
	messages [][]byte
	breaks   int
}

func (b *breaking) Each(ctx context.Context, since mailbox.Cursor, take func(context.Context, *mailbox.Message) error) (mailbox.Cursor, error) {
	for i := len(since); i < len(b.messages); i++ { // a mark is as long as what was read
		if i-len(since) == b.breaks {
			return mailbox.Cursor(strings.Repeat("x", i)), errors.New("the connection broke")
		}
		if err := take(ctx, &mailbox.Message{Raw: b.messages[i]}); err != nil {
			return mailbox.Cursor(strings.Repeat("x", i)), err
		}
	}
	return mailbox.Cursor(strings.Repeat("x", len(b.messages))), nil
}

// TestInboxBreaks reads a mailbox that goes away after each message, and once
// more from the beginning, as after a crash: everything is taken once.
func TestInboxBreaks(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(5)
	e := o.sent("Phú Thọ tổng kết năm học")
	box := &breaking{breaks: 1}
	for i := range 5 {
		address := fmt.Sprintf("c%d@example.org", i)
		box.messages = append(box.messages, bounced(o.verp(&e, address), address, "5.1.1", "550 5.1.1 User unknown", ""))
	}
	box.messages = append(box.messages, []byte("From: ai-do@example.net\n\nChào văn phòng."))
	inbox := &Inbox{Returns: o.returns(), Box: box, Address: "maildir:thu-ve"}
	var all InboxRead
	read := func() error {
		r, err := inbox.Read(t.Context())
		all.Messages, all.Ours, all.LeftOver, all.Pending = all.Messages+r.Messages, all.Ours+r.Ours, all.LeftOver+r.LeftOver, all.Pending+r.Pending
		return err
	}
	tries := 1
	for read() != nil {
		tries++
	}
	want := InboxRead{Messages: 6, Ours: 5, LeftOver: 1, Pending: 5}
	if all != want || tries != 6 {
		t.Errorf("%+v after %d tries", all, tries)
	}
	if err := o.DB.SetSetting(t.Context(), "mailbox maildir:thu-ve", ""); err != nil { // it was not written
		t.Fatal(err)
	}
	box.breaks = 100
	if err := read(); err != nil || all.Pending != 5 {
		t.Errorf("again: %+v, %v", all, err)
	}
	if now, err := o.DB.Editions().Get(t.Context(), e.ID); err != nil || now.Returned != 5 {
		t.Errorf("returned %d, %v", now.Returned, err)
	}
}
