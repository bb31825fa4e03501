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

	Approve       bool          // its editions wait as drafts until a person approves them
	ApproveWithin time.Duration // after that it is reported that nobody did
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
	ID         string        `json:"id"` // DIGEST-NUMBER
	Digest     string        `json:"digest"`
	Number     int           `json:"number"`
	Due        time.Time     `json:"due"`
	Status     EditionStatus `json:"status"`
	Bulletins  []string      `json:"bulletins,omitempty"`
	Counts     Counts        `json:"counts"`
	Returned   int64         `json:"returned,omitempty"`
	Recipients int64         `json:"frozen"` // who it was frozen for

	// Unaccounted is by how much sent, failed, skipped and waiting do not add up to the
	// frozen; below zero where they are more. 0: all is well.
	Unaccounted int64 `json:"unaccounted,omitempty"`

	Opens   time.Time `json:"opens,omitzero"`    // while it is open and frozen: when it goes on
	Held    *Hold     `json:"held,omitempty"`    // while it is held
	Waiting *Wait     `json:"waiting,omitempty"` // while it goes on and nothing can be sent now

	IsSpecial bool         `json:"special,omitempty"`  // of a time that a person set, with what they pinned only
	Version   int          `json:"version,omitempty"`  // of a draft: rises with each change; later the one that was approved
	Approved  *Approval    `json:"approved,omitempty"` // of one that was a draft
	Composed  *Composition `json:"composed,omitempty"` // what the office added

	Corrections []Correction `json:"corrections,omitempty"` // what it says at its head of earlier ones, the newest first

	Row     int64     `json:"-"` // row in the store
	Title   string    `json:"-"` // the digest's title, subject and size when it was frozen
	Subject string    `json:"-"`
	Max     int       `json:"-"`
	Created time.Time `json:"-"`
	Frozen  bool      `json:"-"` // all recipients are in
}

// Correction is what an edition says of a bulletin that an earlier one carried.
type Correction struct {
	Bulletin  string `json:"bulletin"` // id
	Title     string `json:"title"`    // when it was announced
	Text      string `json:"text"`     // what was wrong, or why it was withdrawn
	Withdrawn bool   `json:"withdrawn,omitempty"`
}

// MaxAnnouncement is how many characters an announcement may have: it stands before all
// news.
const MaxAnnouncement = 500

// EditionID names an edition in commands and addresses.
func EditionID(digest string, number int) string { return digest + "-" + strconv.Itoa(number) }

// EditionStatus is where an edition stands.
type EditionStatus string

// The states of an edition.
const (
	EditionDraft     EditionStatus = "draft"     // waits until a person approves it
	EditionScheduled EditionStatus = "scheduled" // a special one whose time is to come
	EditionOpen      EditionStatus = "open"      // being frozen, or waiting for its window
	EditionSending   EditionStatus = "sending"   // deliveries are worked
	EditionPaused    EditionStatus = "paused"    // by command
	EditionHeld      EditionStatus = "held"      // by an alarm, or because all mailing is held
	EditionCancelled EditionStatus = "cancelled" // its news is free for a later one
	EditionDone      EditionStatus = "done"      // every delivery is settled
)

// IsPublic reports whether readers may know of an edition: not of a draft, nor of one
// whose time is to come, nor of one that was cancelled.
func (e *Edition) IsPublic() bool {
	switch e.Status {
	case EditionDraft, EditionScheduled, EditionCancelled:
		return false
	}
	return true
}

// IsOut reports whether readers may open the file that an edition links to: it is being
// sent, or somebody has it. One that waits for its window is not out yet.
func (e *Edition) IsOut() bool {
	switch e.Status {
	case EditionSending, EditionDone:
		return true
	}
	return e.IsPublic() && e.Counts.Sent > 0
}

// HeldReason says why an edition is held, or one receiving domain of it waits.
type HeldReason string

// Why an edition is held.
const (
	HeldUnknownWave HeldReason = "unknown_wave" // so many addresses cannot be dead at once
	HeldRefused     HeldReason = "refused"      // so many refusals are about us
	HeldFirstWave   HeldReason = "first_wave"   // too much of the first wave failed
	HeldByPerson    HeldReason = "person"       // all mailing is held
	HeldCopy        HeldReason = "copy"         // all mailing is held, since the database is a copy
)

// Hold is why an edition, or one receiving domain of it, goes on only when a person
// says so.
type Hold struct {
	Reason HeldReason `json:"reason"`
	What   string     `json:"what,omitempty"` // in words, for people
	Since  time.Time  `json:"since,omitzero"`

	Domain string     `json:"-"` // "": the edition
	Detail HoldDetail `json:"-"`
}

// HoldDetail is what led to a hold.
type HoldDetail struct {
	Refused  int64  `json:"refused"`
	Outcomes int64  `json:"outcomes"`
	Reply    string `json:"reply,omitempty"`    // one that was answered
	By       string `json:"by,omitempty"`       // the mail server
	Doubtful int64  `json:"doubtful,omitempty"` // of a restored edition: of whom it is not known whether they got it; Outcomes did
}

// WaitReason says why nothing of an edition can be sent now.
type WaitReason string

// Why nothing can be sent; beside these HeldUnknownWave and HeldRefused, of one
// domain.
const (
	WaitQuota  WaitReason = "quota"  // a limit of the account
	WaitRelay  WaitReason = "relay"  // the mail server cannot be reached or logged in to
	WaitRetry  WaitReason = "retry"  // all who are left were refused for now
	WaitWindow WaitReason = "window" // for its hours, or its first wave
)

// Wait is why nothing of an edition can be sent now, and until when.
type Wait struct {
	Reason WaitReason `json:"reason"`
	Domain string     `json:"domain,omitempty"`
	What   string     `json:"what,omitempty"` // in words, for people
	Until  time.Time  `json:"until,omitzero"` // of a held domain: when others are tried again

	Said    string        `json:"-"` // what the mail server said
	Allowed int64         `json:"-"` // of WaitQuota, where it was learned: so many messages
	Every   time.Duration `json:"-"` // in so long
	Hold    *Hold         `json:"-"` // of the domain
}

// HoldLimits say when so many refusals hold an edition: those of at least Least
// recipients that are more than Share of all outcomes are about us and not about them.
type HoldLimits struct {
	Share float64 // 0.1 is a tenth
	Least int
}

// OrDefault gives a tenth and twenty for the zero value.
func (l HoldLimits) OrDefault() HoldLimits {
	if l == (HoldLimits{}) {
		return HoldLimits{Share: 0.1, Least: 20}
	}
	return l
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

// Words says for people where a delivery stands.
func (s DeliveryStatus) Words() Words {
	return map[DeliveryStatus]Words{
		DeliveryQueued:   {VI: "chờ gửi", EN: "queued"},
		DeliverySent:     {VI: "đã gửi", EN: "sent"},
		DeliveryDeferred: {VI: "sẽ gửi lại", EN: "deferred"},
		DeliveryFailed:   {VI: "không gửi được", EN: "failed"},
		DeliverySkipped:  {VI: "bỏ qua", EN: "skipped"},
	}[s]
}
