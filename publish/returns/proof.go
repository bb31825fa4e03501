package returns

import (
	"context"
	"errors"
	"strings"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/store"
)

// proof is whom a message is about, by a signature of ours.
type proof struct {
	contact string // key; "" for nobody
	edition int64  // row; 0 where it is not known
	digest  string // of the edition
	address string // that the message went to; "" where that is not known
	leave   string // the digest that the contact leaves by mail
	source  string // the signature stood
}

// Where a signature can stand.
const (
	ProofReturnPath = "return-path"       // the address the message came to
	ProofOriginal   = "original-envelope" // the return path of the message it brings back
	ProofMessageID  = "message-id"        // of the message it brings back
	ProofLeave      = "leave-address"     // the address to leave by
)

// maxEditionAge is how old an edition may be whose messages still come back. An older
// return path proves nothing.
const maxEditionAge = 100 * 24 * time.Hour

// prove finds the signature. address is where the message was delivered.
func (r *Returns) prove(ctx context.Context, report *bounce.Classification, address string) (proof, error) {
	arrived := report.To
	if address != "" {
		arrived = append([]string{address}, arrived...)
	}
	for _, a := range arrived {
		if p, ok, err := r.returnPath(ctx, a, ProofReturnPath); ok || err != nil {
			return p, err
		}
	}
	if p, ok, err := r.leaving(ctx, report, arrived); ok || err != nil {
		return p, err
	}
	for _, a := range []string{report.Original.Envelope, mailer.AddressOfTag(report.Original.Tag)} {
		if p, ok, err := r.returnPath(ctx, a, ProofOriginal); ok || err != nil {
			return p, err
		}
	}
	return r.messageID(ctx, report)
}

// returnPath reads an address that VERP made.
func (r *Returns) returnPath(ctx context.Context, address, source string) (p proof, ok bool, err error) {
	if !strings.Contains(address, "+") {
		return p, false, nil
	}
	key, delivery, err := r.Tokens.ParseVERP(address)
	if err != nil {
		return p, false, nil
	}
	p = proof{contact: key, source: source}
	m, err := r.mailing(ctx, delivery, r.Now().Add(-maxEditionAge))
	if err != nil {
		return p, false, err
	}
	if m == nil {
		old, err := r.mailing(ctx, delivery, time.Unix(0, 0))
		return p, old == nil, err // else of a message outside editions
	}
	p.edition, p.digest = m.Edition, m.Digest
	p.address, err = r.DB.Returns().RecipientAddress(ctx, m.Edition, key)
	if errors.Is(err, bantin.ErrNotFound) {
		err = nil // the contact was erased
	}
	return p, true, err
}

// mailing returns the edition with a code, nil for none since a time.
func (r *Returns) mailing(ctx context.Context, code string, since time.Time) (*store.MailedEdition, error) {
	mailings, err := r.DB.Returns().Mailings(ctx, since)
	if err != nil {
		return nil, err
	}
	for i := range mailings {
		if mailer.EditionCode(mailings[i].Digest, mailings[i].Due) == code {
			return &mailings[i], nil
		}
	}
	return nil, nil
}

// leaving reads a mail to the address to leave a digest by. The address is
// signed, so what the mail says is not looked at; only a bounce must not count,
// in case somebody writes to people under that address.
func (r *Returns) leaving(ctx context.Context, report *bounce.Classification, arrived []string) (p proof, ok bool, err error) {
	if report.Kind != bounce.Other && report.Recipients[0].Reason != bounce.OptOut {
		return p, false, nil
	}
	var digests []string
	for _, a := range arrived {
		if !strings.Contains(a, "+") {
			continue
		}
		if digests == nil {
			if digests, err = r.DB.Digests().IDs(ctx); err != nil {
				return p, false, err
			}
		}
		if key, digest, err := r.Tokens.ParseUnsubscribeAddress(a, digests); err == nil {
			return proof{contact: key, leave: digest, source: ProofLeave}, true, nil
		}
	}
	return p, false, nil
}

// messageID finds the edition and the address whose Message-ID it is. Who had the
// message knows it, and everybody it was forwarded to: see weaken.
func (r *Returns) messageID(ctx context.Context, report *bounce.Classification) (p proof, err error) {
	if !mailer.IsMessageID(report.Original.MessageID) || !reportsReturn(report) {
		return p, nil
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(report.Original.MessageID, "<"), "@")
	mailings, err := r.DB.Returns().Mailings(ctx, r.Now().Add(-maxEditionAge))
	if err != nil {
		return p, err
	}
	addresses := candidates(report)
	if asksToLeave(report.Recipients[0]) {
		addresses = []string{report.Recipients[0].Address} // who wrote it: an answer is to them alone
	}
	for _, m := range mailings {
		for _, address := range addresses {
			if r.Tokens.MadeMessageID(id, m.Digest, m.Due, address) {
				return r.mailedTo(ctx, m, address)
			}
		}
	}
	return p, nil
}

// reportsReturn reports whether a message tells of one that came back, of a reader's
// complaint, or of their wish to leave. Any other answer names our Message-ID too.
func reportsReturn(report *bounce.Classification) bool {
	return report.Kind == bounce.Hard || report.Kind == bounce.Soft || report.Kind == bounce.Complaint || asksToLeave(report.Recipients[0])
}

// candidates gives the addresses that a report may be about.
func candidates(report *bounce.Classification) []string {
	const most = 20
	var list []string
	for _, one := range report.Recipients {
		if one.Address != "" && len(list) < most {
			list = append(list, one.Address)
		}
	}
	return append(list, report.Original.To[:min(len(report.Original.To), most)]...)
}

func (r *Returns) mailedTo(ctx context.Context, m store.MailedEdition, address string) (proof, error) {
	key, err := r.DB.Returns().RecipientKey(ctx, m.Edition, address)
	if errors.Is(err, bantin.ErrNotFound) {
		return proof{}, nil // the contact has another address by now, or was erased
	}
	return proof{contact: key, edition: m.Edition, digest: m.Digest, address: address, source: ProofMessageID}, err
}
