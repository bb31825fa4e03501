package mailer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/wneessen/go-mail/smtp"

	"bantin/internal/smtptest"
)

// everything is what large servers offer.
func everything() []string {
	return []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES", "SIZE 10485760"}
}

func openTo(t *testing.T, port int) Conn {
	t.Helper()
	conn, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: port, TLSMode: NoTLS, EnvelopeFrom: "bantin@example.org"}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func composedFor(t *testing.T) *ComposedMessage {
	t.Helper()
	composed, err := Compose(message())
	if err != nil {
		t.Fatal(err)
	}
	return composed
}

// mailTo is a message with a Message-ID of its own.
func mailTo(composed *ComposedMessage, address string) RecipientMessage {
	return RecipientMessage{composed, RecipientFields{Name: "Nguyễn Thị Ánh", Address: address, UnsubscribeToken: TokenPlaceholder,
		MessageID: fmt.Sprintf("%032x", address)[:len(MessageIDPlaceholder)]}}
}

// outcome is what a message met, in a word.
func outcome(err error) string {
	var r *SendError
	switch {
	case err == nil:
		return "taken"
	case !errors.As(err, &r):
		return err.Error()
	}
	words := map[Scope]string{ScopeRecipient: "recipient", ScopeMessage: "message", ScopeSender: "sender", ScopeRelay: "relay"}[r.Scope]
	for _, also := range []struct {
		is   bool
		word string
	}{{r.Temporary, "later"}, {r.Policy, "policy"}, {r.ConnClosed, "broken"}, {r.InDoubt, "doubt"}} {
		if also.is {
			words += " " + also.word
		}
	}
	return words
}

// run hands messages to addresses over one connection, each with the next one
// behind it, and gives what became of each.
func run(t *testing.T, conn Conn, addresses ...string) []string {
	t.Helper()
	composed := composedFor(t)
	var mails []RecipientMessage
	for _, a := range addresses {
		mails = append(mails, mailTo(composed, a))
	}
	var got []string
	for i, m := range mails {
		err := conn.SendEnvelope(t.Context(), m)
		if err == nil {
			var next *RecipientMessage
			if i+1 < len(mails) {
				next = &mails[i+1]
			}
			_, err = conn.SendBody(m, next)
		}
		got = append(got, outcome(err))
		if r := (*SendError)(nil); errors.As(err, &r) && r.ConnClosed {
			break
		}
	}
	return got
}

