package delivery

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"bantin/store"
)

// committer stores the results of all connections, many in one transaction: one
// flush to disk serves all that wait for it.
type committer struct {
	db          *store.DB
	log         *slog.Logger
	journal     *store.SentJournal
	connections func() int  // that may work
	isStopping  func() bool // nobody wants more to be sent
	queue       chan pendingResult
	lastFlush   time.Time // when it began
	unwritten   bool      // the journal cannot be written: it is said once
}

type pendingResult struct {
	result store.DeliveryResult
	sent   store.Sent // for the journal, where it was handed over
	done   chan<- commitResult
}

// commitResult tells a connection what became of its result.
type commitResult struct {
	stored bool  // false: another node owns the chunk now, stop working on it
	err    error // it could not be stored
}

// storeRetryInterval is how often results are offered again that cannot be stored.
const storeRetryInterval = time.Second

// maxBatch bounds a transaction.
const maxBatch = 128

// A flush costs the processor as much as handing over two messages. Where there
// are many connections, a flush waits until one in batchFraction of them has a
// result, or until flushInterval has passed since the last one began. The
// connections that wait meanwhile leave the mail server more than enough to do.
// Where so few results as minBatch are enough, none waits: drain finds them. Where
// results come more slowly than flushInterval, hardly any waits either.
const (
	batchFraction = 4
	minBatch      = 2
	flushInterval = time.Millisecond
)

func newCommitter(db *store.DB, log *slog.Logger, journal *store.SentJournal, connections func() int, isStopping func() bool) *committer {
	return &committer{db: db, log: log, journal: journal, connections: connections, isStopping: isStopping, queue: make(chan pendingResult)}
}

// commit waits until the result is durable. done is the caller's own channel with
// room for one, made once for each connection.
func (c *committer) commit(r store.DeliveryResult, sent store.Sent, done chan commitResult) commitResult {
	c.queue <- pendingResult{r, sent, done}
	return <-done
}

// run serves commit until the queue is closed.
func (c *committer) run() {
	defer c.closeJournal()
	for first := range c.queue {
		batch := c.drain(c.waitForBatch(first))
		c.lastFlush = time.Now()
		results := make([]store.DeliveryResult, len(batch))
		for i, p := range batch {
			results[i] = p.result
		}
		c.writeJournal(batch)
		stored, err := c.store(results)
		for i, p := range batch {
			p.done <- commitResult{stored: err == nil && stored[i], err: err}
		}
	}
}

// waitForBatch waits for as many results as a flush is worth, but not for long.
func (c *committer) waitForBatch(first pendingResult) []pendingResult {
	batch := []pendingResult{first}
	enough, wait := c.connections()/batchFraction, flushInterval-time.Since(c.lastFlush)
	if enough <= minBatch || wait <= 0 {
		return batch
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for len(batch) < enough {
		select {
		case p, ok := <-c.queue:
			if !ok {
				return batch
			}
			batch = append(batch, p)
		case <-timer.C:
			return batch
		}
	}
	return batch
}

// drain adds the results that are pending. It yields a few times to connections
// that have just got their reply: measured, this halves the flushes.
func (c *committer) drain(batch []pendingResult) []pendingResult {
	for yields := 0; yields < 8 && len(batch) < maxBatch; yields++ {
		runtime.Gosched()
		for more := true; more && len(batch) < maxBatch; {
			select {
			case p, ok := <-c.queue:
				if !ok {
					return batch
				}
				batch = append(batch, p)
			default:
				more = false
			}
		}
	}
	return batch
}

// writeJournal notes who got their message before the ledger does: one that the ledger
// alone knows would be doubtful after a restore. Sending does not wait for a journal that
// cannot be written: the ledger is the truth.
func (c *committer) writeJournal(batch []pendingResult) {
	if c.journal == nil {
		return
	}
	sent := make([]store.Sent, 0, len(batch))
	for _, p := range batch {
		if p.sent.Edition != nil {
			sent = append(sent, p.sent)
		}
	}
	err := c.journal.Add(context.Background(), sent)
	if err != nil && !c.unwritten {
		c.log.Error("deliveries cannot be written to the journal; sending goes on", "error", err)
	}
	c.unwritten = err != nil
}

func (c *committer) closeJournal() {
	if err := c.journal.Close(); err != nil {
		c.log.Error("deliveries cannot be written to the journal; sending goes on", "error", err)
	}
}

// store retries for as long as it can: a message that was sent and whose result is
// not stored would be sent again. While a disk is full or a database is locked all
// connections stand still. A process that was asked to stop waits less long.
func (c *committer) store(results []store.DeliveryResult) ([]bool, error) {
	const maxAttempts = 5 // once the process is asked to stop
	for attempt, stopping := 1, 0; ; attempt++ {
		stored, err := c.db.Deliveries().StoreResults(context.Background(), results)
		if err == nil {
			return stored, nil
		}
		if attempt == 1 || attempt%60 == 0 {
			c.log.Error("delivery results cannot be stored; sending waits", "error", err, "results", len(results))
		}
		if c.isStopping() {
			if stopping++; stopping == maxAttempts {
				return nil, err
			}
		}
		time.Sleep(storeRetryInterval)
	}
}
