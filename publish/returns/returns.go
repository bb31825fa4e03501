package returns

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"bantin"
	"bantin/mailbox"
	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/store"
)

// Returns takes what comes back of our mail and does what follows from it.
//
// Whom a message is about is never what it says: it is what a signature
// proves. The address it came to (VERP) is asked first, then that of the
// message it brings back, then our own Message-ID, which is a MAC of digest,
// due time and address and proves less: see weaken. A message that proves nothing changes
// nothing.
//
// Then what it says decides:
//
//   - hard, and about the address: pending until its edition has settled; see Settle;
//   - soft: the same after three editions in a row that came back over at
//     least a week; an edition that went well in between begins it anew;
//   - about our server, its name or our message: an alarm, and never the end
//     of a contact;
//   - a complaint: unsubscribed from all digests and suppressed, at once;
//   - a mail to the address to leave by: unsubscribed from that digest;
//   - an answer that asks for no more mail: once a mail with the button to leave by;
//   - automatic answers and all else: nothing.
type Returns struct {
	DB     *store.DB
	Log    *slog.Logger
	Tokens *mailer.Tokens
	Hold   bantin.HoldLimits
	Ours   []string // our addresses and host names: what receivers say of them is about us
	Now    func() time.Time

	// LookupTXT finds the keys of those who report complaints; nil: none is believed
	// that has no better proof than a Message-ID.
	LookupTXT mailbox.LookupTXT
}

// maxKept is how much of a message is kept to be shown.
const maxKept = 64 << 10

// Processed is what became of a message.
type Processed struct {
	Ours  bool // a signature proves that it is about our mail
	Fresh bool // it was not taken before
	store.Return
}

// Process takes a message; address is where it was delivered, where that is known
// beside its header ("" else). What is not about our mail is left alone and
// no error.
func (r *Returns) Process(ctx context.Context, raw []byte, address string) (Processed, error) {
	report := bounce.Classify(raw[:min(len(raw), bounce.MaxMessageBytes)], r.Ours...)
	p, err := r.prove(ctx, report, address)
	if err != nil {
		return Processed{}, fmt.Errorf("take what came back: %w", err)
	}
	if p.contact == "" {
		return Processed{Return: store.Return{Kind: string(report.Kind), Reason: string(report.Recipients[0].Reason), Done: store.DoneNothing}}, nil
	}
	said := r.weaken(ctx, raw, p, recipientMeant(p, report))
	t := Processed{Ours: true, Return: p.record(said, r.Now())}
	message := mailbox.Message{Raw: withoutFromLine(raw)}
	t.Message, t.Raw = message.ID(), raw[:min(len(raw), maxKept)]
	return r.apply(ctx, t, p, said)
}

// withoutFromLine leaves out the line "From …" that mail servers put before what
// they pipe: it has the time, another with each try.
func withoutFromLine(raw []byte) []byte {
	if line, rest, found := bytes.Cut(raw, []byte("\n")); found && bytes.HasPrefix(line, []byte("From ")) {
		return rest
	}
	return raw
}

// Refused takes what a server said when it refused a message for good while it
// was sent. A refusal of the address counts like a hard bounce. What is said of the
// same address when its edition is retried counts anew.
func (r *Returns) Refused(ctx context.Context, edition int64, contactKey, address, reply string) error {
	said := bounce.ClassifyReply(address, reply, r.Ours...)
	p := proof{contact: contactKey, edition: edition, address: address, source: store.ProofReply}
	id := sha256.Sum256(fmt.Appendf(nil, "refusal\x00%d\x00%s", edition, contactKey))
	t := Processed{Ours: true, Return: p.record(said, r.Now())}
	t.Message = hex.EncodeToString(id[:16])
	_, err := r.apply(ctx, t, p, said)
	return err
}

// recipientMeant is the recipient of a report that is meant: the one at the address we
// mailed to. Else it is the one with the mildest news, since a report about several may
// leave ours out.
func recipientMeant(p proof, report *bounce.Classification) bounce.Recipient {
	meant := report.Recipients[0]
	for _, one := range report.Recipients {
		if p.address != "" && strings.EqualFold(one.Address, p.address) {
			return one
		}
		if one.Kind.IsMilder(meant.Kind) {
			meant = one
		}
	}
	return meant
}

func (p *proof) record(said bounce.Recipient, now time.Time) store.Return {
	address := p.address
	address = cmp.Or(address, said.Address)
	return store.Return{
		At: now, Contact: p.contact, Edition: p.edition, Address: address, Proof: p.source,
		Kind: string(said.Kind), Reason: string(said.Reason), Status: said.Status, Diagnostic: said.Diagnostic,
	}
}

// apply decides what follows at once and stores both together.
func (r *Returns) apply(ctx context.Context, t Processed, p proof, said bounce.Recipient) (Processed, error) {
	c := store.ReturnAction{Address: p.address}
	t.Done = store.DoneNothing
	var err error
	switch {
	case p.leave != "":
		t.Done, c.Unsubscribe = store.DoneUnsubscribed, p.leave
	case asksToLeave(said):
		if c.Answer, err = r.answer(ctx, p); err != nil {
			return t, err
		}
		if c.Answer != "" {
			t.Done = store.DoneAnswered
		}
	case said.Kind == bounce.Complaint && said.Reason == bounce.OptOut:
		t.Done, c.Unsubscribe, c.UnsubscribeAll = store.DoneUnsubscribed, p.digest, p.digest == ""
	case said.Kind == bounce.Complaint:
		t.Done, c.UnsubscribeAll, c.Suppress = store.DoneSuppressed, true, string(said.Reason)
	case said.Kind == bounce.Hard:
		t.Done = store.DonePending
	case said.Kind == bounce.Soft && said.Reason.AboutSender():
		t.Done = store.DoneAlarm
	case said.Kind == bounce.Soft && !said.Delayed:
		t.Done, t.Counts = store.DoneNoted, countsAsSoft(said.Reason)
	}
	if t.Counts {
		past, err := r.DB.Returns().PastDeliveries(ctx, t.Contact, maxPast)
		if err != nil {
			return t, err
		}
		if shouldSuppress(past, t.Edition, t.At) {
			t.Done = store.DonePending
		}
	}
	if t.Fresh, err = r.DB.Returns().Store(ctx, t.Return, c); err == nil && t.Fresh {
		r.log(t)
	}
	return t, err
}

// log says what happened; the address only at debug level.
func (r *Returns) log(t Processed) {
	log := r.Log.With("kind", t.Kind, "reason", t.Reason, "status", t.Status, "proof", t.Proof)
	switch t.Done {
	case store.DoneAlarm:
		if t.Proof == store.ProofReply {
			return // the relay's own health tells of it, once for all
		}
		log.Warn("receiver refused our server or message; no contact is at fault", "diagnostic", t.Diagnostic)
	case store.DoneSuppressed, store.DoneUnsubscribed, store.DoneAnswered:
		log.Info("contact suppressed, unsubscribed or answered", "done", t.Done)
	default:
		log.Debug("message returned", "done", t.Done)
	}
	r.Log.Debug("returned message details", "address", t.Address, "edition", t.Edition)
}
