package returns

import (
	"context"

	"bantin/mailbox"
	"bantin/mailer/bounce"
)

// weaken takes from a verdict what its proof does not carry. A Message-ID is known to
// everybody whom the message was forwarded to, and stands in every reply: it proves a soft
// return at most, and a complaint only where the DKIM signature of its sender verifies; a
// request to leave gets the button to do so.
func (r *Returns) weaken(ctx context.Context, raw []byte, p proof, said bounce.Recipient) bounce.Recipient {
	if p.source != ProofMessageID {
		return said
	}
	switch said.Kind {
	case bounce.Hard:
		said.Kind = bounce.Soft
	case bounce.Complaint:
		if r.isFromSender(ctx, raw) {
			return said
		}
		said.Kind = bounce.Other
		if said.Reason == bounce.OptOut && bounce.IsLeaveRequest(raw, p.address) {
			said.Reason = bounce.AsksToLeave // they are told how to leave
		}
	}
	return said
}

// isFromSender reports whether a message is from the domain that it names as its sender. A
// DNS that does not answer is no proof: a stranger's must not stop the reading of mail.
func (r *Returns) isFromSender(ctx context.Context, raw []byte) bool {
	if r.LookupTXT == nil {
		return false
	}
	m, err := mailbox.Read(withoutFromLine(raw))
	if err == nil {
		err = m.VerifySender(ctx, r.LookupTXT)
	}
	if err != nil {
		r.Log.Debug("complaint not believed: its sender is not verified", "error", err)
	}
	return err == nil
}
