package delivery

import (
	"context"
	"log/slog"

	"bantin/mailer"
	"bantin/schedule"
	"bantin/store"
)

// archivedMessage is a composed message, and what it is kept as.
type archivedMessage struct {
	message *mailer.ComposedMessage
	kept    keptAs
}

// keptAs is how a message is kept, see store.DeliveryResult.
type keptAs struct {
	segment  int
	personal *store.PersonalMessage // stored with the result
}

// segmentArchive keeps what the messages of an edition say. A segment's message is on disk
// before it is sent; a message that is made for one contact goes with its result.
type segmentArchive struct {
	*store.SegmentArchive
	log     *slog.Logger
	tokens  *mailer.Tokens
	edition string
	digest  string
}

// store stores a segment's message. A database that does not take it would not take the
// results either: sending waits.
func (a *segmentArchive) store(ctx context.Context, m *mailer.ComposedMessage) (archivedMessage, error) {
	content := m.AppendStored(nil, a.digest, a.tokens)
	number, err := a.Store(ctx, content)
	for ; err != nil; number, err = a.Store(ctx, content) {
		if ctx.Err() != nil {
			return archivedMessage{}, ctx.Err()
		}
		a.log.Error("message of a segment cannot be stored; sending waits", "edition", a.edition, "error", err)
		if err := schedule.Sleep(ctx, storeRetryInterval); err != nil {
			return archivedMessage{}, err
		}
	}
	return archivedMessage{m, keptAs{segment: number}}, nil
}

// own prepares the message of one contact to be stored. nobody makes it as nobody gets it.
func (a *segmentArchive) own(ctx context.Context, m *mailer.ComposedMessage, nobody func() (*mailer.ComposedMessage, error)) (archivedMessage, error) {
	personal, err := a.Compress(ctx, m.AppendStored(nil, a.digest, a.tokens), func() ([]byte, error) {
		base, err := nobody()
		if err != nil {
			return nil, err
		}
		return base.AppendStored(nil, a.digest, a.tokens), nil
	})
	return archivedMessage{m, keptAs{store.OwnMessage, personal}}, err
}
