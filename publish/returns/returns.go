package returns

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

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
// due time and address. What proves nothing changes nothing, whoever wrote it.
//
// Then what it says decides:
//
//   - hard, and about the address: suppressed at once;
//   - soft: suppressed after three editions in a row that came back over at
//     least a week; an edition that went well in between begins it anew;
//   - about our server, its name or our message: an alarm, and never the end
//     of a contact;
//   - a complaint: unsubscribed from all digests and suppressed;
//   - a mail to the address to leave by: unsubscribed from that digest;
//   - automatic answers and all else: nothing.
type Returns struct {
	DB     *store.DB
	Log    *slog.Logger
	Tokens *mailer.Tokens
	Now    func() time.Time
}

// mostKept is how much of a message is kept to be shown.
const mostKept = 64 << 10

// Taken is what became of a message.
type Taken struct {
	Ours  bool // a signature proves that it is about our mail
	Fresh bool // it was not taken before
	store.Return
}

// Take takes a message; address is where it was delivered, where that is known
// beside its header ("" else). What is not about our mail is left alone and
// no error.
func (r *Returns) Take(ctx context.Context, raw []byte, address string) (Taken, error) {
	report := bounce.Classify(raw[:min(len(raw), bounce.MaxMessageBytes)])
	p, err := r.prove(ctx, report, address)
	if err != nil {
		return Taken{}, fmt.Errorf("take what came back: %w", err)
	}
	if p.contact == "" {
		return Taken{Return: store.Return{Kind: string(report.Kind), Reason: string(report.Recipients[0].Reason), Done: store.DoneNothing}}, nil
	}
	t := Taken{Ours: true, Return: p.record(report, r.Now())}
	message := mailbox.Message{Raw: withoutFromLine(raw)}
	t.Message, t.Raw = message.ID(), raw[:min(len(raw), mostKept)]
	return r.settle(ctx, t, p, meant(p, report))
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
// was sent. A refusal of the address counts like a hard bounce.
func (r *Returns) Refused(ctx context.Context, edition int64, contactKey, address, reply string) error {
	said := bounce.ClassifyReply(address, reply)
	p := proof{contact: contactKey, edition: edition, address: address, where: store.ProofReply}
	id := sha256.Sum256(fmt.Appendf(nil, "refusal\x00%d\x00%s", edition, contactKey))
	t := Taken{Ours: true, Return: p.record(&bounce.Classification{Recipients: []bounce.Recipient{said}}, r.Now())}
	t.Message = hex.EncodeToString(id[:16])
	_, err := r.settle(ctx, t, p, said)
	return err
}

// meant is the recipient of a report that is meant: the one at the address
// we mailed to, else the one with the gravest news.
func meant(p proof, report *bounce.Classification) bounce.Recipient {
	if at := slices.IndexFunc(report.Recipients, func(one bounce.Recipient) bool {
		return p.address != "" && strings.EqualFold(one.Address, p.address)
	}); at >= 0 {
		return report.Recipients[at]
	}
	at := slices.IndexFunc(report.Recipients, func(one bounce.Recipient) bool { return one.Kind == report.Kind })
	return report.Recipients[max(at, 0)]
}

func (p *proof) record(report *bounce.Classification, now time.Time) store.Return {
	said := meant(*p, report)
	address := p.address
	if address == "" {
		address = said.Address
	}
	return store.Return{
		At: now, Contact: p.contact, Edition: p.edition, Address: address, Proof: p.where,
		Kind: string(said.Kind), Reason: string(said.Reason), Status: said.Status, Diagnostic: said.Diagnostic,
	}
}

// settle decides what follows and stores both together.
func (r *Returns) settle(ctx context.Context, t Taken, p proof, said bounce.Recipient) (Taken, error) {
	c := store.ReturnAction{Address: p.address}
	t.Done = store.DoneNothing
	switch {
	case p.leave != "":
		t.Done, c.Unsubscribe = store.DoneUnsubscribed, p.leave
	case said.Kind == bounce.Complaint && said.Reason == bounce.OptOut:
		t.Done, c.Unsubscribe, c.UnsubscribeAll = store.DoneUnsubscribed, p.digest, p.digest == ""
	case said.Kind == bounce.Complaint:
		t.Done, c.UnsubscribeAll, c.Suppress = store.DoneSuppressed, true, string(said.Reason)
	case said.Kind == bounce.Hard:
		t.Done, c.Suppress = store.DoneSuppressed, string(said.Reason)
	case said.Kind == bounce.Soft && said.Reason.AboutSender():
		t.Done = store.DoneAlarm
	case said.Kind == bounce.Soft && !said.Delayed:
		t.Done, t.Counts = store.DoneNoted, addsUp(said.Reason)
	}
	if t.Counts {
		past, err := r.DB.Returns().PastDeliveries(ctx, t.Contact, mostPast)
		if err != nil {
			return t, err
		}
		if enough(past, t.Edition, t.At) {
			t.Done, c.Suppress = store.DoneSuppressed, string(said.Reason)
		}
	}
	var err error
	if t.Fresh, err = r.DB.Returns().Store(ctx, t.Return, c); err == nil && t.Fresh {
		r.tell(t)
	}
	return t, err
}

// tell says what happened, without the address but for whoever asks for it.
func (r *Returns) tell(t Taken) {
	log := r.Log.With("kind", t.Kind, "reason", t.Reason, "status", t.Status, "proof", t.Proof)
	switch t.Done {
	case store.DoneAlarm:
		if t.Proof == store.ProofReply {
			return // the relay's own health tells of it, once for all
		}
		log.Warn("a receiver refuses our server or our message; no contact is to blame", "diagnostic", t.Diagnostic)
	case store.DoneSuppressed, store.DoneUnsubscribed:
		log.Info("a contact gets no more mail", "done", t.Done)
	default:
		log.Debug("a message came back", "done", t.Done)
	}
	r.Log.Debug("whom it was about", "address", t.Address, "edition", t.Edition)
}
