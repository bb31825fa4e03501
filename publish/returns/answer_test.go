package returns

import (
	"fmt"
	"strings"
	"testing"

	"bantin"
	"bantin/internal/smtptest"
	"bantin/mailer"
	"bantin/publish/delivery"
	"bantin/store"
)

// reply is a person's answer to an edition's message to the contact with an address.
func (o *office) reply(e *bantin.Edition, from, to, subject, text string, header ...string) []byte {
	return fmt.Appendf(nil, "Return-Path: <%s>\nFrom: <%s>\nTo: vanphong@example.org\nSubject: %s\nIn-Reply-To: <%s@bantin.example.org>\n%s\n%s\n",
		from, from, subject, o.Tokens.MessageID(e.Digest, e.Due, to), strings.Join(header, ""), text)
}

// notices are sent, and given.
func (o *office) notices() []smtptest.Message {
	o.T.Helper()
	server := smtptest.Start(o.T, nil)
	set := o.Templates()
	s := &delivery.NoticeSender{DB: o.DB, Log: o.Log(), Site: o.Site, Tokens: o.Tokens, Sender: o.Sender(), Transport: o.SMTP(server.Port()), Node: o.Node(), Now: o.Now,
		Render: func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(set, m) }}
	if _, err := s.SendDue(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
	return server.Messages()
}

// Who answers a digest and asks for no more mail gets, once, the button to leave by, at
// their own address; all other answers are left alone.
func TestAnswers(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(6)
	e := o.sent("Phú Thọ tổng kết năm học")
	const digest = "Re: Bản tin khuyến học trong tuần"
	for _, step := range []struct {
		what string
		raw  []byte
		done string
	}{
		{"thanks", o.reply(&e, "c0@example.org", "c0@example.org", digest, "Cảm ơn."), store.DoneNothing},
		{"a machine", o.reply(&e, "c0@example.org", "c0@example.org", digest, "Xin ngừng nhận.", "Auto-Submitted: auto-replied\n"), store.DoneNothing},
		{"a list", o.reply(&e, "c0@example.org", "c0@example.org", digest, "Xin ngừng nhận.", "List-Id: <hop.example.org>\n"), store.DoneNothing},
		{"somebody whom it was forwarded to", o.reply(&e, "la@example.net", "c0@example.org", digest, "Xin ngừng nhận."), store.DoneNothing},
		{"another contact", o.reply(&e, "c1@example.org", "c0@example.org", digest, "Xin ngừng nhận."), store.DoneNothing},
		{"a forwarded mail, as if by its recipient", append(o.reply(&e, "la@example.net", "c0@example.org", digest, "Xin ngừng nhận."), "\n-----Original Message-----\nFrom: bantin@example.org\nTo: c0@example.org\nSubject: x\nDate: x\nMessage-ID: <"+o.Tokens.MessageID(e.Digest, e.Due, "c0@example.org")+"@bantin.example.org>\n"...), store.DoneNothing},
		{"the contact", o.reply(&e, "C0@example.org", "c0@example.org", digest, "Xin ngừng nhận."), store.DoneAnswered},
		{"again", o.reply(&e, "c0@example.org", "c0@example.org", digest, "Tôi đã xin ngừng nhận rồi!\nĐừng gửi nữa."), store.DoneNothing},
		{"again, in the same words", o.reply(&e, "c0@example.org", "c0@example.org", digest, "Đừng gửi nữa."), store.DoneNothing},
		{"the mail program's words", o.reply(&e, "c2@example.org", "c2@example.org", "unsubscribe", ""), store.DoneAnswered},
		{"those of somebody else", o.reply(&e, "la@example.net", "c3@example.org", "unsubscribe", "", "X-To: c3@example.org\n"), store.DoneNothing},
		{"those of a machine", o.reply(&e, "c3@example.org", "c3@example.org", "unsubscribe", "", "Auto-Submitted: auto-generated\n"), store.DoneNothing},
	} {
		if taken := o.take(step.raw); taken.Done != step.done {
			t.Errorf("%s: %s, %s %s by %s", step.what, taken.Done, taken.Kind, taken.Reason, taken.Proof)
		}
	}
	// To the signed return path, from another account: the contact is told, and not the account.
	path := strings.Replace(string(o.reply(&e, "khac@example.net", "c4@example.org", digest, "Đừng gửi nữa.")), "To: vanphong@example.org", "To: "+o.verp(&e, "c4@example.org"), 1)
	if taken := o.take([]byte(path)); taken.Done != store.DoneAnswered {
		t.Errorf("to the return path: %s", taken.Done)
	}
	// Who left already is not bothered.
	if err := o.DB.Contacts().Unsubscribe(t.Context(), o.contact("c5@example.org").Key, e.Digest, o.Now()); err != nil {
		t.Fatal(err)
	}
	if taken := o.take(o.reply(&e, "c5@example.org", "c5@example.org", digest, "Đừng gửi nữa.")); taken.Done != store.DoneNothing {
		t.Errorf("who left already: %s", taken.Done)
	}
	var told []string
	notices := o.notices()
	// A machine that hides it answers the answer: that is the end of it.
	for _, m := range notices {
		_, id, _ := strings.Cut(string(m.Data), "Message-ID: ")
		id, _, _ = strings.Cut(id, "\r\n")
		loop := fmt.Appendf(nil, "Return-Path: <%[1]s>\nFrom: <%[1]s>\nTo: bantin@example.org\nSubject: unsubscribe\nIn-Reply-To: %[2]s\n\nXin ngừng nhận.\n", m.To, id)
		if taken := o.take(loop); taken.Done != store.DoneNothing {
			t.Errorf("an answer to the answer: %s", taken.Done)
		}
	}
	if again := o.notices(); len(again) != 0 {
		t.Errorf("%d more answers", len(again))
	}
	for _, m := range notices {
		token, err := o.Tokens.UnsubscribeToken(o.contact(m.To).Key, e.Digest)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.ReplaceAll(string(m.Data), "=\r\n", ""); strings.Contains(text, "/unsubscribe/"+token) {
			told = append(told, m.To)
		}
		if !strings.Contains(string(m.Data), "Auto-Submitted: auto-generated") {
			t.Errorf("an answer that others may answer:\n%s", m.Data)
		}
	}
	if got := strings.Join(told, " "); got != "c0@example.org c2@example.org c4@example.org" {
		t.Errorf("told: %s", got)
	}
	for _, address := range told {
		if c := o.contact(address); c.Suppressed != "" || len(c.Subscriptions) != 0 {
			t.Errorf("%s: a request by mail alone does nothing: %+v", address, c)
		}
	}
}
