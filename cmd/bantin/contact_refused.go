package main

import "bantin/store"

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
