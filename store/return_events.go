package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// ReturnEvents is the inbox of what providers report by HTTP: pages put events into it,
// and publish/returns acts on them. Add stores events for good, Waiting gives the oldest
// that nobody acted on yet, Done ends them, Prune forgets them.
type ReturnEvents struct{ db *DB }

// ReturnEvents gives the view of the events.
func (db *DB) ReturnEvents() ReturnEvents { return ReturnEvents{db} }

// ReturnEvent is one event.
type ReturnEvent struct {
	N        int64
	Nonce    string // a hash of what may come once, with one event
	ID       string // a hash of the event, the same for each copy of it
	At       time.Time
	Provider string
	Content  []byte
}

// ErrReplayed means that an event came with the nonce of another one.
var ErrReplayed = errors.New("another event has come with this signature")

// eventBatch is how many requests are stored, or events forgotten, in one transaction.
const eventBatch = 500

// eventQueue gathers requests that come at the same time, so that one flush to disk serves
// them all: the request that has the turn stores what waits.
type eventQueue struct {
	turn chan struct{} // holds one while a transaction runs

	mu      sync.Mutex
	waiting []*eventRequest
}

type eventRequest struct {
	events []ReturnEvent
	err    error
	stored chan struct{} // closed once err is known
}

// Add stores the events of one request; they are on disk when it returns. An event that
// came before is no error and changes nothing; ErrReplayed where its nonce came with
// another event: then none of them is stored.
func (v ReturnEvents) Add(ctx context.Context, events []ReturnEvent) error {
	if len(events) == 0 {
		return nil
	}
	q := &v.db.events
	r := &eventRequest{events: events, stored: make(chan struct{})}
	q.mu.Lock()
	if q.turn == nil {
		q.turn = make(chan struct{}, 1)
	}
	q.waiting = append(q.waiting, r)
	q.mu.Unlock()
	for {
		select {
		case <-r.stored:
			return r.err
		case q.turn <- struct{}{}:
			// Others wait for these too: their transaction does not end with this request.
			v.storeWaiting(context.WithoutCancel(ctx))
			<-q.turn
		}
	}
}

// storeWaiting stores the requests that wait, the first ones first.
func (v ReturnEvents) storeWaiting(ctx context.Context) {
	q := &v.db.events
	q.mu.Lock()
	batch := q.waiting[:min(len(q.waiting), eventBatch)]
	q.waiting = q.waiting[len(batch):]
	q.mu.Unlock()
	if len(batch) == 0 {
		return
	}
	err := v.db.write(ctx, "store what a provider reports", func(tx *sql.Tx) error {
		for _, r := range batch {
			if r.err = insertEvents(ctx, tx, r.events); r.err != nil && !errors.Is(r.err, ErrReplayed) {
				return r.err
			}
		}
		return nil
	})
	for _, r := range batch {
		if err != nil {
			r.err = err
		}
		close(r.stored)
	}
}

// insertEvents stores the events of a request, all or none.
func insertEvents(ctx context.Context, tx *sql.Tx, events []ReturnEvent) error {
	for _, e := range events {
		id, err := get[string](ctx, tx, `SELECT event_id FROM return_events WHERE nonce = $1`, e.Nonce)
		if err == nil && id != e.ID {
			return ErrReplayed
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	for _, e := range events {
		_, err := tx.ExecContext(ctx, `INSERT INTO return_events (nonce, event_id, at, provider, content) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (nonce) DO NOTHING`, e.Nonce, e.ID, millis(e.At), e.Provider, e.Content)
		if err != nil {
			return err
		}
	}
	return nil
}

// Waiting gives the oldest events that nobody acted on yet, up to limit.
func (v ReturnEvents) Waiting(ctx context.Context, limit int) ([]ReturnEvent, error) {
	list, err := collectFields(ctx, v.db.reader, func(e *ReturnEvent) []any {
		return []any{&e.N, &e.Nonce, &e.ID, asTime(&e.At), &e.Provider, &e.Content}
	}, `SELECT n, nonce, event_id, at, provider, content FROM return_events WHERE done = 0 ORDER BY n LIMIT $1`, limit)
	return list, wrap(explain(err), "look for what providers reported")
}

// Done says that events were acted on.
func (v ReturnEvents) Done(ctx context.Context, events []ReturnEvent) error {
	if len(events) == 0 {
		return nil
	}
	var args params
	var numbers []int64
	for _, e := range events {
		numbers = append(numbers, e.N)
	}
	query := `UPDATE return_events SET done = 1, content = ` + args.add([]byte{}) + ` WHERE n IN ` + inList(&args, numbers)
	return v.db.execute(ctx, "end what a provider reported", query, args...)
}

// Prune forgets the events from before a time that were acted on.
func (v ReturnEvents) Prune(ctx context.Context, before time.Time) (int64, error) {
	return v.db.pruneBatches(ctx, "forget what providers reported", eventBatch, `DELETE FROM return_events
		WHERE n IN (SELECT n FROM return_events WHERE at < $2 AND done = 1 ORDER BY n LIMIT $1)`, millis(before))
}
