package store

import (
	"context"
	"fmt"

	"bantin"
)

// EditionAudit is what an edition's rows say, and where what is stored of it differs.
type EditionAudit struct {
	Edition     string       `json:"edition"`
	Frozen      int64        `json:"frozen"` // recipients
	Sent        int64        `json:"sent"`
	Failed      int64        `json:"failed"`
	Skipped     int64        `json:"skipped"`
	Waiting     int64        `json:"waiting"`
	IsPruned    bool         `json:"pruned,omitempty"` // the rows are gone by age: these are the counters
	Differences []Difference `json:"differences,omitempty"`
}

// Difference is something that is stored in two places and is not the same.
type Difference struct {
	What    DifferenceKind `json:"what"`
	Chunk   int            `json:"chunk,omitempty"`
	Stored  int64          `json:"stored"`
	Counted int64          `json:"counted"`
}

// DifferenceKind says what differs.
type DifferenceKind string

// What may differ. Of those that nothing should have, Stored is 0.
const (
	DiffersRecipients DifferenceKind = "recipients" // the edition's recipients, and its deliveries
	DiffersSent       DifferenceKind = "sent"       // a counter of a chunk at rest, and its rows
	DiffersFailed     DifferenceKind = "failed"
	DiffersSkipped    DifferenceKind = "skipped"
	DiffersDeferred   DifferenceKind = "deferred"
	DiffersUnsettled  DifferenceKind = "unsettled" // unsettled rows of a chunk that is done
	DiffersStatus     DifferenceKind = "status"    // rows with a status that does not exist
	DiffersNoChunk    DifferenceKind = "no_chunk"  // rows outside all chunks, which nobody sends
	DiffersOverlap    DifferenceKind = "overlap"   // contacts that the chunk before has too
	DiffersOpen       DifferenceKind = "open"      // chunks of an edition that is done, and are not
	DiffersSegment    DifferenceKind = "segment"   // rows whose message is said to be stored and is not
)

// chunksPerAudit is how many chunks are read in one statement: some milliseconds.
const chunksPerAudit = 20

// Rows gives the rows of all editions, the oldest first.
func (v Editions) Rows(ctx context.Context) (rows []int64, err error) {
	rows, err = collectColumn[int64](ctx, v.db.reader, `SELECT n FROM editions ORDER BY n`)
	return rows, wrap(err, "list editions")
}

// Audit compares what is stored of an edition with itself. It may run beside senders and
// holds nobody up: each statement reads some chunks at one moment, in which they are true
// by themselves, and between the statements only what does not change is compared.
// Counters of a chunk in work are not looked at; who works on it counts it anew.
func (v Editions) Audit(ctx context.Context, edition int64) (EditionAudit, error) {
	a := &auditor{db: v.db, edition: edition}
	if err := a.begin(ctx); err != nil {
		return a.EditionAudit, err
	}
	for more := true; more; {
		var err error
		if more, err = a.readChunks(ctx); err != nil {
			return a.EditionAudit, fmt.Errorf("audit edition %s: %w", a.Edition, explain(err))
		}
	}
	if err := a.end(ctx); err != nil {
		return a.EditionAudit, fmt.Errorf("audit edition %s: %w", a.Edition, explain(err))
	}
	return a.EditionAudit, nil
}

// auditor reads an edition chunk by chunk.
type auditor struct {
	EditionAudit
	db       *DB
	edition  int64
	isFrozen bool
	last     Chunk       // that was read
	stored   chunkCounts // of all chunks, as is rows
	rows     chunkCounts
	missing  int64 // messages of deliveries
}

func (a *auditor) differ(what DifferenceKind, chunk int, stored, counted int64) {
	if stored != counted {
		a.Differences = append(a.Differences, Difference{what, chunk, stored, counted})
	}
}

func (a *auditor) begin(ctx context.Context) error {
	var digest string
	var number int
	err := a.db.reader.QueryRowContext(ctx, `SELECT digest, number, frozen FROM editions WHERE n = $1`, a.edition).Scan(&digest, &number, &a.isFrozen)
	a.Edition = bantin.EditionID(digest, number)
	return lookedUp(err, "edition", "")
}

// chunkCounts are the counters of a chunk, or what its rows say.
type chunkCounts struct{ sent, failed, skipped, deferred, queued, all int64 }

func (c *chunkCounts) add(o chunkCounts) {
	*c = chunkCounts{c.sent + o.sent, c.failed + o.failed, c.skipped + o.skipped, c.deferred + o.deferred, c.queued + o.queued, c.all + o.all}
}

// chunkAccount is a chunk with its counters, which do not have queued and all, and what
// its rows say.
type chunkAccount struct {
	Chunk
	isDone       bool
	counted      int64 // the fence at which it was
	stored, rows chunkCounts
}

// isAtRest reports whether the counters are to be those of the rows.
func (c *chunkAccount) isAtRest() bool { return c.isDone || c.counted == c.Fence }

