//go:build unix

package mailer

import (
	"errors"
	"testing"

	"bantin/internal/smtptest"
)

// What Postfix and Exim themselves say, and the setting that it points at.
func TestWhatRealServersSay(t *testing.T) {
	postfix := smtptest.StartStrictPostfix(t)
	exim := smtptest.StartExim(t).Port
	for _, test := range []struct {
		name            string
		port            int
		hello, from, to string
		about           string
		problem         SetupProblem
	}{
		{"Postfix: EHLO", postfix, "may-chu", "bantin@example.org", "anh@example.org", "us", HelloRefused},
		{"Postfix: relay", postfix, "bantin.example.org", "bantin@example.org", "anh@example.net", "us", LoginNeeded},
		{"Postfix: sender", postfix, "bantin.example.org", "cam@example.org", "anh@example.org", "us", SenderRefused},
		{"Exim: relay", exim, "bantin.example.org", "bantin@example.org", "anh@example.net", "us", ""}, // Administrative prohibition
		{"Exim: EHLO", exim, "may_chu!", "bantin@example.org", "anh@example.org", "us", HelloRefused},
	} {
		t.Run(test.name, func(t *testing.T) {
			refusal := (*SendError)(nil)
			conn, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: test.port, TLSMode: NoTLS, EnvelopeFrom: test.from, Hello: test.hello}).Open(t.Context())
			if err == nil {
				_, err = Deliver(t.Context(), conn, mailTo(composedFor(t), test.to))
				conn.Close()
			}
			if !errors.As(err, &refusal) {
				t.Fatalf("it was accepted: %v", err)
			}
			t.Log(refusal)
			if about(refusal) != test.about || refusal.Problem != test.problem || refusal.UnknownUser {
				t.Errorf("%v: about %s, problem %q; want %s, %q", err, about(refusal), refusal.Problem, test.about, test.problem)
			}
		})
	}
}
