package alarm

import (
	"time"

	"bantin"
)

// Message is an alarm as commands and web hooks get it, in JSON.
type Message struct {
	ID       string             `json:"id"` // of the trouble: the same when it is told again, and when it is over
	Kind     bantin.TroubleKind `json:"kind"`
	Subject  string             `json:"subject"`
	What     string             `json:"what"`
	Since    time.Time          `json:"since"`
	Hint     string             `json:"hint,omitempty"`
	Resolved time.Time          `json:"resolved,omitzero"` // when it was over
}

// NewMessage is what is said of a trouble in a language. Times are in a zone.
func NewMessage(t *bantin.Trouble, l bantin.Language, zone *time.Location) Message {
	m := Message{ID: t.ID, Kind: t.Kind, Subject: t.Subject.In(l), What: t.What.In(l), Hint: t.Hint.In(l), Since: t.Since.In(zone)}
	if !t.Resolved.IsZero() {
		m.Resolved = t.Resolved.In(zone)
	}
	return m
}