// What servers say at each step, over one connection: the message before and
// the one after are taken, pipelined or not.
func TestSession(t *testing.T) {
	type at map[smtptest.Stage]smtptest.Answer
	say := func(s string) smtptest.Answer { return smtptest.Answer{Reply: s} }
	hangUp := smtptest.Answer{Close: true}
	for _, test := range []struct {
		name string
		met  at
		want []string
	}{
		{"greylisted", at{smtptest.Rcpt: say("450 4.7.1 thử lại sau")}, []string{"taken", "recipient later policy", "taken"}},
		{"unknown", at{smtptest.Rcpt: say("550 5.1.1 không có hộp thư này")}, []string{"taken", "recipient", "taken"}},
		{"unknown, in many lines", at{smtptest.Rcpt: say("550-5.1.1 không có\r\n550-5.1.1 hộp thư\r\n550 5.1.1 này")}, []string{"taken", "recipient", "taken"}},
		{"relay access denied", at{smtptest.Rcpt: say("554 5.7.1 không chuyển tiếp")}, []string{"taken", "recipient policy", "taken"}},
		{"a status between signs", at{smtptest.Rcpt: say("550 #5.7.1: bị chặn")}, []string{"taken", "recipient policy", "taken"}},
		{"forwarded", at{smtptest.Rcpt: say("251 sẽ chuyển tiếp")}, []string{"taken", "taken", "taken"}},
		{"mailbox full", at{smtptest.Rcpt: say("552 hộp thư đầy")}, []string{"taken", "recipient", "taken"}},
		{"too large for the recipient", at{smtptest.Rcpt: say("552 5.2.3 thư quá lớn")}, []string{"taken", "message", "taken"}},
		{"too large, by MAIL", at{smtptest.Mail: say("552 5.3.4 quá lớn")}, []string{"taken", "message", "taken"}},
		{"no room now", at{smtptest.Mail: say("452 4.3.1 hết chỗ")}, []string{"taken", "relay later", "taken"}},
		{"log in first", at{smtptest.Mail: say("530 5.7.0 phải đăng nhập")}, []string{"taken", "sender policy", "taken"}},
		{"refused at DATA", at{smtptest.Data: say("451 4.3.0 thử lại")}, []string{"taken", "recipient later", "taken"}},
		{"not wanted, by DATA", at{smtptest.Data: say("554 không nhận")}, []string{"taken", "recipient policy", "taken"}},
		{"too large after all", at{smtptest.Body: say("552 quá lớn")}, []string{"taken", "message", "taken"}},
		{"spam", at{smtptest.Body: say("554 5.7.1 thư rác")}, []string{"taken", "message policy", "taken"}},
		{"later", at{smtptest.Body: say("451 4.3.0 thử lại")}, []string{"taken", "recipient later", "taken"}},
		{"enough of this connection", at{smtptest.Mail: say("421 4.7.0 đủ rồi")}, []string{"taken", "relay later policy broken"}},
		{"enough, by RCPT", at{smtptest.Rcpt: say("421 đủ rồi")}, []string{"taken", "relay later broken"}},
		{"421 after the dot", at{smtptest.Body: say("421 đang tắt máy")}, []string{"taken", "relay later broken"}},
		{"hangs up at MAIL", at{smtptest.Mail: hangUp}, []string{"taken", "relay later broken"}},
		{"hangs up at RCPT", at{smtptest.Rcpt: hangUp}, []string{"taken", "relay later broken"}},
		{"hangs up at DATA", at{smtptest.Data: hangUp}, []string{"taken", "relay later broken"}},
		{"hangs up after the dot", at{smtptest.Body: hangUp}, []string{"taken", "recipient later broken doubt"}},
		{"nonsense", at{smtptest.Rcpt: {Raw: "xin chào\r\n"}}, []string{"taken", "relay later broken"}},
		{"nonsense after the dot", at{smtptest.Body: {Raw: "\x00\xff\r\n"}}, []string{"taken", "recipient later broken doubt"}},
		{"two codes in one reply", at{smtptest.Rcpt: {Raw: "550-không\r\n250 có\r\n"}}, []string{"taken", "relay later broken"}},
		{"a reply of a megabyte", at{smtptest.Rcpt: {Raw: "550 " + strings.Repeat("dài ", 250_000) + "\r\n"}}, []string{"taken", "relay later broken"}},
		{"a reply of ten thousand lines", at{smtptest.Rcpt: {Raw: strings.Repeat("550-dài\r\n", 10_000) + "550 xong\r\n"}}, []string{"taken", "relay later broken"}},
		{"250 to DATA", at{smtptest.Data: {Raw: "250 vâng\r\n"}}, []string{"taken", "relay later broken"}},
	} {
		for kind, extensions := range map[string][]string{"pipelined": everything(), "plain": {"8BITMIME"}} {
			t.Run(test.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				server := smtptest.StartAs(t, smtptest.Options{Extensions: extensions, Decide: second(test.met)})
				got := run(t, openTo(t, server.Port()), "anh@example.org", "binh@example.org", "cuong@example.org")
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				taken := 0
				for _, o := range got {
					if o == "taken" || strings.Contains(o, "doubt") {
						taken++
					}
				}
				if n := len(server.Messages()); n > taken || n < taken-1 || server.Sessions() != 1 {
					t.Errorf("the server took %d messages over %d connections", n, server.Sessions())
				}
			})
		}
	}
}

// second makes the second message meet something: MAIL knows no recipient, so
// messages are counted there.
func second(met map[smtptest.Stage]smtptest.Answer) func(smtptest.Stage, string) smtptest.Answer {
	count := 0 // of one connection: its commands come one after the other
	return func(stage smtptest.Stage, _ string) smtptest.Answer {
		if stage == smtptest.Mail {
			count++
		}
		if count == 2 {
			return met[stage]
		}
		return smtptest.Answer{}
	}
}

// RFC 2920 3.1: DATA was taken although the recipient was refused. A lone dot
// ends it; it is no message to anybody, whatever the server says to it.
func TestRefusedAndAskedForABody(t *testing.T) {
	for _, fine := range []bool{false, true} {
		server := smtptest.StartAs(t, smtptest.Options{Eager: true, AcceptEmpty: fine, Decide: func(stage smtptest.Stage, arg string) smtptest.Answer {
			if stage == smtptest.Rcpt && strings.HasPrefix(arg, "khong-co") {
				return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
			}
			return smtptest.Answer{}
		}})
		got := run(t, openTo(t, server.Port()), "khong-co@example.org", "anh@example.org", "khong-co-2@example.org", "khong-co-3@example.org", "binh@example.org")
		if diff := cmp.Diff([]string{"recipient", "taken", "recipient", "recipient", "taken"}, got); diff != "" {
			t.Error(diff)
		}
		want := map[string]int{"anh@example.org": 1, "binh@example.org": 1}
		if diff := cmp.Diff(want, server.Received()); diff != "" || server.Stray() != 0 || server.Sessions() != 1 {
			t.Errorf("%d bodies for nobody over %d connections; %s", server.Stray(), server.Sessions(), diff)
		}
	}
}

