package mailer

import (
	"bufio"
	"errors"
	"net/textproto"
	"os"
	"strings"
	"testing"

	"bantin/internal/smtptest"
)

// about is what a refusal speaks of, in a word.
func about(e *SendError) string {
	var words []string
	for _, one := range []struct {
		is   bool
		word string
	}{{e.Quota, "quota"}, {e.AboutUs, "us"}, {e.UnknownUser, "user"}} {
		if one.is {
			words = append(words, one.word)
		}
	}
	if words == nil {
		return "-"
	}
	return strings.Join(words, "+")
}

// TestWhatRepliesSpeakOf holds servers' wordings against what they are about.
func TestWhatRepliesSpeakOf(t *testing.T) {
	text, err := os.ReadFile("testdata/replies.txt")
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string]step{"MAIL": stepMail, "RCPT": stepRcpt, "DATA": stepData, "DOT": stepEnd}
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		part := strings.SplitN(line, " ", 3)
		var got *SendError
		if part[1] == "CONNECT" {
			got = NewSMTP(SMTPOptions{}).connectError(stepLogin, textOfReply(t, part[2]))
		} else {
			got = replyError(steps[part[1]], parseReply(t, part[2]), "lan@so.example", ourNames{"hkh.example", "bantin.hkh.example"})
		}
		if about(got) != part[0] {
			t.Errorf("replies.txt:%d: is about %s, want %s: %s", n+1, about(got), part[0], part[2])
		}
	}
}

// parseReply reads a reply that the table writes on one line.
func parseReply(t *testing.T, line string) reply {
	t.Helper()
	if len(line) > 3 && line[3] == '-' {
		line = line[:3] + " " + line[4:]
	}
	r, err := readReply(bufio.NewReader(strings.NewReader(line + "\r\n")))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return r
}

func textOfReply(t *testing.T, line string) error {
	t.Helper()
	r := parseReply(t, line)
	return &textproto.Error{Code: r.code, Msg: r.text}
}

// The words of a real server, at each step, reach the error.
func TestWhatAServerSaysReachesTheError(t *testing.T) {
	for _, test := range []struct {
		at          smtptest.Stage
		reply, want string
	}{
		{smtptest.Connect, "554 5.7.1 máy gửi nằm trong danh sách đen", "us"},
		{smtptest.Hello, "550 invalid HELO name", "us"},
		{smtptest.Mail, "550 5.4.5 Daily user sending limit exceeded", "quota"},
		{smtptest.Rcpt, "550 The domain example.org is not valid", "us"}, // ours: the sender is bantin@example.org
		{smtptest.Rcpt, "550 5.1.1 Địa chỉ người nhận không tồn tại", "user"},
		{smtptest.Data, "450 4.7.1 Gửi quá nhiều thư trong một giờ", "quota"},
		{smtptest.Body, "554 5.7.1 Thư bị từ chối do nghi ngờ thư rác", "us"},
	} {
		server := smtptest.Start(t, func(stage smtptest.Stage, _ string) smtptest.Answer {
			if stage == test.at {
				return smtptest.Answer{Reply: test.reply}
			}
			return smtptest.Answer{}
		})
		conn, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: server.Port(), TLSMode: NoTLS, EnvelopeFrom: "bantin@example.org"}).Open(t.Context())
		if err == nil {
			_, err = Deliver(t.Context(), conn, mailTo(composedFor(t), "lan@so.example"))
			conn.Close()
		}
		refusal := (*SendError)(nil)
		if !errors.As(err, &refusal) || about(refusal) != test.want {
			t.Errorf("%s at %s: %v", test.reply, test.at, err)
		}
	}
}

// A contact in our own domain: what is said of their address is about them.
func TestAContactInOurOwnDomain(t *testing.T) {
	for text, want := range map[string]string{
		"550 5.1.1 <lan@hkh.example>: user unknown in hkh.example": "user",
		"550 5.1.8 <bantin@hkh.example>: Sender address rejected":  "us",
	} {
		if got := replyError(stepRcpt, parseReply(t, text), "lan@hkh.example", ourNames{"hkh.example"}); about(got) != want {
			t.Errorf("%s: is about %s, want %s", text, about(got), want)
		}
	}
}

func FuzzWhatRepliesSpeakOf(f *testing.F) {
	f.Add("550-5.1.1 không có\r\n550 5.1.1 hộp thư này\r\n", "lan@so.example")
	f.Add("454 Throttling failure: Maximum sending rate exceeded\r\n", "")
	f.Add("550 "+strings.Repeat("đầy @hkh.example ", 200)+"\r\n", "@")
	f.Add("421 \xff\x00…\u202e quota\r\n", "a@b@c")
	f.Fuzz(func(t *testing.T, text, recipient string) {
		r, err := readReply(bufio.NewReaderSize(strings.NewReader(text), maxReplyLine))
		if err != nil {
			return
		}
		for _, at := range []step{stepMail, stepRcpt, stepEnd} {
			e := replyError(at, r, recipient, ourNames{"hkh.example"})
			if strings.Contains(about(e), "+") {
				t.Errorf("%q is about %s", text, about(e))
			}
			if at == stepMail && e.UnknownUser {
				t.Errorf("%q speaks of a recipient that was not named", text)
			}
		}
	})
}
