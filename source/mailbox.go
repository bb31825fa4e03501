package source

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/mailbox"
	"bantin/source/document"
)

// mailSource is a mailbox whose mails are bulletins. A mail is accepted from a
// listed sender only, and only with a DKIM signature of the sender's domain that is as
// new as the mail (mailbox_replay.go), unless the configuration trusts any mail. A refused mail is reported and stays in the
// mailbox, as every mail does; it is read again when the rules change.
//
// A mail is identified by its sender and content: forwarded, moved or restored with
// other headers it is the same mail.
type mailSource struct {
	spec      Spec
	documents *document.Options
	box       mailbox.Box
}

// Trust says what proves the sender of a mail.
type Trust string

// The kinds of proof.
const (
	TrustDKIM Trust = "dkim" // a DKIM signature by the sender's domain
	TrustAny  Trust = "any"  // none: the From header is believed
)

func newMailSource(spec Spec) (Source, error) {
	if len(spec.Senders) == 0 {
		return nil, fmt.Errorf("open source %q: it names no senders", spec.ID)
	}
	spec.Trust = cmp.Or(spec.Trust, TrustDKIM)
	if spec.LookupTXT == nil {
		spec.LookupTXT = mailbox.DNS
	}
	box, err := mailbox.Open(spec.URL, mailbox.Options{Password: spec.Password, TLS: spec.TLS})
	if err != nil {
		return nil, fmt.Errorf("open source %q: %w", spec.ID, err)
	}
	return &mailSource{spec: spec, documents: spec.documents(), box: box}, nil
}

func (s *mailSource) ID() string { return s.spec.ID }

// Read yields the mails that came since the last look, in their order.
func (s *mailSource) Read(ctx context.Context, seen map[string]string) iter.Seq2[Item, error] {
	return sequence(func(give func(Item) error) error { return s.read(ctx, seen, give) })
}

func (s *mailSource) read(ctx context.Context, seen map[string]string, give func(Item) error) error {
	notes, err := s.spec.loadNotes(ctx)
	if err != nil {
		return err
	}
	first := s.spec.firstRead(notes)
	since := mailbox.Cursor(notes["mark"])
	if notes["rules"] != s.rules() || !s.spec.Since.IsZero() {
		since = ""
	}
	mark, failure := s.box.Each(ctx, since, func(ctx context.Context, m *mailbox.Message) error {
		return s.readMessage(ctx, m, seen, notes, first, give)
	})
	if errors.Is(failure, errStopped) {
		return failure
	}
	known := map[string]string{"mark": string(mark), "rules": s.rules(), "first": strconv.FormatInt(first.Unix(), 10)}
	if failure != nil && mark == since {
		delete(known, "rules") // nothing was read by them yet
	}
	maps.Copy(known, s.forgotten(notes))
	if notes["mark"] != known["mark"] || notes["rules"] != known["rules"] {
		if err := give(Item{Notes: known}); err != nil {
			return err
		}
	}
	if failure != nil && ctx.Err() == nil {
		return &SiteError{Words: words("không đọc được hộp thư", ""), Err: failure}
	}
	return failure
}

// rules is a hash of what decides whether a mail is accepted.
func (s *mailSource) rules() string {
	senders := slices.Clone(s.spec.Senders)
	for i := range senders {
		senders[i] = bantin.AddressKey(senders[i])
	}
	slices.Sort(senders)
	sum := sha256.Sum256([]byte(string(s.spec.Trust) + "\n" + strings.Join(senders, "\n")))
	return hex.EncodeToString(sum[:8])
}

// mailVersion is the version of all mails: they never change.
const mailVersion = "1"

