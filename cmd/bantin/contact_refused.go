package main

import (
	"time"

	"bantin/store"
)

// undecidedJSON is a refusal of a contact that may still end in a suppression.
type undecidedJSON struct {
	At      time.Time `json:"at"`
	Edition string    `json:"edition,omitempty"`
	Address string    `json:"email"`
	Reason  string    `json:"reason"`
	Status  string    `json:"status"` // pending, or first: a second one suppresses
	Held    bool      `json:"held,omitempty"`
	Decides time.Time `json:"decides,omitzero"` // pending: when; first: from when on a second one counts
}

func undecidedRows(list []store.UndecidedReturn) []undecidedJSON {
	var rows []undecidedJSON
	for _, u := range list {
		rows = append(rows, undecidedJSON{u.At, u.EditionID, u.Address, u.Reason, u.Done, u.Held, u.Decides})
	}
	return rows
}

// printUndecided says what is still to be decided of a contact.
func (a contactCommands) printUndecided(w *deps, list []store.UndecidedReturn) {
	for _, u := range list {
		reason, at := suppressionWords(u.Reason).In(a.language), a.formatTime(u.At, w.site.Location)
		of := ""
		if u.EditionID != "" {
			of = a.language.Say(" ở kỳ ", " of edition ") + u.EditionID
		}
		switch decides := a.formatTime(u.Decides, w.site.Location); {
		case u.Done == store.DoneFirst:
			a.say("  thư bị từ chối lần đầu%s, %s: %s; nếu một kỳ sau, từ %s, cũng bị từ chối thì không gửi nữa",
				"  a message%s was refused for the first time at %s: %s; suppressed if a later edition, from %s on, is refused as well", of, at, reason, decides)
		case u.Held:
			a.say("  thư%s bị từ chối, %s: %s; kỳ này đang bị giữ lại, nên chưa quyết định gì",
				"  a message%s was refused at %s: %s; the edition is held, so nothing is decided", of, at, reason)
		case u.Decides.IsZero():
			a.say("  thư%s bị từ chối, %s: %s; sẽ quyết định khi kỳ này gửi xong",
				"  a message%s was refused at %s: %s; decided when the edition has settled", of, at, reason)
		default:
			a.say("  thư%s bị từ chối, %s: %s; sẽ quyết định lúc %s", "  a message%s was refused at %s: %s; decided at %s", of, at, reason, decides)
		}
	}
}
