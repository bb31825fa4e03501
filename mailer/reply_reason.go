package mailer

import (
	"strconv"
	"strings"

	"bantin/mailer/bounce"
)

// maxReasonBytes is how much of a reply is searched for a reason; the words that
// matter come first.
const maxReasonBytes = 1000

// ourNames are the names that stand for us in a server's reply, in lower case: the
// domain of the envelope sender, and the name said in EHLO.
type ourNames []string

// reasonOf says why a server refused, and by which of its words. They are judged by
// the same table as those of returned mail; two things are known here besides: the
// step, and who we are.
func reasonOf(at step, r reply, recipient string, ours ourNames) (reason bounce.Reason, found string) {
	text := strings.ToValidUTF8(r.text[:min(len(r.text), maxReasonBytes)], "")
	said := bounce.ClassifyReply(recipient, strconv.Itoa(r.code)+" "+text, ours...)
	reason, found = said.Reason, said.Because.Found
	switch {
	case !reason.AboutAddress():
		return reason, found
	case at.isBeforeRecipient():
		return bounce.Sender, found // no recipient was named yet
	case r.code < 500 && r.enhanced.subject != 1:
		// "450 mailbox unavailable" is RFC 5321's text for a busy mailbox, and "451
		// host not found" a resolver's trouble: neither says that there is no such address.
		return bounce.Unclear, ""
	}
	return reason, found
}

// isBeforeRecipient reports whether a step comes before RCPT.
func (at step) isBeforeRecipient() bool {
	switch at {
	case stepRcpt, stepData, stepEnd:
		return false
	}
	return true
}

// classify fills in what the reply speaks of.
func (r *SendError) classify(reason bounce.Reason) {
	switch {
	case reason == bounce.Quota:
		r.Quota = true
	case reason == bounce.TooBig && r.Scope != ScopeSender: // another receiver takes more
	case reason.AboutSender(), r.Scope == ScopeSender:
		r.AboutUs = true
	case reason.AboutAddress():
		r.UnknownUser = true
	}
}
