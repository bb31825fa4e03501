package mailer

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"bantin/mailer/oauth2"
)

// xoauth2Server asks for a token: user=NAME^Aauth=Bearer TOKEN^A^A. A wrong one is
// answered by a challenge that says why, which the client answers with nothing.
type xoauth2Server struct {
	check   func(user, token string) error
	refused error
}

func (x *xoauth2Server) Next(response []byte) (challenge []byte, done bool, err error) {
	if x.refused != nil {
		return nil, false, x.refused
	}
	part := strings.Split(string(response), "\x01")
	if len(part) != 4 {
		return nil, false, errors.New("malformed")
	}
	x.refused = x.check(strings.TrimPrefix(part[0], "user="), strings.TrimPrefix(part[1], "auth=Bearer "))
	if x.refused != nil {
		return []byte(`{"status":"401"}`), false, nil
	}
	return nil, true, nil
}

// scramServer is the server of SCRAM-SHA-256 (RFC 7677) for one user.
type scramServer struct {
	password, first, challenge string
	proved                     bool
	done                       func() // who logs in has proved that they know the password
}

func (x *scramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	const salt, rounds = "muối", 4096
	text := string(response)
	switch {
	case x.proved:
		x.done()
		return nil, true, nil
	case response == nil:
		return nil, false, nil
	case x.first == "":
		x.first = strings.TrimPrefix(text, "n,,")
		_, nonce, _ := strings.Cut(x.first, ",r=")
		x.challenge = fmt.Sprintf("r=%s+,s=%s,i=%d", nonce, base64.StdEncoding.EncodeToString([]byte(salt)), rounds)
		return []byte(x.challenge), false, nil
	}
	final, proof, _ := strings.Cut(text, ",p=")
	salted, err := pbkdf2.Key(sha256.New, x.password, []byte(salt), rounds, sha256.Size)
	if err != nil {
		return nil, false, err
	}
	said := x.first + "," + x.challenge + "," + final
	mac := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	client := mac(salted, "Client Key")
	stored := sha256.Sum256(client)
	for i, b := range mac(stored[:], said) {
		client[i] ^= b
	}
	if proof != base64.StdEncoding.EncodeToString(client) {
		return nil, false, smtp.ErrAuthFailed
	}
	x.proved = true
	return []byte("v=" + base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), said))), false, nil
}

// What smtp.auth chooses of what servers offer.
func TestLogin(t *testing.T) {
	all := []string{sasl.Plain, sasl.Login, "SCRAM-SHA-256"}
	for _, test := range []struct {
		auth     AuthMechanism
		offered  []string
		password string
		want     string // the mechanism that was used, "" for none
		problem  SetupProblem
	}{
		{"", all, "mật khẩu", "SCRAM-SHA-256", ""},
		{AuthAuto, []string{sasl.Plain, sasl.Login}, "mật khẩu", "PLAIN", ""},
		{AuthAuto, []string{"XOAUTH2"}, "mật khẩu", "", MechanismRefused},
		{AuthPlain, all, "mật khẩu", "PLAIN", ""},
		{AuthLogin, all, "mật khẩu", "LOGIN", ""},
		{AuthSCRAM, all, "mật khẩu", "SCRAM-SHA-256", ""},
		{AuthSCRAM, all, "sai rồi", "", LoginRefused},
		{AuthPlain, all, "sai rồi", "", LoginRefused},
		{AuthSCRAM, []string{sasl.Plain}, "mật khẩu", "", MechanismRefused}, // the password is not shown
		{AuthPlain, []string{"XOAUTH2"}, "mật khẩu", "", MechanismRefused},
	} {
		t.Run(string(test.auth)+" of "+strings.Join(test.offered, " "), func(t *testing.T) {
			r := startRelay(t, true, false)
			r.mechanisms = test.offered
			err := send(t, SMTPOptions{Host: "127.0.0.1", Port: r.port, TLSMode: StartTLS, RootCAs: r.roots, Auth: test.auth,
				Username: "bantin", Password: test.password, EnvelopeFrom: "bantin@example.org"})
			if got := strings.Join(r.loggedIn, " "); got != test.want || (err == nil) != (test.problem == "") {
				t.Errorf("logged in by %q, %v; want %q", got, err, test.want)
			}
			refusal := (*SendError)(nil)
			if errors.As(err, &refusal) && (refusal.Problem != test.problem || refusal.AboutUs != (refusal.Scope == ScopeSender) || strings.Contains(err.Error(), test.password)) {
				t.Errorf("%+v, want the problem %s without the password", refusal, test.problem)
			}
		})
	}
}

