package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/publicsuffix"
)

// LookupTXT looks up the TXT records of a name, as net.Resolver does.
type LookupTXT func(ctx context.Context, name string) ([]string, error)

// SignatureError says why the sender of a mail is not verified.
type SignatureError struct {
	Reason string
	// Form says that a signature does all but cover Content-Type and MIME-Version: the
	// words are the sender's, and somebody may have changed how they are read. Gmail's
	// signatures are so.
	Form bool
}

func (e *SignatureError) Error() string { return e.Reason }

// maxSignatures is how many signatures of one mail are looked up in the DNS.
const maxSignatures = 5

// VerifySender verifies that the mail is from the domain of m.From. A DKIM signature
// (RFC 6376) must be valid, be by that domain or one of the same owner (relaxed
// alignment, RFC 7489 3.1.1), and cover From and Subject, each of which must be there
// once. ErrLater means that the DNS did not answer, and a [*SignatureError] says what
// is wrong.
func (m *Mail) VerifySender(ctx context.Context, lookup LookupTXT) error {
	return m.verify(ctx, lookup, requirements{})
}

// maxSendingTime is how long before its arrival a mail may have been written and signed:
// longer than any queue keeps one, and short enough that no old mail can be sent again.
const maxSendingTime = 7 * 24 * time.Hour

// VerifyPublication verifies that the mail is from the domain of m.From as VerifySender
// does, and that what is published of it is what that domain sent, when it sent it. The
// signature must also cover Date, Content-Type and MIME-Version, as far as the mail has
// them, and the mail must have a Date. Date and the signature's own time are at most 7
// days before arrived. An old private mail that somebody sends again, as it is or with
// other headers, is refused.
func (m *Mail) VerifyPublication(ctx context.Context, lookup LookupTXT, arrived time.Time) error {
	err := m.verify(ctx, lookup, requirements{fields: append([]string{"date"}, formFields()...), arrived: arrived})
	refused := (*SignatureError)(nil)
	switch {
	case err != nil && !(errors.As(err, &refused) && refused.Form):
		return err
	case m.Date.IsZero():
		return &SignatureError{Reason: "it has no readable date"}
	case arrived.Sub(m.Date) > maxSendingTime:
		return &SignatureError{Reason: "its date is more than 7 days before it came into the mailbox"}
	}
	return err
}

// formFields say how the words of a mail are read.
func formFields() []string { return []string{"content-type", "mime-version"} }

// requirements are what a signature must be, beyond valid, aligned and over the subject.
type requirements struct {
	fields  []string  // that it covers as well
	arrived time.Time // when the mail came; zero: it may be of any age
}

// verify looks at the signatures of the mail.
func (m *Mail) verify(ctx context.Context, lookup LookupTXT, need requirements) error {
	if m.From == "" {
		return &SignatureError{Reason: "it does not name one sender"}
	}
	for _, field := range []string{"Subject", "Date", "Content-Type", "Content-Transfer-Encoding", "Mime-Version"} {
		if len(m.header.Values(field)) > 1 {
			return &SignatureError{Reason: "it has the field " + field + " twice, of which a signature covers one"}
		}
	}
	if !m.header.Has("DKIM-Signature") {
		return &SignatureError{Reason: "it has no DKIM signature"}
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(withCRLF(m.raw)), &dkim.VerifyOptions{
		LookupTXT:        func(name string) ([]string, error) { return lookup(ctx, name) },
		MaxVerifications: maxSignatures,
	})
	if ctx.Err() != nil {
		return ctx.Err() // the results of the DNS then mean nothing
	}
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return &SignatureError{Reason: "its DKIM signature cannot be read: " + err.Error()}
	}
	return m.checkSignatures(found, need)
}

// checkSignatures looks for a signature that suffices, or says what is wrong with the
// last one.
func (m *Mail) checkSignatures(found []*dkim.Verification, need requirements) error {
	_, domain, _ := strings.Cut(m.From, "@")
	fields := append([]string{"subject"}, need.fields...)
	isUnsigned := func(v *dkim.Verification) func(string) bool {
		return func(field string) bool { return !m.isSigned(v, field) }
	}
	reason, unknown, form := "it has no DKIM signature", false, false
	for _, v := range found {
		switch {
		case v.Err != nil && dkim.IsTempFail(v.Err):
			unknown = unknown || isAligned(v.Domain, domain)
		case v.Err != nil:
			reason = fmt.Sprintf("its DKIM signature by %q is not good: %v", v.Domain, v.Err)
		case !isAligned(v.Domain, domain):
			reason = fmt.Sprintf("its DKIM signature is by %q and not by %q", v.Domain, domain)
		case !need.arrived.IsZero() && !v.Time.IsZero() && need.arrived.Sub(v.Time) > maxSendingTime:
			reason = fmt.Sprintf("its DKIM signature by %q is more than 7 days older than its arrival", v.Domain)
		case slices.ContainsFunc(fields, isUnsigned(v)):
			field := fields[slices.IndexFunc(fields, isUnsigned(v))]
			reason = fmt.Sprintf("its DKIM signature by %q does not cover the field %s", v.Domain, field)
			form = form || slices.Contains(formFields(), field)
		default:
			return nil
		}
	}
	if unknown {
		return fmt.Errorf("the DNS does not answer for the key of %q: %w", domain, ErrLater)
	}
	return &SignatureError{reason, form}
}

// isSigned reports whether the signature covers a field, if there is one.
func (m *Mail) isSigned(v *dkim.Verification, field string) bool {
	return !m.header.Has(field) || slices.ContainsFunc(v.HeaderKeys, func(key string) bool { return strings.EqualFold(strings.TrimSpace(key), field) })
}

// isAligned reports whether two domains have one owner.
func isAligned(signer, sender string) bool {
	signer, sender = strings.ToLower(strings.TrimSuffix(signer, ".")), strings.ToLower(strings.TrimSuffix(sender, "."))
	if signer == sender {
		return signer != ""
	}
	a, err1 := publicsuffix.EffectiveTLDPlusOne(signer)
	b, err2 := publicsuffix.EffectiveTLDPlusOne(sender)
	return err1 == nil && err2 == nil && a == b
}

// withCRLF gives lines the line ends that were signed.
func withCRLF(raw []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// DNS looks up TXT records with the resolver of the system, for ten seconds at most.
func DNS(ctx context.Context, name string) ([]string, error) {
	ctx, done := context.WithTimeout(ctx, 10*time.Second)
	defer done()
	return net.DefaultResolver.LookupTXT(ctx, name)
}
