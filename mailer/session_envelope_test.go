package mailer

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin/internal/smtptest"
)

// What is said of a message depends on what the server can do.
func TestWhatIsOffered(t *testing.T) {
	composed := composedFor(t)
	id := mailTo(composed, "lan@example.org").Recipient.MessageID
	for _, test := range []struct {
		name       string
		extensions []string
		to         RecipientFields
		want       []string
		refused    string
	}{
		{name: "nothing", extensions: []string{"PIPELINING"}, to: RecipientFields{Address: "lan@example.org"},
			want: []string{"MAIL FROM:<bantin@example.org>", "RCPT TO:<lan@example.org>"}},
		{name: "a domain of Vietnam", extensions: []string{"PIPELINING"}, to: RecipientFields{Address: "lan@thư.example.org"},
			want: []string{"MAIL FROM:<bantin@example.org>", "RCPT TO:<lan@xn--th-e0a.example.org>"}},
		{name: "a return path", extensions: []string{"PIPELINING"}, to: RecipientFields{Address: "lan@example.org", ReturnPath: "tra-lai+x@example.org"},
			want: []string{"MAIL FROM:<tra-lai+x@example.org>", "RCPT TO:<lan@example.org>"}},
		{name: "a return path of Vietnam", extensions: []string{"PIPELINING"}, to: RecipientFields{Address: "lan@example.org", ReturnPath: "tra-lai+x@thư.example.org"},
			want: []string{"MAIL FROM:<tra-lai+x@xn--th-e0a.example.org>", "RCPT TO:<lan@example.org>"}},
		{name: "DSN", extensions: []string{"DSN"}, to: RecipientFields{Address: "lan+tin=a@example.org"},
			want: []string{"MAIL FROM:<bantin@example.org> RET=HDRS ENVID=" + id, "RCPT TO:<lan+tin=a@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;lan+2Btin+3Da@example.org"}},
		{name: "DSN, a domain of Vietnam", extensions: []string{"DSN"}, to: RecipientFields{Address: "lan@thư.example.org"},
			want: []string{"MAIL FROM:<bantin@example.org> RET=HDRS ENVID=" + id, "RCPT TO:<lan@xn--th-e0a.example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;lan@xn--th-e0a.example.org"}},
		{name: "SMTPUTF8 only where it is needed", extensions: []string{"SMTPUTF8", "8BITMIME"}, to: RecipientFields{Address: "lan@example.org"},
			want: []string{"MAIL FROM:<bantin@example.org>", "RCPT TO:<lan@example.org>"}},
		{name: "SMTPUTF8", extensions: []string{"SMTPUTF8", "8BITMIME", "DSN"}, to: RecipientFields{Address: "ánh@example.org"},
			want: []string{"MAIL FROM:<bantin@example.org> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=" + id, `RCPT TO:<ánh@example.org> NOTIFY=FAILURE,DELAY ORCPT=utf-8;\x{E1}nh@example.org`}},
		{name: "SMTPUTF8 is not there", extensions: []string{"8BITMIME"}, to: RecipientFields{Address: "ánh@example.org"}, refused: "SMTPUTF8"},
		{name: "a sender that needs SMTPUTF8", extensions: []string{"8BITMIME"}, to: RecipientFields{Address: "lan@example.org", ReturnPath: "ánh@example.org"}, refused: "sender's address"},
		{name: "too large", extensions: []string{"SIZE 1000"}, to: RecipientFields{Address: "lan@example.org"}, refused: "accepts at most 1000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.to.MessageID, test.to.UnsubscribeToken = id, TokenPlaceholder
			if test.refused != "" {
				server := smtptest.StartAs(t, smtptest.Options{Extensions: test.extensions})
				_, err := Deliver(t.Context(), openTo(t, server.Port()), RecipientMessage{composed, test.to})
				var r *SendError
				if !errors.As(err, &r) || r.Temporary || r.ConnClosed || !strings.Contains(err.Error(), test.refused) {
					t.Errorf("got %v, want a refusal for good about %s", err, test.refused)
				}
				return
			}
			ext := extensions{}
			for _, e := range test.extensions {
				switch e {
				case "DSN":
					ext.dsn = true
				case "SMTPUTF8":
					ext.utf8 = true
				}
			}
			list, sendErr := ext.commands(RecipientMessage{composed, test.to}, "bantin@example.org")
			if sendErr != nil {
				t.Fatal(sendErr)
			}
			if diff := cmp.Diff(test.want, []string{list[0].line, list[1].line}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A server that offers STARTTLS and then fails it gets nothing in clear.
func TestSTARTTLSFails(t *testing.T) {
	lent := &tls.Config{} // it never comes to use it
	for name, answer := range map[string]smtptest.Answer{
		"refuses":  {Reply: "454 4.7.0 TLS đang hỏng"},
		"nonsense": {Reply: "220 bắt đầu đi"}, // and no TLS follows
		"hangs up": {Close: true},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.StartAs(t, smtptest.Options{TLS: lent, Decide: func(stage smtptest.Stage, _ string) smtptest.Answer {
				if stage == smtptest.StartTLS {
					return answer
				}
				return smtptest.Answer{}
			}})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: server.Port(), TLSMode: StartTLS, EnvelopeFrom: "bantin@example.org"}).Open(ctx)
			if outcome(err) != "relay later broken" {
				t.Errorf("%s: %v", outcome(err), err)
			}
		})
	}
}

// A greeting without end is cut off.
func TestEndlessGreeting(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for err == nil {
			_, err = io.WriteString(conn, "220-"+strings.Repeat("xin chào ", 100)+"\r\n")
		}
	}()
	_, err = NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLSMode: NoTLS}).Open(t.Context())
	if !errors.Is(err, errMalformedReply) {
		t.Errorf("Open: %v", err)
	}
}

// Foreign input: whatever a server says, reading it ends, within its bounds.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 OK\r\n", "250-a\r\n250 b\r\n", "550 5.1.1 không\r\n", "25", "999 x\r\n", "250\r\n", "250-\r\n251 x\r\n", "354 \n", "550 #5.1.0 x\r\n", "550 5..1 x\r\n", "550 5.1. x\r\n", "421 4.7.0.1 x\r\n", "554 5.7.99999999999 x\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := readReply(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		if r.code < 200 || r.code > 599 || len(r.String()) > 400 || strings.ContainsAny(r.String(), "\r\n") {
			t.Errorf("%q is read as %d %q", text, r.code, r)
		}
		if e := r.enhanced; e != (enhanced{}) && e.class != r.code/100 {
			t.Errorf("%q has the status %v", text, e)
		}
		replyError(stepRcpt, r, "anh@example.org", ourNames{"example.net"})
	})
}