const clientSecret = "bí mật của ứng dụng"

// XOAUTH2 against a token server and a mail server that ends a token early: a new
// one is got, once.
func TestLoginByToken(t *testing.T) {
	now, asked := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC), 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token": "mã %d", "token_type": "Bearer", "expires_in": 3600}`, asked)
	}))
	defer s.Close()
	tokens := oauth2.New(oauth2.Options{TokenURL: s.URL, ClientID: "bantin", ClientSecret: clientSecret, Now: func() time.Time { return now }})
	r := startRelay(t, true, false)
	r.mechanisms, r.token = []string{"XOAUTH2", sasl.Plain}, "mã 1"
	opt := SMTPOptions{Host: "127.0.0.1", Port: r.port, TLSMode: StartTLS, RootCAs: r.roots, Auth: AuthXOAUTH2,
		Username: "bantin", Tokens: tokens, EnvelopeFrom: "bantin@example.org"}
	for range 2 {
		if err := send(t, opt); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 || len(r.mails) != 4 {
		t.Errorf("%d tokens for %d mails", asked, len(r.mails))
	}
	r.token = "mã 2" // the first one is revoked
	now = now.Add(10 * time.Minute)
	if err := send(t, opt); err != nil || asked != 2 {
		t.Errorf("after it was revoked: %v, %d tokens", err, asked)
	}
	r.token = "không mã nào"
	err := send(t, opt)
	refusal := (*SendError)(nil)
	if !errors.As(err, &refusal) || refusal.Scope != ScopeSender || refusal.Temporary || refusal.Problem != LoginRefused || strings.Contains(err.Error(), "mã 2") {
		t.Errorf("a refused token: %v", err)
	}
	if asked != 2 {
		t.Errorf("%d tokens: right after a new one another is of no use", asked)
	}
}

// A token server that is down is a relay that cannot be used for now; one that
// refuses us is like a wrong password. The mail server is not dialled.
func TestNoToken(t *testing.T) {
	for _, test := range []struct {
		status  int
		code    string
		scope   Scope
		later   bool
		problem SetupProblem
	}{
		{503, "temporarily_unavailable", ScopeRelay, true, TokenServerFails},
		{500, "", ScopeRelay, true, TokenServerFails},
		{401, "invalid_client", ScopeSender, false, TokenRefused},
		{400, "invalid_grant", ScopeSender, false, TokenRefused},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(test.status)
			fmt.Fprintf(w, `{"error": %q, "error_description": %q}`, test.code, clientSecret)
		}))
		defer s.Close()
		tokens := oauth2.New(oauth2.Options{TokenURL: s.URL, ClientID: "bantin", ClientSecret: clientSecret, Now: time.Now})
		r := startRelay(t, true, false)
		_, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: r.port, Auth: AuthXOAUTH2, Username: "bantin", Tokens: tokens}).Open(t.Context())
		refusal := (*SendError)(nil)
		if !errors.As(err, &refusal) || refusal.Scope != test.scope || refusal.Temporary != test.later || refusal.Problem != test.problem || refusal.AboutUs == test.later {
			t.Errorf("%s: %+v", test.code, refusal)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", err, refusal), clientSecret) {
			t.Errorf("%s: the error shows the secret: %v", test.code, err)
		}
	}
}

// A server that echoes what it was sent: no error shows it.
func TestServerThatEchoesThePassword(t *testing.T) {
	for _, echo := range []string{"mật khẩu", "AGJhbnRpbgBt4bqtdCBraOG6qXU="} {
		err := (&SMTP{opt: SMTPOptions{Username: "bantin"}}).redacted(fmt.Errorf("AUTH: %w", &textproto.Error{Code: 535, Msg: "sai: " + echo}), "mật khẩu")
		said := (*textproto.Error)(nil)
		if !errors.As(err, &said) || said.Code != 535 || strings.Contains(err.Error(), echo) {
			t.Errorf("%q: %v", echo, err)
		}
	}
}
