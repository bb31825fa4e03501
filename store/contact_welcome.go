package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// Welcome is the mail to who confirmed a sign-up, with the last edition of what they get
// from now on.
type Welcome struct {
	Digests []WelcomeDigest                    // those that welcome; none: there is no mail
	Limits  func(address string) RequestLimits // it counts as mail to a stranger does; where one is used up there is none
}

// WelcomeDigest is a digest that begins for a contact.
type WelcomeDigest struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Next  time.Time `json:"next,omitzero"` // when it is due next, as far as known
}

// of keeps the digests that begin.
func (w Welcome) of(begun []string) Welcome {
	w.Digests = slices.DeleteFunc(slices.Clone(w.Digests), func(d WelcomeDigest) bool { return !slices.Contains(begun, d.ID) })
	return w
}

// welcome queues the mail of a sign-up: once, under the sign-up's nonce.
func (db *DB) welcome(ctx context.Context, tx *sql.Tx, s *SignUp, contactKey string, w Welcome) error {
	if len(w.Digests) == 0 {
		return nil
	}
	c, limits, now := &s.Contact, w.Limits(s.Contact.Email), db.now()
	free, err := takeAll(ctx, tx, limits.Ignore, now)
	if err != nil || !free {
		return err
	}
	at, err := firstFree(ctx, tx, limits.Delay, now)
	if errors.Is(err, ErrRequestLimit) {
		return nil
	}
	if err != nil {
		return err
	}
	return db.addNotice(ctx, tx, Notice{Kind: NoticeWelcome, Nonce: s.Nonce, Address: c.Email, Language: c.Language, NotBefore: at,
		About: NoticeAbout{ContactKey: contactKey, Welcome: w.Digests}})
}
