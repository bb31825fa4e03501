package doctor

import (
	"context"
	"crypto/x509"
	"time"

	"bantin"
	"bantin/mailer"
)

// smtpTimeout is how long the mail server may take up to the end of the log-in.
const smtpTimeout = 10 * time.Second

// smallSize is less than a digest may have: 100,000 bytes of HTML beside its plain text,
// both quoted.
const smallSize = 400_000

// checkSMTP connects to the mail server and logs in, as a digest would.
func checkSMTP(ctx context.Context, o *Options) []Finding {
	if o.Mail == nil {
		return relayFindings(noMail(), noMail(), noMail())
	}
	relay, err := o.Mail.Relay(o.resolver())
	if err != nil {
		problem := failed(words("không chuẩn bị được kết nối: %v", "the connection cannot be prepared: %v", err), words("xem smtp trong tệp YAML", "check smtp in the YAML"))
		return relayFindings(problem, notReached(), notReached())
	}
	trying, cancel := context.WithTimeout(ctx, smtpTimeout)
	defer cancel()
	probe := relay.Probe(trying)
	login := o.login(&probe)
	if probe.Err == nil && o.TestTo != "" {
		login = o.testMail(ctx, relay, login)
	}
	return relayFindings(o.connection(&probe), o.encryption(&probe), login)
}

func relayFindings(connect, tls, login Finding) []Finding {
	connect.Check, tls.Check, login.Check = "smtp_connect", "smtp_tls", "smtp_login"
	return []Finding{connect, tls, login}
}

func notReached() Finding {
	return skipped(words("chưa thử được vì bước trước hỏng", "could not be tried, since the step before failed"))
}

// trouble is the finding of what ended the connection.
func (o *Options) trouble(e *mailer.SendError) Finding {
	hint := bantin.Words{}
	if o.Mail.Problem != nil {
		hint = o.Mail.Problem(e.Problem)
	}
	if hint == (bantin.Words{}) {
		hint = words("xem smtp.host, smtp.port và smtp.tls", "check smtp.host, smtp.port and smtp.tls")
	}
	return failed(words("%s", "%s", e.Error()), hint)
}

func (o *Options) connection(p *mailer.Probe) Finding {
	switch {
	case !p.Connected && p.Err != nil:
		return o.trouble(p.Err)
	case p.MaxSize > 0 && p.MaxSize < smallSize:
		return warning(words("%s chỉ nhận thư tới %d byte", "%s accepts messages of up to %d bytes only", o.Mail.Host, p.MaxSize),
			words("bản tin tổng hợp có thể lớn hơn: giảm select.max, hoặc xin nâng giới hạn", "a digest may be larger: lower select.max, or ask for a higher limit"))
	case p.MaxSize > 0:
		return ok(words("%s trả lời, nhận thư tới %d MB", "%s answers and accepts messages of up to %d MB", o.Mail.Host, p.MaxSize>>20))
	}
	return ok(words("%s trả lời", "%s answers", o.Mail.Host))
}

func (o *Options) encryption(p *mailer.Probe) Finding {
	switch {
	case !p.Connected:
		return notReached()
	case !o.Mail.TLS:
		return warning(words("smtp.tls: none: thư tới %s đi không mã hóa", "smtp.tls: none: mail to %s is not encrypted", o.Mail.Host),
			words("chỉ nên dùng trong cùng một máy; nếu không, đặt smtp.tls: starttls", "this is for one and the same machine; elsewhere set smtp.tls: starttls"))
	case p.Certificate == nil:
		return o.trouble(p.Err)
	}
	return certificate(o.Mail.Host, p.Certificate, o.now())
}

// A certificate is renewed by machines a month before its end: one that has less time
// left than fewDays was not.
const (
	fewDays  = 14
	lastDays = 3
)

// certificate says how long a server's certificate is valid.
func certificate(host string, c *x509.Certificate, now time.Time) Finding {
	left := int(c.NotAfter.Sub(now) / (24 * time.Hour))
	what := words("chứng chỉ của %s còn %d ngày", "the certificate of %s is valid for %d more days", host, left)
	hint := words("người quản lý %s phải gia hạn chứng chỉ; xem việc gia hạn tự động còn chạy không", "the operator of %s must renew it: see whether the automatic renewal works", host)
	switch {
	case left < lastDays:
		return failed(what, hint)
	case left < fewDays:
		return warning(what, hint)
	}
	return ok(what)
}

func (o *Options) login(p *mailer.Probe) Finding {
	switch {
	case p.LoggedIn:
		return ok(words("%s nhận tên đăng nhập", "%s accepts the log-in", o.Mail.Host))
	case p.Err != nil && (p.Certificate != nil || p.Connected && !o.Mail.TLS):
		return o.trouble(p.Err)
	case p.Err != nil:
		return notReached()
	}
	return skipped(words("không đăng nhập: không có smtp.username, hoặc không mã hóa", "no log-in: there is no smtp.username, or no encryption"))
}

// testMail mails a test message and adds to the finding of the log-in what became of it.
func (o *Options) testMail(ctx context.Context, relay *mailer.SMTP, login Finding) Finding {
	ctx, cancel := context.WithTimeout(ctx, smtpTimeout)
	defer cancel()
	message, recipient, err := o.Mail.TestMail(o.now())
	var conn mailer.Conn
	if err == nil {
		conn, err = relay.Open(ctx)
	}
	var reply string
	if err == nil {
		defer conn.Close()
		defer context.AfterFunc(ctx, func() { conn.Close() })()
		reply, err = mailer.Deliver(ctx, conn, mailer.RecipientMessage{Message: message, Recipient: recipient})
	}
	if err != nil {
		return failed(join(login.What, words("thư thử tới %s không gửi được: %v", "the test message to %s was not accepted: %v", o.TestTo, err)),
			words("xem lời của máy chủ; smtp.from phải là địa chỉ mà tài khoản được dùng", "see what the server says; smtp.from must be an address that the account may use"))
	}
	sent := words("đã gửi thư thử tới %s (%s)", "a test message to %s was accepted (%s)", o.TestTo, reply)
	if login.Status == Skipped {
		return ok(sent)
	}
	login.What = join(login.What, sent)
	return login
}