// readMessage yields the item of one message. Nothing is lost silently: a message
// that gives no bulletin is yielded with the reason.
func (s *mailSource) readMessage(ctx context.Context, m *mailbox.Message, seen, notes map[string]string, first time.Time, give func(Item) error) error {
	if !s.spec.Since.IsZero() && m.Arrived.Before(s.spec.Since.In(s.spec.Location)) {
		return nil
	}
	var mail *mailbox.Mail
	var err error
	if err := s.spec.attempt(ctx, asMail, m.Raw, func() { mail, err = mailbox.Read(m.Raw) }); err != nil {
		return cmp.Or(ctx.Err(), give(Item{ID: "mail " + m.ID()[:12], Version: mailVersion, Err: err}))
	}
	if err != nil {
		return give(Item{ID: "mail " + m.ID()[:12], Version: mailVersion, Err: withHint(document.MailProblem(err), mailHint())})
	}
	item := s.itemOf(m, mail)
	if seen[item.ID] == item.Version {
		return nil
	}
	err = s.accept(ctx, m, mail)
	isFormUnsigned := errors.Is(err, errFormUnsigned)
	if err == nil || isFormUnsigned {
		err = s.checkRepeated(mail, item.Digest, notes)
	}
	switch {
	case errors.Is(err, mailbox.ErrLater):
		item.Version, item.Err = "", withHint(refusedMail(mail, words("máy chủ tên miền chưa trả lời; thư sẽ được đọc lại", "the DNS did not answer; the mail will be read again"), err),
			words("chờ; nếu kéo dài, kiểm tra mạng và máy chủ tên miền", "wait; if it lasts, check the network and the DNS"))
		return cmp.Or(give(item), mailbox.ErrLater)
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		item.Err = withHint(err, mailHint())
		return give(item)
	}
	d := document.New(s.documents, item.ID)
	d.FetchRemote(ctx)
	if s.spec.Trust != TrustAny { // else anybody may have written it
		d.TakeFrontMatter()
	}
	var said, whole error
	if err := s.spec.attempt(ctx, asMail, m.Raw, func() {
		if said = d.AddMail(ctx, mail); said == nil {
			whole = d.Complete()
		}
	}); err != nil {
		item.Err = withHint(err, mailHint())
		return cmp.Or(ctx.Err(), give(item))
	}
	if said != nil {
		item.Err = withHint(said, mailHint())
		return give(item)
	}
	if whole != nil {
		item.Err = refusedMail(mail, words("thư không có tiêu đề và nội dung", "the mail has neither subject nor text"), nil)
		item.Err = withHint(item.Err, mailHint())
		return give(item)
	}
	if isFormUnsigned {
		d.Hold("chữ ký DKIM không gồm Content-Type và MIME-Version (như của Gmail), nên có thể ai đó đã đổi cách đọc thư; cần người xem lại",
			"its DKIM signature does not cover Content-Type and MIME-Version (as Gmail's do not), so somebody may have changed how it is read; somebody must check it")
	}
	if !s.isAddressed(mail) {
		d.Hold("thư không gửi đến địa chỉ nào trong addresses của nguồn; cần người xem lại", "the mail is to none of the source's addresses; somebody must check it")
	}
	item.History = isHistory(m.Arrived, first)
	item.Bulletin, item.Missing = s.spec.bulletin(item, d), missing(d, mailHint())
	if err := give(item); err != nil {
		return err
	}
	return s.remember(mail, item.Digest, notes, give)
}

// itemOf identifies a mail by its sender and content.
func (s *mailSource) itemOf(m *mailbox.Message, mail *mailbox.Mail) Item {
	digest := mail.ContentID()
	subject := slug(mail.Subject)
	name := strings.Trim(subject[:min(len(subject), 50)], "-") + "-" + digest[:8]
	if day := m.Arrived; !day.IsZero() {
		name = day.In(s.spec.Location).Format(time.DateOnly) + "-" + name
	}
	return Item{ID: name, Version: mailVersion, Key: "file:" + s.spec.ID + "/" + digest[:16] + " " + name, Digest: digest}
}

// errFormUnsigned says that a mail is the sender's in its words and not in how they are
// read: it is held.
var errFormUnsigned = errors.New("how it is read is not signed")

// accept gives the reason why a mail is refused: a *Problem, mailbox.ErrLater where that
// cannot be known yet, or errFormUnsigned.
func (s *mailSource) accept(ctx context.Context, m *mailbox.Message, mail *mailbox.Mail) error {
	is := func(sender string) bool { return bantin.AddressKey(sender) == bantin.AddressKey(mail.From) }
	switch {
	case m.IsTruncated():
		return refusedMail(mail, words(fmt.Sprintf("thư quá lớn: %d MB", m.Size>>20), fmt.Sprintf("the mail is too large: %d MB", m.Size>>20)), nil)
	case mail.From == "" || !slices.ContainsFunc(s.spec.Senders, is):
		return withHint(refusedMail(mail, words("người gửi không có trong senders", "the sender is not listed under senders"), nil), words(
			"nếu là người của văn phòng, thêm địa chỉ vào senders của nguồn: thư sẽ được đọc lại; nếu không, bỏ qua",
			"if the sender belongs to the office, add the address to senders of the source: the mail is read again then; if not, ignore it"))
	case mail.Automatic:
		return withHint(refusedMail(mail, words("thư do máy tự trả lời", "an automatic reply"), nil), words("không cần làm gì", "nothing need be done"))
	case s.spec.Trust == TrustAny:
		return nil
	}
	arrived := m.Arrived
	if arrived.IsZero() {
		arrived = s.spec.Now()
	}
	err := mail.VerifyPublication(ctx, s.spec.LookupTXT, arrived)
	if bad := (*mailbox.SignatureError)(nil); errors.As(err, &bad) {
		if bad.Form {
			return errFormUnsigned
		}
		return refusedMail(mail, words("không chắc là của người gửi ấy: chữ ký DKIM không đạt", "its sender cannot be verified"), bad)
	}
	return err
}

// refusedMail is the reason why a mail is refused, with its sender and subject.
func refusedMail(mail *mailbox.Mail, why bantin.Words, cause error) *Problem {
	from := cmp.Or(mail.From, "?")
	return &Problem{Err: cause, Words: words(
		fmt.Sprintf("thư %s của %s: %s", quote(mail.Subject), quote(from), why.VI),
		fmt.Sprintf("mail %s from %s: %s", quote(mail.Subject), quote(from), why.EN))}
}
