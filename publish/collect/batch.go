package collect

import (
	"context"
	"time"

	"bantin"
	"bantin/source"
	"bantin/store"
)

// batchWriter stores arrivals in batches, one while the next is being read.
type batchWriter struct {
	collector *Collector
	reading   *Reading
	done      *Collected
	batch     []store.Arrival
	since     time.Time   // when the batch was begun
	storing   chan stored // nil: nothing is being stored
	failed    bool        // a batch could not be stored

	problems []*bantin.Problem // items that gave no bulletin, to be stored
	found    map[string]bool   // all of them of this read
	over     []string          // items of which that is over
	versions map[string]string // of items that brought nothing else, to be stored
}

// stored is a batch and what became of it.
type stored struct {
	batch    []store.Arrival
	outcomes []store.Outcome
	err      error
}

// maxBatchWait bounds how long a bulletin of a slow source waits to be stored.
const maxBatchWait = time.Second

func (k *batchWriter) add(ctx context.Context, a store.Arrival) error {
	if len(k.batch) == 0 {
		k.since = time.Now()
	}
	if k.batch = append(k.batch, a); len(k.batch) < maxBatch && time.Since(k.since) < maxBatchWait {
		return nil
	}
	return k.storeBatch(ctx)
}

// saveVersion keeps what a source wants to know next time, once all before it is
// stored.
func (k *batchWriter) saveVersion(ctx context.Context, item *source.Item) error {
	if item.Seen && k.reading.Listed {
		return k.remember(ctx, item)
	}
	if err := k.flush(ctx); err != nil {
		return err
	}
	var versions map[string]string
	if item.Seen {
		versions = map[string]string{item.ID: item.Version}
		k.reading.see(item.ID, item.Version)
		k.mended(item.ID)
	}
	return k.collector.DB.Sources().SaveItemVersions(ctx, k.done.Source, versions, item.Notes)
}

// withdraw withdraws what a site no longer shows.
func (k *batchWriter) withdraw(ctx context.Context, item string) error {
	if err := k.flush(ctx); err != nil {
		return err
	}
	id, err := k.collector.DB.Sources().WithdrawVanished(ctx, k.done.Source, item)
	if err != nil {
		return err
	}
	delete(k.reading.seen, item)
	delete(k.reading.problems, item)
	if id != "" {
		k.done.Withdrawn = append(k.done.Withdrawn, id)
	}
	return nil
}

// storeBatch waits for the batch that is being stored and begins with the one that
// was gathered meanwhile.
func (k *batchWriter) storeBatch(ctx context.Context) error {
	if err := k.wait(); err != nil || len(k.batch) == 0 {
		return err
	}
	batch, storing := k.batch, make(chan stored, 1)
	k.batch, k.storing = nil, storing
	go func() {
		outcomes, err := k.collector.DB.Bulletins().Store(ctx, batch, k.collector.rules())
		storing <- stored{batch, outcomes, err}
	}()
	return nil
}

func (c *Collector) rules() store.ArrivalPolicy {
	return store.ArrivalPolicy{SameStory: c.sameStory, FeedID: source.FeedID, Tags: c.Atlas.Tags,
		Compare: compareStories, DuplicateReason: duplicateReason, Claim: c.claim, SameText: sameText, RevisionNote: c.revisionNote}
}

// Renew makes what a bulletin says now a new bulletin, and history news.
func (c *Collector) Renew(ctx context.Context, id string) (bantin.Bulletin, error) {
	return c.DB.Bulletins().Renew(ctx, id, c.rules())
}

func (k *batchWriter) flush(ctx context.Context) error {
	if err := k.storeBatch(ctx); err != nil {
		return err
	}
	return k.wait()
}

// flushAll stores all that was read.
func (k *batchWriter) flushAll(ctx context.Context) error {
	if err := k.flush(ctx); err != nil {
		return err
	}
	return k.storeProblems(ctx)
}

// end stores what was read before the source could not be read any further, or the
// process was told to stop.
func (k *batchWriter) end(ctx context.Context) error {
	if len(k.batch)+len(k.problems)+len(k.over)+len(k.versions) == 0 || k.failed {
		return k.wait()
	}
	const enough = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), enough)
	defer cancel()
	return k.flushAll(ctx)
}

// wait notes what became of the batch that is being stored.
func (k *batchWriter) wait() error {
	if k.storing == nil {
		return nil
	}
	s := <-k.storing
	k.storing = nil
	k.failed = k.failed || s.err != nil
	for i, o := range s.outcomes {
		k.reading.see(s.batch[i].Item, s.batch[i].Version)
		if delete(k.reading.problems, s.batch[i].Item); s.batch[i].Problem != nil {
			k.reading.problems[s.batch[i].Item] = bantin.ProblemPart
		}
		k.done.record(o, &s.batch[i])
	}
	return s.err
}