// The final dot travels with the next envelope, in one round trip; the next body
// is not begun before the caller comes back with it.
func TestOneRoundTrip(t *testing.T) {
	durable := make(chan struct{})
	port := startScript(t, func(s *script) {
		s.hear("MAIL FROM:<bantin@example.org>", "RCPT TO:<anh@", "DATA")
		s.say("250 OK\r\n250 OK\r\n354 OK")
		s.hearBody()
		s.hear("MAIL", "RCPT TO:<binh@", "DATA") // nothing was said yet
		s.say("250 OK\r\n250 OK\r\n250 OK\r\n354 OK")
		s.hearNothing() // the first one's result is not durable yet
		close(durable)
		s.hearBody()
		s.say("250 2.0.0 đã nhận")
		s.hear("QUIT")
		s.say("221 tạm biệt")
	})
	conn, composed := openTo(t, port), composedFor(t)
	first, next := mailTo(composed, "anh@example.org"), mailTo(composed, "binh@example.org")
	if err := conn.SendEnvelope(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.SendBody(first, &next); err != nil {
		t.Fatal(err)
	}
	<-durable
	if reply, err := Deliver(t.Context(), conn, next); err != nil || reply != "250 2.0.0 đã nhận" {
		t.Fatal(reply, err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

// A message that is composed anew between envelope and body: the new one
// is sent.
func TestMessageComposedAnewAfterTheEnvelope(t *testing.T) {
	server := smtptest.Start(t, nil)
	conn := openTo(t, server.Port())
	short := message()
	short.Rendered.Text = "Tin đã được rút lại.\n"
	rest, err := Compose(short)
	if err != nil {
		t.Fatal(err)
	}
	first, next := mailTo(composedFor(t), "anh@example.org"), mailTo(composedFor(t), "binh@example.org")
	for i, m := range []*RecipientMessage{&first, &next} {
		if err := conn.SendEnvelope(t.Context(), *m); err != nil {
			t.Fatal(err)
		}
		m.Message = rest
		if _, err := conn.SendBody(*m, []*RecipientMessage{&next, nil}[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range server.Messages() {
		want, err := rest.AppendFile(nil, []RecipientMessage{first, next}[i].Recipient)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got.Data)); diff != "" {
			t.Errorf("message %d (-want +got):\n%s", i, diff)
		}
	}
	if n := len(server.Messages()); n != 2 {
		t.Errorf("the server took %d messages", n)
	}
}

// A message whose envelope was sent and that must not be sent after all: the connection is closed
// without a word, and the server gets nothing.
func TestWithdrawnAfterTheEnvelope(t *testing.T) {
	port := startScript(t, func(s *script) {
		s.hear("MAIL", "RCPT", "DATA")
		s.say("250 OK\r\n250 OK\r\n354 OK")
		if rest, _ := io.ReadAll(s.in); len(rest) > 0 {
			t.Errorf("heard %q after 354", rest)
		}
	})
	conn := openTo(t, port)
	if err := conn.SendEnvelope(t.Context(), mailTo(composedFor(t), "anh@example.org")); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

// A server that goes silent is waited for as long as RFC 5321 4.5.3.2 says, which is less
// after DATA.
func TestSilentServerIsGivenUp(t *testing.T) {
	composed := composedFor(t)
	for command, want := range map[string]time.Duration{"MAIL": 5 * time.Minute, "RCPT": 5 * time.Minute, "DATA": 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer theirs.Close()
			go func() {
				fmt.Fprint(theirs, "220 mx.example.org\r\n")
				for lines := bufio.NewScanner(theirs); lines.Scan() && !strings.HasPrefix(lines.Text(), command); {
					fmt.Fprint(theirs, "250 được\r\n")
				}
			}()
			client, err := smtp.NewClient(ours, "mx.example.org")
			if err != nil {
				t.Fatal(err)
			}
			conn := &session{client: client, raw: ours, from: "bantin@example.org"}
			defer conn.Close()
			asked := time.Now()
			if got := outcome(conn.SendEnvelope(t.Context(), mailTo(composed, "anh@example.org"))); got != "relay later broken" || time.Since(asked) != want {
				t.Errorf("%s: %s after %v, want %v", command, got, time.Since(asked), want)
			}
		})
	}
}

// A server that goes silent does not keep the program from stopping.
func TestStopsWhileTheServerIsSilent(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	port := startScript(t, func(s *script) {
		s.hear("MAIL", "RCPT", "DATA")
		cancel()
		if rest, _ := io.ReadAll(s.in); len(rest) > 0 {
			t.Errorf("heard %q", rest)
		}
	})
	err := openTo(t, port).SendEnvelope(ctx, mailTo(composedFor(t), "anh@example.org"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Offer: %v", err)
	}
}
