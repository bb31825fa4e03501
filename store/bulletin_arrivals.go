package store

import (
	"context"
	"database/sql"
	"fmt"

	"bantin"
)

// Arrival is what a source brought: an item and the bulletin that is in it.
type Arrival struct {
	Source    string
	Aliases   []string // earlier ids of the source
	Item      string
	Version   string
	Digest    string // of the raw item
	Identity  string // what the bulletin is known by: "url:…" or "file:…"
	Before    string // the key that earlier versions of the program gave it; "": the same
	Bulletin  *bantin.Bulletin
	Tags      []string
	Moved     bool     // an item of the source is gone, and this may be that under a new name
	Completes []string // items of the source that this one is the rest of, where it is not known itself
	History   bool     // news to nobody: no seq, now or later
	// Similarity is a few hashes of what it says, by which the same story of
	// another source is found; nil where there is no other source.
	Similarity []int64

	Problem    *bantin.Problem // what is missing of it; nil: nothing
	HadProblem bool            // one is stored of the item
}

// Outcome is what became of an arrival.
type Outcome struct {
	ID   string
	Kind OutcomeKind
	// Replaced is the bulletin that the same item held before, where the new
	// text has so little in common with it that it is another bulletin.
	Replaced string
	// DuplicateReason is why it is held for a person, where it may be a duplicate
	// of what another source published.
	DuplicateReason bantin.Note
}

// OutcomeKind tells the outcomes apart.
type OutcomeKind string

// What can become of an arrival.
const (
	Added     OutcomeKind = "added"
	Revised   OutcomeKind = "revised"
	Unchanged OutcomeKind = "unchanged"
	Withdrawn OutcomeKind = "withdrawn"
	Restored  OutcomeKind = "restored"
	Merged    OutcomeKind = "joined" // into what another source published: ID is that bulletin
)

// ArrivalPolicy are the decisions about bulletins that Bulletins.Store leaves to its caller.
type ArrivalPolicy struct {
	// SameStory says whether a new text under the same path is a revision of
	// the old one; else it is another bulletin.
	SameStory func(before, after *bantin.Bulletin) bool
	// RevisionNote is a warning that a revision gets; "" for none. It may be nil.
	RevisionNote func(before, after *bantin.Bulletin) bantin.Note
	// FeedID makes the permanent id of feed entries from an identity.
	FeedID func(identity string) string
	// Compare says how alike a stored bulletin and one of another source are, and
	// DuplicateReason why the second is held where it is a PossibleDuplicate. Both
	// may be nil: then bulletins are not compared.
	Compare         func(before, after *bantin.Bulletin) Similarity
	DuplicateReason func(id string) bantin.Note
	// Claim says how good a source's claim is on the bulletin of an address, "" where it
	// has none: only the source with the best claim revises it. Nil: all are equal.
	Claim func(source, address string) int
	// SameText says whether two sources that name one address say the same there. Nil:
	// they do.
	SameText func(before, after *bantin.Bulletin) bool
	// Tags gives the tags of a bulletin that a person corrected; the others
	// have those of their arrival. It may be nil in tests.
	Tags Tagger
}

// Store stores a small batch of arrivals in one transaction: all or none.
func (v Bulletins) Store(ctx context.Context, batch []Arrival, rules ArrivalPolicy) ([]Outcome, error) {
	var outcomes []Outcome
	err := v.db.write(ctx, "store bulletins", func(tx *sql.Tx) error {
		// A batch is short and is not broken off: statements that can be cost more.
		ctx := context.WithoutCancel(ctx)
		outcomes = make([]Outcome, 0, len(batch))
		return v.db.inBulletinTx(ctx, tx, func(in *bulletinTx) error {
			in.rules = rules
			for i := range batch {
				o, err := in.storeArrival(ctx, &batch[i])
				if err != nil {
					return fmt.Errorf("%q of source %s: %w", batch[i].Item, batch[i].Source, err)
				}
				outcomes = append(outcomes, o)
			}
			return in.joinAwaited(ctx)
		})
	})
	if err != nil {
		return nil, err // nothing was stored, however far the batch came
	}
	return outcomes, nil
}

func (in *bulletinTx) storeArrival(ctx context.Context, a *Arrival) (Outcome, error) {
	m, err := in.match(ctx, a)
	if err != nil {
		return Outcome{}, err
	}
	k, o := m.known, Outcome{}
	switch {
	case k == nil:
		o, k, err = in.insertOrMerge(ctx, a, m.rival)
	case m.isCopy && in.isOwner(a, k):
		o, err = in.joinCopy(ctx, a, k)
	case in.isOwner(a, k):
		o, err = in.revise(ctx, a, k)
	default:
		o, err = in.joinOther(ctx, a, k)
	}
	if err != nil {
		return Outcome{}, err
	}
	o.Replaced = m.replaced
	if err := in.noteProblem(ctx, a); err != nil {
		return Outcome{}, err
	}
	return o, in.exec(ctx, `INSERT INTO items (source, item, version, digest, bulletin, gone)
		VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (source, item) DO UPDATE SET version = excluded.version, digest = excluded.digest,
			bulletin = excluded.bulletin, gone = 0`, a.Source, a.Item, a.Version, a.Digest, k.n)
}
