package source

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bantin"
	"bantin/mailbox"
)

// Who has an old mail of the office, signed as it is, can send it to the mailbox again.
// Its date and its signature are too old then (mailbox.Mail.VerifyPublication). Within
// those days its content is known already, and where somebody changed what a signature
// does not cover, its Message-ID is.

// messageNote begins the name of the note about a mail that became a bulletin.
const messageNote = "message "

// messageMemory is how long such a note is kept: longer than an old mail is accepted.
const messageMemory = 30 * 24 * time.Hour

// noteName names the note about a Message-ID.
func noteName(messageID string) string {
	sum := sha256.Sum256([]byte(messageID))
	return messageNote + hex.EncodeToString(sum[:16])
}

// checkRepeated refuses a mail whose Message-ID another one had that became a bulletin.
func (s *mailSource) checkRepeated(mail *mailbox.Mail, digest string, notes map[string]string) error {
	if s.spec.Trust == TrustAny {
		return nil
	}
	if mail.MessageID == "" {
		return refusedMail(mail, words("thư không có Message-ID", "it has no Message-ID"), nil)
	}
	known := notes[noteName(mail.MessageID)]
	if before, _, found := strings.Cut(known, " "); found && before != digest[:16] {
		return refusedMail(mail, words("một thư khác với cùng Message-ID đã được đọc", "another mail with the same Message-ID was read before"), nil)
	}
	return nil
}

// remember notes that a mail became a bulletin.
func (s *mailSource) remember(mail *mailbox.Mail, digest string, notes map[string]string, give func(Item) error) error {
	if mail.MessageID == "" {
		return nil
	}
	name, value := noteName(mail.MessageID), digest[:16]+" "+strconv.FormatInt(s.spec.Now().Unix(), 10)
	notes[name] = value
	return give(Item{Notes: map[string]string{name: value}})
}

// forgotten are the notes about mails that are too old to be sent again, to be deleted.
func (s *mailSource) forgotten(notes map[string]string) map[string]string {
	old := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		_, at, found := strings.Cut(notes[name], " ")
		seconds, err := strconv.ParseInt(at, 10, 64)
		if strings.HasPrefix(name, messageNote) && found && err == nil && s.spec.Now().Sub(time.Unix(seconds, 0)) > messageMemory {
			old[name] = ""
		}
	}
	return old
}

// isAddressed reports whether the mail is to one of the source's addresses, where it
// has any: a mail of the office to somebody else is no bulletin.
func (s *mailSource) isAddressed(mail *mailbox.Mail) bool {
	if len(s.spec.Addresses) == 0 {
		return true
	}
	return slices.ContainsFunc(mail.To, func(to string) bool {
		return slices.ContainsFunc(s.spec.Addresses, func(own string) bool { return bantin.AddressKey(own) == bantin.AddressKey(to) })
	})
}
