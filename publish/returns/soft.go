package returns

import (
	"time"

	"bantin"
	"bantin/mailer/bounce"
	"bantin/store"
)

// When soft returns end in a suppression: after so many editions in a row that
// came back, over so long.
const (
	softEditions = 3
	softSpan     = 7 * 24 * time.Hour
	maxPast      = 60
	// returnPeriod is how long an edition may still come back: relays try for five
	// days (RFC 5321 4.5.4.1).
	returnPeriod = 5 * 24 * time.Hour
)

// countsAsSoft reports whether a soft return says something of the mailbox or its
// server. A message that was too big or came too fast does not.
func countsAsSoft(reason bounce.Reason) bool {
	switch reason {
	case bounce.MailboxFull, bounce.Suspended, bounce.Filtered, bounce.Network, bounce.Expired, bounce.System,
		bounce.HostUnknown, bounce.UserUnknown, bounce.TakesNoMail, bounce.Moved, bounce.Unclear:
		return true
	}
	return false
}

// shouldSuppress reports whether the editions of a contact that came back, with the one
// that does so now, end in a suppression. past is the newest first. An edition
// before it that went well ends the row; a later one may still come back, for
// as long as relays try. One that was refused while it was sent says nothing.
func shouldSuppress(past []store.PastDelivery, current int64, now time.Time) bool {
	count, earlier := 0, false
	var first, last time.Time
	for _, p := range past {
		earlier = earlier || p.Edition == current
		if p.Returned || p.Edition == current {
			if count++; count == 1 {
				last = p.Due
			}
			first = p.Due
			continue
		}
		if p.Status == bantin.DeliverySent && (earlier || now.Sub(p.Due) > returnPeriod) {
			break
		}
	}
	return count >= softEditions && last.Sub(first) >= softSpan
}
