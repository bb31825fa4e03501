package mailer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"syscall"

	"bantin/mailer/bounce"

	"bantin/mailer/oauth2"
)

// SetupProblem says which setting a failure points at, as far as it can be told.
type SetupProblem string

// The problems, by the setting to look at. Package mailer knows no names of
// settings: the caller has the words.
const (
	// where the server is
	HostUnknown    SetupProblem = "host-unknown"    // the name does not resolve
	ResolverFails  SetupProblem = "resolver-fails"  // the name servers of this machine do not answer
	NothingListens SetupProblem = "nothing-listens" // the connection is refused
	Unreachable    SetupProblem = "unreachable"     // no answer at all: a network, or a firewall
	NotSMTP        SetupProblem = "not-smtp"        // another service listens, such as HTTP or SSH

	// how the connection is protected
	TLSPort            SetupProblem = "tls-port"   // the port expects TLS at once, and we do not begin it
	PlainPort          SetupProblem = "plain-port" // we begin TLS at once, and the port does not expect it
	NoSTARTTLS         SetupProblem = "no-starttls"
	TLSFails           SetupProblem = "tls-fails"
	UnknownAuthority   SetupProblem = "unknown-authority"
	CertificateName    SetupProblem = "certificate-name"
	CertificateExpired SetupProblem = "certificate-expired"

	// who we are
	HelloRefused     SetupProblem = "hello-refused"
	LoginRefused     SetupProblem = "login-refused"
	LoginNotOffered  SetupProblem = "login-not-offered"
	MechanismRefused SetupProblem = "mechanism-refused" // other mechanisms are wanted
	LoginNeeded      SetupProblem = "login-needed"      // it takes mail only after a login
	TokenRefused     SetupProblem = "token-refused"     // the token server refuses the credentials
	TokenServerFails SetupProblem = "token-server-fails"
	SenderRefused    SetupProblem = "sender-refused"
)

// connectProblem tells what a connection failed for, by the step and the type of
// the error.
func connectProblem(at step, err error) SetupProblem {
	switch at {
	case stepToken:
		return tokenProblem(err)
	case stepDial:
		return dialProblem(err)
	case stepLogin:
		return loginProblem(err)
	}
	said, protocol := (*textproto.Error)(nil), textproto.ProtocolError("")
	switch {
	case errors.Is(err, errTLSPort):
		return TLSPort
	case errors.Is(err, errNotSMTP), errors.Is(err, errMalformedReply), errors.As(err, &protocol):
		return NotSMTP
	case errors.Is(err, errNoSTARTTLS):
		return NoSTARTTLS
	case at == stepHello && errors.As(err, &said) && said.Code >= 500:
		return HelloRefused
	case at == stepTLS, at == stepStartTLS:
		return tlsProblem(err)
	}
	return ""
}

func dialProblem(err error) SetupProblem {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return HostUnknown
	case errors.As(err, &dns):
		return ResolverFails
	case errors.Is(err, syscall.ECONNREFUSED):
		return NothingListens
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.As(err, &timeout) && timeout.Timeout():
		return Unreachable
	}
	return ""
}

func tlsProblem(err error) SetupProblem {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	said := (*textproto.Error)(nil)
	switch {
	case errors.As(err, &authority):
		return UnknownAuthority
	case errors.As(err, &name):
		return CertificateName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return CertificateExpired
	case errors.As(err, &record) && isReplyHead(record.RecordHeader[:]):
		return PlainPort
	case errors.As(err, &record):
		return NotSMTP
	case errors.As(err, &said):
		return "" // the server's own words say more
	}
	return TLSFails
}

// loginProblem tells refused credentials from refused mechanisms (RFC 4954 6):
// 534 is also what Gmail says where it wants an app password.
func loginProblem(err error) SetupProblem {
	said, mechanism := (*textproto.Error)(nil), (*mechanismError)(nil)
	switch {
	case errors.Is(err, errNoAuth):
		return LoginNotOffered
	case errors.As(err, &mechanism):
		return MechanismRefused
	case !errors.As(err, &said) || said.Code < 500:
		return ""
	case said.Code == 534 || said.Code == 504:
		return MechanismRefused
	}
	return LoginRefused
}

func tokenProblem(err error) SetupProblem {
	token := (*oauth2.Error)(nil)
	switch {
	case !errors.As(err, &token):
		return ""
	case token.Refused:
		return TokenRefused
	}
	return TokenServerFails
}

// replyProblem tells what setting a reply to a message points at; found is the
// wording that gave the reason.
func replyProblem(r reply, reason bounce.Reason, found string) SetupProblem {
	text := strings.ToLower(r.text)
	switch {
	case reason == bounce.Blocked && strings.Contains(found, "helo"):
		return HelloRefused
	case r.code == 530 && strings.Contains(text, "starttls"):
		return NoSTARTTLS
	case r.code == 530, reason == bounce.Relay, reason == bounce.Authentication && strings.Contains(found, "authenticat") && !strings.Contains(found, "unauth"):
		return LoginNeeded
	case reason == bounce.Sender:
		return SenderRefused
	}
	return ""
}