// readChunks reads the next chunks; more is false where there were none.
func (a *auditor) readChunks(ctx context.Context) (more bool, err error) {
	list, err := collect(ctx, a.db.reader, func(row scanner) (c chunkAccount, err error) {
		err = row.Scan(&c.Number, &c.lo, &c.hi, &c.isDone, &c.Fence, &c.counted,
			&c.stored.sent, &c.stored.failed, &c.stored.skipped, &c.stored.deferred,
			&c.rows.all, &c.rows.sent, &c.rows.failed, &c.rows.skipped, &c.rows.queued, &c.rows.deferred)
		return c, err
	}, `SELECT k.chunk, k.lo, k.hi, k.done, k.fence, k.counted, k.sent, k.failed, k.skipped, k.deferred, COUNT(d.contact),
			COALESCE(SUM(CASE WHEN d.status = 'sent' THEN 1 END), 0), COALESCE(SUM(CASE WHEN d.status = 'failed' THEN 1 END), 0),
			COALESCE(SUM(CASE WHEN d.status = 'skipped' THEN 1 END), 0), COALESCE(SUM(CASE WHEN d.status = 'queued' THEN 1 END), 0),
			COALESCE(SUM(CASE WHEN d.status = 'deferred' THEN 1 END), 0)
		FROM (SELECT chunk, lo, hi, done, fence, counted, sent, failed, skipped, deferred FROM chunks WHERE edition = $1 AND chunk > $2 ORDER BY chunk LIMIT $3) k
			LEFT JOIN deliveries d ON d.edition = $1 AND d.contact BETWEEN k.lo AND k.hi
		GROUP BY k.chunk, k.lo, k.hi, k.done, k.fence, k.counted, k.sent, k.failed, k.skipped, k.deferred ORDER BY k.chunk`,
		a.edition, a.last.Number, chunksPerAudit)
	if err != nil || len(list) == 0 {
		return false, err
	}
	for i := range list {
		a.compare(&list[i])
	}
	missing, err := a.missingSegments(ctx, list[0].lo, a.last.hi)
	a.missing += missing
	return true, err
}

// compare adds a chunk to the account.
func (a *auditor) compare(c *chunkAccount) {
	a.stored.add(c.stored)
	a.rows.add(c.rows)
	if a.last.Number > 0 {
		a.differ(DiffersOverlap, c.Number, 0, max(0, min(a.last.hi, c.hi)-c.lo+1))
	}
	a.last = c.Chunk
	if c.isAtRest() {
		a.differ(DiffersSent, c.Number, c.stored.sent, c.rows.sent)
		a.differ(DiffersFailed, c.Number, c.stored.failed, c.rows.failed)
		a.differ(DiffersSkipped, c.Number, c.stored.skipped, c.rows.skipped)
		a.differ(DiffersDeferred, c.Number, c.stored.deferred, c.rows.deferred)
		a.differ(DiffersStatus, c.Number, 0, c.rows.all-c.rows.sent-c.rows.failed-c.rows.skipped-c.rows.deferred-c.rows.queued)
	}
	if c.isDone {
		a.differ(DiffersUnsettled, c.Number, 0, c.rows.queued+c.rows.deferred)
	}
}

// missingSegments counts the deliveries to some contacts whose message is not there.
func (a *auditor) missingSegments(ctx context.Context, from, to int64) (n int64, err error) {
	err = a.db.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM deliveries d WHERE d.edition = $1 AND d.contact BETWEEN $2 AND $3 AND d.segment > 0
		AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.edition = $1 AND s.number = d.segment)`, a.edition, from, to).Scan(&n)
	return n, err
}

// end compares what is of the edition as a whole. An edition that was pruned meanwhile
// has its counters alone.
func (a *auditor) end(ctx context.Context) error {
	var rows, open int64
	var isPruned bool
	err := a.db.reader.QueryRowContext(ctx, `SELECT e.recipients, e.pruned, (SELECT COUNT(*) FROM deliveries d WHERE d.edition = $1),
			CASE WHEN e.status = 'done' THEN (SELECT COUNT(*) FROM chunks k WHERE k.edition = $1 AND k.done = 0) ELSE 0 END
		FROM editions e WHERE e.n = $1`, a.edition).Scan(&a.Frozen, &isPruned, &rows, &open)
	if err != nil {
		return err
	}
	if isPruned {
		a.IsPruned, a.Differences = true, nil
		a.Sent, a.Failed, a.Skipped = a.stored.sent, a.stored.failed, a.stored.skipped
		a.differ(DiffersRecipients, 0, a.Frozen, a.Sent+a.Failed+a.Skipped)
		return nil
	}
	a.Sent, a.Failed, a.Skipped, a.Waiting = a.rows.sent, a.rows.failed, a.rows.skipped, a.rows.queued+a.rows.deferred
	a.differ(DiffersSegment, 0, 0, a.missing)
	a.differ(DiffersOpen, 0, 0, open)
	if a.isFrozen {
		a.differ(DiffersRecipients, 0, a.Frozen, rows)
		a.differ(DiffersNoChunk, 0, 0, max(0, rows-a.rows.all))
	}
	return nil
}
