package bantin

import "time"

// Action is an entry of the installation's audit log: who changed what, when.
type Action struct {
	Time   time.Time  `json:"time"`
	Who    string     `json:"who"` // an address, a user of the system, the name of a token
	Via    ActionVia  `json:"via"`
	What   ActionKind `json:"what"`
	Object string     `json:"object,omitempty"` // an edition, a digest, a bulletin, an address
	Note   string     `json:"note,omitempty"`
}

// ActionVia is the way by which something was changed.
type ActionVia string

// The ways.
const (
	ViaCommand ActionVia = "command"
	ViaOffice  ActionVia = "office" // its pages
	ViaToken   ActionVia = "token"  // a program, with a token
)

// ActionKind is what was done.
type ActionKind string

// What is done to sessions of the office's pages, to editions and to bulletins. What is done to a
// contact has the names of AuditAction.
const (
	ActionLink    ActionKind = "sign_in_link" // it was printed by a command
	ActionSignIn  ActionKind = "sign_in"
	ActionSignOut ActionKind = "sign_out"
	ActionEnd     ActionKind = "session_end" // they are no longer on the list
	ActionToken   ActionKind = "token"
	ActionRevoke  ActionKind = "token_revoke"
	ActionPause   ActionKind = "pause"
	ActionResume  ActionKind = "resume"
	ActionCancel  ActionKind = "cancel"
	ActionRetry   ActionKind = "retry"
	ActionResend  ActionKind = "resend"
	ActionImport  ActionKind = "import"
	ActionCompose ActionKind = "compose" // of a digest's next edition, or of a draft
	ActionSpecial ActionKind = "special" // an edition at a time that they set
	ActionApprove ActionKind = "approve"

	ActionUndoImport ActionKind = "import_undo"
	ActionErase      ActionKind = "erase"  // of a contact, whose address is not kept
	ActionExport     ActionKind = "export" // of all contacts, or of one

	ActionRequest  ActionKind = "request"      // of a person about their data; it is written down
	ActionAnswered ActionKind = "request_done" // it was answered

	ActionHold     ActionKind = "hold" // of a bulletin, as those below
	ActionRelease  ActionKind = "release"
	ActionWithdraw ActionKind = "withdraw"
	ActionCorrect  ActionKind = "correct"
	ActionMerge    ActionKind = "merge"
	ActionRenew    ActionKind = "renew"
	ActionAdd      ActionKind = "add" // from a file, or typed
)

// What is done to all mailing, to digests, to sources and to the installation. What is done
// to a suppression is AuditSuppressed, AuditUnsuppressed or ActionUndoSuppressions.
const (
	ActionHoldMail   ActionKind = "mailing_hold"
	ActionResumeMail ActionKind = "mailing_resume"
	ActionSend       ActionKind = "send" // a digest
	ActionTestMail   ActionKind = "test" // a digest, to somebody who looks at it
	ActionCollect    ActionKind = "collect"
	ActionRestore    ActionKind = "restore"
	ActionCopy       ActionKind = "database_copy"
	ActionEndAlarm   ActionKind = "alarm_end"

	ActionUndoSuppressions ActionKind = "suppressions_undo"
)
