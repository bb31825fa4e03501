package mailer

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"bantin"
)

// AuthMechanism is how to log in.
type AuthMechanism string

// The mechanisms. AuthAuto takes the strongest that the server offers and that a
// password serves; AuthSCRAM the strongest of its family (RFC 5802, 7677).
const (
	AuthAuto    AuthMechanism = "auto"
	AuthPlain   AuthMechanism = "plain"
	AuthLogin   AuthMechanism = "login"
	AuthSCRAM   AuthMechanism = "scram"
	AuthXOAUTH2 AuthMechanism = "xoauth2"
)

// codeLoginRefused says that user name, password or token are wrong (RFC 4954 6).
const codeLoginRefused = 535

// Why there was no login.
var errNoAuth = errors.New("the mail server does not offer a login (AUTH)")

// mechanismError means that the server offers other mechanisms than wanted.
type mechanismError struct {
	want    AuthMechanism
	offered []string
}

func (e *mechanismError) Error() string {
	return fmt.Sprintf("the mail server offers the login mechanisms %s, none of which is %s", strings.Join(e.offered, ", "), e.want)
}

// logsIn reports whether there is a login at all. Without TLS there is none.
func (s *SMTP) logsIn() bool { return s.opt.Username != "" && s.opt.TLSMode != NoTLS }

// secret is the password, or an access token other than the refused one.
func (s *SMTP) secret(ctx context.Context, refused string) (string, error) {
	if s.opt.Auth == AuthXOAUTH2 && s.opt.Tokens != nil && s.logsIn() {
		return s.opt.Tokens.Token(ctx, refused)
	}
	if s.opt.CurrentPassword != nil {
		return s.opt.CurrentPassword(), nil
	}
	return s.opt.Password, nil
}

// logIn authenticates (RFC 4954).
func (s *SMTP) logIn(client *smtp.Client, secret string) error {
	if !s.logsIn() {
		return nil
	}
	offers, list := client.Extension("AUTH")
	if !offers {
		return errNoAuth
	}
	offered := strings.Fields(strings.ToUpper(list))
	for _, name := range s.opt.Auth.names() {
		if slices.Contains(offered, name) {
			auth, err := s.authentication(client, name, secret)
			if err != nil {
				return err
			}
			return client.Auth(auth)
		}
	}
	return &mechanismError{s.opt.Auth, offered}
}

// names are the mechanisms as servers name them, the preferred one first. Those of
// SCRAM prove that the server knows the password too, and never show it.
func (m AuthMechanism) names() []string {
	scram := []string{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"}
	switch m {
	case AuthPlain:
		return []string{"PLAIN"}
	case AuthLogin:
		return []string{"LOGIN"}
	case AuthSCRAM:
		return scram
	case AuthXOAUTH2:
		return []string{"XOAUTH2"}
	}
	return append(scram, "NTLM", "CRAM-MD5", "PLAIN", "LOGIN")
}

// authentication is go-mail's part of a mechanism.
func (s *SMTP) authentication(client *smtp.Client, name, secret string) (smtp.Auth, error) {
	user := s.opt.Username
	switch name {
	case "PLAIN":
		return smtp.PlainAuth("", user, secret, s.opt.Host, false), nil
	case "LOGIN":
		return smtp.LoginAuth(user, secret, s.opt.Host, false), nil
	case "CRAM-MD5":
		return smtp.CRAMMD5Auth(user, secret), nil
	case "NTLM":
		return smtp.NTLMAuth(user, secret, ""), nil
	case "XOAUTH2":
		return smtp.XOAuth2Auth(user, secret), nil
	case "SCRAM-SHA-1":
		return smtp.ScramSHA1Auth(user, secret), nil
	case "SCRAM-SHA-256":
		return smtp.ScramSHA256Auth(user, secret), nil
	}
	state, err := client.GetTLSConnectionState()
	if err != nil {
		return nil, err
	}
	if name == "SCRAM-SHA-1-PLUS" {
		return smtp.ScramSHA1PlusAuth(user, secret, state), nil
	}
	return smtp.ScramSHA256PlusAuth(user, secret, state), nil
}

// redacted is an error without a secret that the server may have echoed. Its type
// is lost only then.
func (s *SMTP) redacted(err error, secret string) error {
	clean := func(text string) string { return bantin.WithoutSecrets(text, s.spellings(secret)...) }
	if clean(err.Error()) == err.Error() {
		return err
	}
	if said := (*textproto.Error)(nil); errors.As(err, &said) {
		return &textproto.Error{Code: said.Code, Msg: clean(said.Msg)}
	}
	return errors.New(clean(err.Error()))
}

// spellings are the forms in which a secret crosses the wire.
func (s *SMTP) spellings(secret string) []string {
	if secret == "" {
		return nil
	}
	list := []string{secret}
	for _, sent := range []string{"\x00" + s.opt.Username + "\x00" + secret, "user=" + s.opt.Username + "\x01auth=Bearer " + secret + "\x01\x01", secret} {
		list = append(list, base64.StdEncoding.EncodeToString([]byte(sent)))
	}
	return list
}
