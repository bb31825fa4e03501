package store

import (
	"context"
	"errors"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// SegmentArchive stores the messages of one edition. It remembers what is stored, so that
// the same message composed again costs no look at the database. It is safe for use by
// several goroutines; any number of processes may store messages of the same edition.
type SegmentArchive struct {
	db      *DB
	edition int64

	mu      sync.Mutex
	encoder *zstd.Encoder // with the dictionary; nil before there is one
	numbers map[int64]int // by hash
}

// Archive gives the archive of an edition.
func (v Segments) Archive(edition int64) *SegmentArchive {
	return &SegmentArchive{db: v.db, edition: edition, numbers: map[int64]int{}}
}

// Store stores a segment's message, which has nothing of any recipient, and gives the
// segment's number. It is durable then.
func (a *SegmentArchive) Store(ctx context.Context, message []byte) (number int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	hash := segmentHash(message)
	if number := a.numbers[hash]; number > 0 {
		return number, nil
	}
	if a.encoder == nil {
		if err := a.begin(ctx, hash, message); err != nil || a.numbers[hash] > 0 {
			return a.numbers[hash], err
		}
	}
	content := a.encoder.EncodeAll(message, nil)
	for stored := false; number == 0 && err == nil; { // nearly always it is new
		if number, stored, err = a.db.insertSegment(ctx, a.edition, 0, hash, content); err == nil && !stored {
			number, err = a.db.segmentWithHash(ctx, a.edition, hash)
		}
	}
	if err != nil {
		return 0, err
	}
	a.numbers[hash] = number
	return number, nil
}

// begin makes the edition's first message the dictionary of all others, unless another
// process has stored one.
func (a *SegmentArchive) begin(ctx context.Context, hash int64, first []byte) error {
	base, err := a.db.Segments().base(ctx, a.edition)
	if errors.Is(err, errNoBase) {
		content, compressErr := compressBase(first)
		if compressErr != nil {
			return compressErr
		}
		var stored bool
		if _, stored, err = a.db.insertSegment(ctx, a.edition, baseNumber, hash, content); stored {
			base, a.numbers[hash] = first, baseNumber
		} else if err == nil {
			base, err = a.db.Segments().base(ctx, a.edition)
		}
	}
	if err != nil {
		return err
	}
	a.encoder, err = newSegmentEncoder(base)
	return err
}

// maxPersonal bounds what is kept of a message that was made for one contact: such a
// message is usually a few hundred bytes, since all but a greeting is in the dictionary.
const maxPersonal = 4 << 10

// PersonalMessage is a message that was made for one contact, as it is kept.
type PersonalMessage struct {
	hash    int64
	content []byte
}

// Compress prepares the message of one contact for a DeliveryResult. nobody makes the
// same message as nobody gets it: where the edition has no message yet, that is what
// others are compressed by, since nothing of a contact may be in the dictionary. It gives
// nil where the message is too long to be kept.
func (a *SegmentArchive) Compress(ctx context.Context, message []byte, nobody func() ([]byte, error)) (*PersonalMessage, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.encoder == nil {
		base, err := nobody()
		if err != nil {
			return nil, nil // the template cannot do without a contact
		}
		if err := a.begin(ctx, segmentHash(base), base); err != nil {
			return nil, err
		}
	}
	content := a.encoder.EncodeAll(message, nil)
	if len(content) > maxPersonal {
		return nil, nil
	}
	return &PersonalMessage{segmentHash(message), content}, nil
}
