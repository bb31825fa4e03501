package bantin

import "time"

// AuditEntry is an entry of a contact's audit log, which shows how they came to get
// mail and what they said of it. Entries are added and never changed; erasing the
// contact removes them.
type AuditEntry struct {
	At      time.Time         `json:"at"`
	What    AuditAction       `json:"what"`
	By      string            `json:"by"`               // who caused it: see the By constants
	Who     string            `json:"who,omitempty"`    // of the office: who ran the command
	File    string            `json:"file,omitempty"`   // of an import
	Digest  string            `json:"digest,omitempty"` // what it is about; "" for all
	Edition string            `json:"edition,omitempty"`
	Note    string            `json:"note,omitempty"`   // such as the reply of a server
	Before  map[string]string `json:"before,omitempty"` // fields that changed
	After   map[string]string `json:"after,omitempty"`

	Import int64 `json:"-"` // number in the store; 0: none
}

// AuditAction is what happened to a contact.
type AuditAction string

// The actions. An entry that is made from a delivery has AuditMailed and, in Note,
// the status of that delivery.
const (
	AuditAdded        AuditAction = "added"
	AuditChanged      AuditAction = "changed"  // fields of the contact
	AuditRestored     AuditAction = "restored" // fields, as they were before an import
	AuditRequested    AuditAction = "asked"    // a digest, on the sign-up page; not confirmed yet
	AuditSubscribed   AuditAction = "subscribed"
	AuditUnsubscribed AuditAction = "unsubscribed"
	AuditPaused       AuditAction = "paused"
	AuditSuppressed   AuditAction = "suppressed"
	AuditUnsuppressed AuditAction = "released" // the suppression was removed
	AuditMailed       AuditAction = "mailed"   // an edition was sent or will be
	AuditResent       AuditAction = "resent"   // an edition was queued again for them
	AuditReturned     AuditAction = "returned" // a message was returned; mailing goes on
	AuditRefused      AuditAction = "refused"  // a server refused a message while it was sent; mailing goes on
	AuditMerged       AuditAction = "joined"   // the contact who had the new address became part of this one
)

// Who caused an entry.
const (
	ByImport  = "import"  // a list of the office
	ByOffice  = "office"  // a command
	ByContact = "contact" // a page, a link in a mail, a mail from them
	ByBounce  = "bounce"  // a returned message
)
