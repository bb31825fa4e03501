package bantin

import "time"

// TroubleKind says what kind of trouble it is. Programs that take alarms go by it.
type TroubleKind string

// The kinds of troubles. The last two are no troubles: a person tries the ways, or
// nothing is wrong.
const (
	TroubleEditionHeld TroubleKind = "edition_held" // an edition, or one domain of it, waits for a person
	TroubleEditionLate TroubleKind = "edition_late" // an edition is not in time, or is not made
	TroubleRelay       TroubleKind = "relay"        // the mail server
	TroubleSource      TroubleKind = "source"       // a source of bulletins
	TroubleReturns     TroubleKind = "returns"      // the mailbox of returned mail
	TroubleTask        TroubleKind = "task"         // a contact list, a hub, an export, a certificate, …
	TroubleDisk        TroubleKind = "disk"
	TroubleDatabase    TroubleKind = "database"
	TroubleClock       TroubleKind = "clock"
	TroubleConfig      TroubleKind = "config"
	TroubleBackup      TroubleKind = "backup"
	TroubleTest        TroubleKind = "test"
	TroubleWell        TroubleKind = "well" // a sign of life
)

// TroubleKinds are the kinds of what can last.
func TroubleKinds() []TroubleKind {
	return []TroubleKind{TroubleEditionHeld, TroubleEditionLate, TroubleRelay, TroubleSource, TroubleReturns, TroubleTask,
		TroubleDisk, TroubleDatabase, TroubleClock, TroubleConfig, TroubleBackup}
}

// Trouble is something that needs a person and lasts until it is over. Of a kind and an
// object there is one at a time.
type Trouble struct {
	ID      string // of this trouble alone; "" until it is stored
	Kind    TroubleKind
	Object  string // what it is about, such as an edition's id; "": the installation
	Digest  string // whose admin it concerns; "": the installation's
	Subject Words  // what is in trouble, in a few words
	What    Words  // what happened
	Hint    Words  // what a person can do

	Since    time.Time
	Resolved time.Time // zero: it lasts
}

// ComesAndGoes reports whether a trouble of this kind often ends by itself: it is told
// once it has lasted for a while, and so is its end. Others are told at once.
func (k TroubleKind) ComesAndGoes() bool {
	switch k {
	case TroubleRelay, TroubleSource, TroubleReturns, TroubleTask, TroubleDisk, TroubleDatabase:
		return true
	}
	return false
}
