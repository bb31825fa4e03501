package delivery

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"bantin/store"
)

// committer stores the results of all connections, many in one transaction:
// one flush to disk serves all that wait for it.
type committer struct {
	db    *store.DB
	log   *slog.Logger
	lines func() int // connections that may work
	queue chan pending
	began time.Time // the last flush
}

type pending struct {
	result store.DeliveryResult
	done   chan<- verdict
}

// verdict tells a connection what became of its result.
type verdict struct {
	taken bool  // false: the chunk is another's now, stop working on it
	err   error // it could not be stored
}

// mostAtOnce bounds a transaction.
const mostAtOnce = 128

// A flush costs the processor as much as handing over two messages. Where there
// are many connections a quarter of them must wait for it, or a breath have gone
// by since the last one began: those that wait meanwhile leave the mail server
// more than enough to do. Few connections never wait, and where results come
// more slowly than that hardly anybody does.
const (
	company = 4 // one in so many
	alone   = 2 // so many find each other without waiting: see gather
	breath  = time.Millisecond
)

func newCommitter(db *store.DB, log *slog.Logger, lines func() int) *committer {
	return &committer{db: db, log: log, lines: lines, queue: make(chan pending)}
}

// settle waits until the result is durable. done is the caller's own channel
// with room for one, made once for each connection.
func (c *committer) settle(r store.DeliveryResult, done chan verdict) verdict {
	c.queue <- pending{r, done}
	return <-done
}

// run serves settle until the queue is closed. ctx ends the patience with a
// database that cannot be written, not the writing.
func (c *committer) run(ctx context.Context) {
	for first := range c.queue {
		batch := c.gather(c.accompany(first))
		c.began = time.Now()
		results := make([]store.DeliveryResult, len(batch))
		for i, p := range batch {
			results[i] = p.result
		}
		taken, err := c.store(ctx, results)
		for i, p := range batch {
			p.done <- verdict{taken: err == nil && taken[i], err: err}
		}
	}
}

// accompany waits for as many results as a flush is worth, and not for long.
func (c *committer) accompany(first pending) []pending {
	batch := []pending{first}
	enough, wait := c.lines()/company, breath-time.Since(c.began)
	if enough <= alone || wait <= 0 {
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

// gather adds what waits already. Yielding a few times lets connections that
// just got their reply come along: measured, it halves the flushes.
func (c *committer) gather(batch []pending) []pending {
	for yields := 0; yields < 8 && len(batch) < mostAtOnce; yields++ {
		runtime.Gosched()
		for more := true; more && len(batch) < mostAtOnce; {
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

// store does not give up while there is hope: a message that was sent and is
// not noted would be sent again. A full disk or a locked database is waited
// out, with every connection standing still meanwhile.
func (c *committer) store(ctx context.Context, results []store.DeliveryResult) ([]bool, error) {
	const patience = 5 // attempts once the process is asked to stop
	for attempt, stopping := 1, 0; ; attempt++ {
		taken, err := c.db.Deliveries().StoreResults(context.WithoutCancel(ctx), results)
		if err == nil {
			return taken, nil
		}
		if attempt == 1 || attempt%60 == 0 {
			c.log.Error("results of deliveries cannot be stored; sending waits", "error", err, "results", len(results))
		}
		wait := ctx.Done()
		if ctx.Err() != nil {
			if stopping++; stopping == patience {
				return nil, err
			}
			wait = nil
		}
		select {
		case <-wait:
		case <-time.After(time.Second):
		}
	}
}
