package delivery

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// errNothingToRead says that an edition has nothing of the places that a contact
// chose to read about. They are spared a mail without news.
var errNothingToRead = errors.New("nothing from the places they read")

// messageCache composes the message of each segment of one edition once, and keeps
// it.
type messageCache struct {
	composer *Composer
	db       *store.DB
	archive  *segmentArchive
	edition  *bantin.Edition
	zone     *time.Location
	now      func() time.Time

	mu        sync.Mutex
	bulletins []bantin.Bulletin
	composed  map[Segment]composeOnce
	version   int // of the bulletins: what was made of an earlier one says too much
}

// composeOnce gives a segment's message. The first call composes and stores it, and only
// those of the same segment wait. Its message is nil where the templates speak of the
// contact, so that each contact has a message of their own.
type composeOnce func() (archivedMessage, error)

// segmentError says that the message of a segment, or of one contact in it,
// cannot be made. All who ask until it is tried again get the same one.
type segmentError struct {
	Segment
	err      error
	reported sync.Once
}

func (e *segmentError) Error() string { return e.err.Error() }
func (e *segmentError) Unwrap() error { return e.err }

// maxCachedMessages bounds the memory of an edition: some 60 KB each. Beyond that
// all are forgotten, which costs half a millisecond a segment.
const maxCachedMessages = 256

// load reads the edition's bulletins again: some may have been withdrawn.
func (c *messageCache) load(ctx context.Context) error {
	bulletins, err := c.db.Editions().Bulletins(ctx, c.edition.Row)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.composed != nil && reflect.DeepEqual(bulletins, c.bulletins) {
		return nil // others changed, or came: a backfill brings some every moment
	}
	c.bulletins, c.composed = bulletins, map[Segment]composeOnce{}
	c.version++
	return nil
}

// currentVersion gives the version of the bulletins that messages are made of from
// now on.
func (c *messageCache) currentVersion() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.version
}

// message gives the composed message for a recipient, and what it is stored as.
func (c *messageCache) message(ctx context.Context, r *store.Recipient) (archivedMessage, error) {
	shared, err := c.segment(ctx, r)()
	if shared.message != nil || err != nil {
		return shared, err
	}
	c.mu.Lock()
	bulletins := c.bulletins
	c.mu.Unlock()
	own, _, err := c.compose(r, bulletins)
	if err != nil {
		return archivedMessage{}, err
	}
	return c.archive.own(ctx, own, func() (*mailer.ComposedMessage, error) {
		nobody := *r
		nobody.Name, nobody.Address = "", ""
		message, _, err := c.compose(&nobody, bulletins)
		return message, err
	})
}

func (c *messageCache) segment(ctx context.Context, r *store.Recipient) composeOnce {
	s := segmentOf(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	if compose, ok := c.composed[s]; ok {
		return compose
	}
	if len(c.composed) >= maxCachedMessages {
		clear(c.composed)
	}
	bulletins := c.bulletins
	compose := sync.OnceValues(func() (archivedMessage, error) {
		message, personal, err := c.compose(r, bulletins)
		if personal || err != nil {
			return archivedMessage{}, err
		}
		return c.archive.store(ctx, message)
	})
	c.composed[s] = compose
	return compose
}

func (c *messageCache) compose(r *store.Recipient, bulletins []bantin.Bulletin) (message *mailer.ComposedMessage, personal bool, err error) {
	mail := c.composer.Mail(c.edition, c.zone, bulletins, segmentOf(r)).For(mailer.Recipient{Name: r.Name, Email: r.Address})
	if mail.Count == 0 && len(bulletins) > 0 {
		return nil, false, errNothingToRead
	}
	message, rendered, err := c.composer.Compose(c.edition, mail, c.date())
	if err != nil {
		err = &segmentError{Segment: segmentOf(r), err: err}
	}
	return message, rendered.Personalized, err
}

// dateStep is how long messages bear the same date. It is a few minutes, so that a
// segment that is composed again, by this node or another, is the same message.
const dateStep = 10 * time.Minute

// date is that of messages that are composed now, counted from the due time.
func (c *messageCache) date() time.Time {
	now := c.now()
	since := now.Sub(c.edition.Due)
	return now.Add(-((since%dateStep + dateStep) % dateStep)).In(c.zone)
}

func segmentOf(r *store.Recipient) Segment {
	return Segment{Place: r.Place, Language: r.Language, Why: r.Why, Reads: r.Reads}
}
