package bantin

import "time"

// AuditEntry is one thing that happened to a contact, of the record that shows how
// she came to get mail and what she said of it. Entries are added and never
// changed; they go when she is erased.
type AuditEntry struct {
	At      time.Time         `json:"at"`
	What    AuditEvent        `json:"what"`
	By      string            `json:"by"`               // whose doing it was: see the By constants
	Who     string            `json:"who,omitempty"`    // of the office: who ran the command
	File    string            `json:"file,omitempty"`   // of an import
	Digest  string            `json:"digest,omitempty"` // what it is about; "" for all
	Edition string            `json:"edition,omitempty"`
	Note    string            `json:"note,omitempty"`   // such as the reply of a server
	Before  map[string]string `json:"before,omitempty"` // fields that changed
	After   map[string]string `json:"after,omitempty"`

	Import int64 `json:"-"` // number in the store; 0: none
}

// AuditEvent is what happened to a contact.
type AuditEvent string

// The deeds. What stands as an edition's delivery has that delivery's status.
const (
	AuditAdded        AuditEvent = "added"
	AuditChanged      AuditEvent = "changed"  // fields of hers
	AuditRestored     AuditEvent = "restored" // fields, as they were before an import
	AuditRequested    AuditEvent = "asked"    // for a digest, on the page; it waits for her confirmation
	AuditSubscribed   AuditEvent = "subscribed"
	AuditUnsubscribed AuditEvent = "unsubscribed"
	AuditPaused       AuditEvent = "paused"
	AuditSuppressed   AuditEvent = "suppressed"
	AuditUnsuppressed AuditEvent = "released" // from a suppression
	AuditMailed       AuditEvent = "mailed"   // an edition
	AuditReturned     AuditEvent = "returned" // a message came back, and she is still mailed
	AuditMerged       AuditEvent = "joined"   // who was known under her new address became part of her
)

// Whose doing it was.
const (
	ByImport  = "import" // a list of the office
	ByOffice  = "office" // a command
	ByContact = "her"    // a page, a link in a mail, a mail of hers
	ByBounce  = "bounce" // what came back
)
