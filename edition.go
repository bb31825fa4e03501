package bantin

import (
	"strconv"
	"time"
)

// Digest is what YAML defines: which bulletins go to whom and when.
type Digest struct {
	ID          string
	Aliases     []string
	Title       string
	Subject     string // text/template over the digest's template struct
	Select      Selection
	Max         int // bulletins that one mail shows
	Audience    Audience
	WhenEmpty   WhenEmpty
	FirstNumber int
	Location    *time.Location
	Between     string        // hours of the day in which it is sent, such as 06:00-21:00; "" for all
	Canary      int           // recipients of a first wave; 0 for none
	CanaryWait  time.Duration // from the end of the first wave to the others
	Report      string        // address of who is told how an edition went; "" for nobody
}

// Audience says who gets a digest without having asked: contacts that match
// each key that is given, where a key is matched by any of its values.
type Audience struct {
	Levels    []Level    `json:"levels,omitempty"`
	Places    []string   `json:"places,omitempty"`
	Clusters  []string   `json:"clusters,omitempty"`
	Languages []Language `json:"languages,omitempty"`
	Tags      []string   `json:"tags,omitempty"`
}

// WhenEmpty says what happens at a due time without news.
type WhenEmpty string

// What to do without news.
const (
	WhenEmptySkip WhenEmpty = "skip"
	WhenEmptySend WhenEmpty = "send"
)

// Edition is one run of a digest: frozen bulletins and recipients, unique by
// digest and due time.
type Edition struct {
	ID        string        `json:"id"` // DIGEST-NUMBER
	Digest    string        `json:"digest"`
	Number    int           `json:"number"`
	Due       time.Time     `json:"due"`
	Status    EditionStatus `json:"status"`
	Bulletins []string      `json:"bulletins,omitempty"`
	Counts    Counts        `json:"counts"`
	Returned  int64         `json:"returned,omitempty"`
	Opens     time.Time     `json:"opens,omitzero"`   // while it is open and frozen: when it goes on
	Reason    HeldReason    `json:"reason,omitempty"` // while it is held by itself
	Detail    string        `json:"detail,omitempty"` // of the reason: counts, the reply of a server

	Row     int64     `json:"-"` // row in the store
	Title   string    `json:"-"` // the digest's title, subject and size when it was frozen
	Subject string    `json:"-"`
	Max     int       `json:"-"`
	Created time.Time `json:"-"`
	Frozen  bool      `json:"-"` // all recipients are in
}

// EditionID names an edition in commands and addresses.
func EditionID(digest string, number int) string { return digest + "-" + strconv.Itoa(number) }

// EditionStatus is where an edition stands.
type EditionStatus string

// The states of an edition.
const (
	EditionOpen      EditionStatus = "open"      // being frozen, or waiting for its window
	EditionSending   EditionStatus = "sending"   // deliveries are worked
	EditionPaused    EditionStatus = "paused"    // by command
	EditionHeld      EditionStatus = "held"      // by an alarm, or because all mailing is held
	EditionCancelled EditionStatus = "cancelled" // its news is free for a later one
	EditionDone      EditionStatus = "done"      // every delivery is settled
)

// HeldReason says what alarm holds an edition.
type HeldReason string

// The alarms.
const (
	HeldByCanary HeldReason = "canary" // too much of the first wave failed
	HeldByRelay  HeldReason = "relay"  // the mail server refuses everything
)

// HoldLimits say when so many refusals hold an edition: those of at least Least
// recipients that are more than Share of all outcomes are about us and not about them.
type HoldLimits struct {
	Share float64 // 0.1 is a tenth
	Least int
}

// Counts says how many deliveries of an edition stand where.
type Counts struct {
	Queued   int64 `json:"queued"`
	Sending  int64 `json:"sending"` // unsettled in a claimed chunk
	Sent     int64 `json:"sent"`
	Deferred int64 `json:"deferred"`
	Failed   int64 `json:"failed"`
	Skipped  int64 `json:"skipped"`
}

// Total is the number of recipients.
func (c Counts) Total() int64 {
	return c.Queued + c.Sending + c.Sent + c.Deferred + c.Failed + c.Skipped
}

// Unsettled is the number of deliveries that are not final.
func (c Counts) Unsettled() int64 { return c.Queued + c.Sending + c.Deferred }

// Delivery is one message of an edition to one contact.
type Delivery struct {
	Edition   string         `json:"edition,omitempty"`
	Notice    string         `json:"notice,omitempty"`
	Contact   string         `json:"contact"` // address, frozen
	Status    DeliveryStatus `json:"status"`
	Attempts  int            `json:"attempts"`
	MessageID string         `json:"message_id,omitempty"`
	Reply     string         `json:"reply,omitempty"`
}

// DeliveryStatus is where a delivery stands.
type DeliveryStatus string

// The states of a delivery. Sending is counted and never stored.
const (
	DeliveryQueued   DeliveryStatus = "queued"
	DeliverySent     DeliveryStatus = "sent"
	DeliveryDeferred DeliveryStatus = "deferred"
	DeliveryFailed   DeliveryStatus = "failed"
	DeliverySkipped  DeliveryStatus = "skipped"
)
