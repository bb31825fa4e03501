package doctor

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
)

// imapTimeout is how long a mailbox may take up to the end of the log-in, mxTimeout how
// long the server that receives returned mail may take to answer.
const (
	imapTimeout = 10 * time.Second
	mxTimeout   = 8 * time.Second
)

// checkMailboxes opens each mailbox that is read, and asks whether the one of returned
// mail takes addresses with a detail behind a +, of which each return path is one.
func checkMailboxes(ctx context.Context, o *Options) Finding {
	plus := make(chan Finding, 1)
	go func() { plus <- o.detailAddresses(ctx) }()
	var good, bad []bantin.Words
	for _, box := range o.Mailboxes {
		trying, cancel := context.WithTimeout(ctx, imapTimeout/time.Duration(len(o.Mailboxes)))
		err := box.Try(trying, o.resolver())
		cancel()
		if err != nil {
			bad = append(bad, words("%s: %v", "%s: %v", box.Key, err))
			continue
		}
		good = append(good, words("mở được %s", "%s can be opened", box.Name))
	}
	detail := <-plus
	switch {
	case len(bad) > 0:
		return failed(join(bad...), words("xem địa chỉ của hộp thư, password_file và máy chủ của nó", "check the address of the mailbox, its password_file and its server"))
	case detail.Status == Failed || detail.Status == Warning:
		detail.What = join(append(good, detail.What)...)
		return detail
	case len(good) == 0:
		return skipped(words("không có hộp thư nào được đọc", "no mailbox is read"))
	}
	return ok(join(append(good, detail.What)...))
}

// detailAddresses asks the server that receives returned mail about an address with a
// detail. No mail is sent: the connection ends before the message.
func (o *Options) detailAddresses(ctx context.Context) Finding {
	if o.Mail == nil || o.Mail.Bounces == "" || !slices.ContainsFunc(o.Mailboxes, func(b Mailbox) bool { return b.IsReturn }) {
		return Finding{Status: Skipped}
	}
	ctx, cancel := context.WithTimeout(ctx, mxTimeout)
	defer cancel()
	notTried := skipped(words("không hỏi được máy chủ nhận thư về địa chỉ có dấu +", "the receiving server could not be asked about addresses with a +"))
	hosts, err := o.resolver().LookupMX(ctx, domain(o.Mail.Bounces)+".")
	if err != nil || len(hosts) == 0 {
		return notTried
	}
	port := o.MXPort
	port = cmp.Or(port, 25)
	receiver := mailer.NewSMTP(mailer.SMTPOptions{Host: strings.TrimSuffix(slices.MinFunc(hosts, byPreference).Host, "."), Port: port,
		TLSMode: mailer.NoTLS, Hello: domain(o.Mail.From), Resolver: o.resolver()})
	local, at, _ := strings.Cut(o.Mail.Bounces, "@")
	if receiver.Accepts(ctx, o.Mail.Bounces) != nil {
		return notTried // it does not talk to us, or refuses us
	}
	var refusal *mailer.SendError
	err = receiver.Accepts(ctx, local+"+bantin-doctor@"+at)
	switch {
	case err == nil:
		return ok(words("địa chỉ %s+…@%s được nhận", "addresses of the form %s+…@%s are accepted", local, at))
	case errors.As(err, &refusal) && refusal.IsRefusal():
		return failed(words("%s nhận %s mà không nhận %s+…@%s: thư trả lại bị mất (%s)", "%s accepts %s and not %s+…@%s: returned mail is lost (%s)", hosts[0].Host, o.Mail.Bounces, local, at, refusal.Reply),
			words("bật địa chỉ có dấu + ở máy chủ nhận (Postfix: recipient_delimiter = +), hoặc bỏ smtp.bounces", "turn addresses with a + on at the receiving server (Postfix: recipient_delimiter = +), or remove smtp.bounces"))
	}
	return notTried
}
