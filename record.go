package bantin

import "time"

// Entry is one thing that happened to a contact, of the record that shows how
// she came to get mail and what she said of it. Entries are added and never
// changed; they go when she is erased.
type Entry struct {
	At      time.Time         `json:"at"`
	What    Deed              `json:"what"`
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

// Deed is what happened to a contact.
type Deed string

// The deeds. What stands as an edition's delivery has that delivery's status.
const (
	DeedAdded        Deed = "added"
	DeedChanged      Deed = "changed"  // fields of hers
	DeedRestored     Deed = "restored" // fields, as they were before an import
	DeedAsked        Deed = "asked"    // for a digest, on the page; it waits for her confirmation
	DeedSubscribed   Deed = "subscribed"
	DeedUnsubscribed Deed = "unsubscribed"
	DeedPaused       Deed = "paused"
	DeedSuppressed   Deed = "suppressed"
	DeedReleased     Deed = "released" // from a suppression
	DeedMailed       Deed = "mailed"   // an edition
	DeedReturned     Deed = "returned" // a message came back, and she is still mailed
	DeedJoined       Deed = "joined"   // who was known under her new address became part of her
)

// Whose doing it was.
const (
	ByImport = "import" // a list of the office
	ByOffice = "office" // a command
	ByHer    = "her"    // a page, a link in a mail, a mail of hers
	ByBounce = "bounce" // what came back
)
