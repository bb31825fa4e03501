package store

import (
	"context"
	"database/sql"
	"time"

	"bantin"
)

// Page gives editions, the newest first, with a smaller row than before (0: from the
// newest), at most limit.
func (v Editions) Page(ctx context.Context, digest string, before int64, limit int) ([]bantin.Edition, error) {
	return v.db.editions(ctx, `($1 = '' OR e.digest = $1) AND ($2 = 0 OR e.n < $2) ORDER BY e.n DESC LIMIT $3`, digest, before, limit)
}

// Moment is how many messages of an edition were sent, or came back, within a second.
type Moment struct {
	At time.Time
	N  int64
}

// timelineChunks is how many chunks a timeline looks at: of an edition of millions each
// so-manieth, which takes some milliseconds and gives the same curve.
const timelineChunks = 64

// Timeline gives when the messages of an edition were sent and when some came back, the
// oldest first. Of a large edition it looks at a part: what it says was sent is to be
// scaled to what the counts say.
func (v Editions) Timeline(ctx context.Context, edition int64) (sent, returned []Moment, err error) {
	read := func(list *[]Moment) func(*sql.Rows) error {
		return func(rows *sql.Rows) error {
			var second int64
			var m Moment
			err := rows.Scan(&second, &m.N)
			m.At = time.Unix(second, 0).UTC()
			*list = append(*list, m)
			return err
		}
	}
	err = each(ctx, v.db.reader, read(&sent), `SELECT d.updated_at / 1000, COUNT(*) FROM chunks k
		JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi
		WHERE k.edition = $1 AND k.chunk % (SELECT COUNT(*) / $2 + 1 FROM chunks WHERE edition = $1) = 0 AND d.status = 'sent'
		GROUP BY 1 ORDER BY 1`, edition, timelineChunks)
	if err == nil {
		err = each(ctx, v.db.reader, read(&returned), `SELECT at / 1000, COUNT(*) FROM returns
			WHERE edition = $1 AND kind IN ('hard', 'soft') AND proof <> $2 AND done <> $3 GROUP BY 1 ORDER BY 1`, edition, ProofReply, DoneNothing)
	}
	return sent, returned, wrap(err, "read when messages were sent")
}

// Refused is a delivery that a server refused for good, or whose message came back.
type Refused struct {
	Address string
	Reply   string // of the server; of a message that came back ""
	Reason  string // why it came back; of a refusal ""
}

// refusedChunks is how many chunks with refusals are looked at.
const refusedChunks = 128

// VisitRefused yields the deliveries of an edition that failed or came back; of an
// edition to many hundred thousands a part.
func (v Deliveries) VisitRefused(ctx context.Context, edition int64, yield func(Refused)) error {
	read := func(rows *sql.Rows) error {
		var r Refused
		err := rows.Scan(&r.Address, &r.Reply, &r.Reason)
		yield(r)
		return err
	}
	err := each(ctx, v.db.reader, read, `SELECT d.address, d.reply, '' FROM (SELECT edition, lo, hi FROM chunks
			WHERE edition = $1 AND (failed > 0 OR done = 0 AND counted <> fence) ORDER BY chunk LIMIT $2) k
		JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi WHERE d.edition = $1 AND d.status = 'failed'`, edition, refusedChunks)
	if err == nil {
		err = each(ctx, v.db.reader, read, `SELECT address, '', reason FROM returns
			WHERE edition = $1 AND kind IN ('hard', 'soft') AND proof <> $2 AND done <> $3 ORDER BY n LIMIT 5000`, edition, ProofReply, DoneNothing)
	}
	return wrap(err, "read what was refused")
}

// ListedDelivery is a delivery in a list.
type ListedDelivery struct {
	bantin.Delivery
	Row        int64 // where the list goes on after
	HasMessage bool  // what was handed to a server is kept, or was
}

// Page gives deliveries of an edition in the order of the ledger, of one status or, where
// that is "", all, after a row (0: from the first), at most limit. Chunks without any are
// not looked at.
func (v Deliveries) Page(ctx context.Context, e *bantin.Edition, status bantin.DeliveryStatus, after int64, limit int) (list []ListedDelivery, err error) {
	list, err = collect(ctx, v.db.reader, func(row scanner) (d ListedDelivery, err error) {
		d = ListedDelivery{Delivery: bantin.Delivery{Edition: e.ID}}
		err = row.Scan(&d.Row, &d.Contact, &d.Status, &d.Attempts, &d.Reply, &d.HasMessage)
		return d, err
	}, `SELECT d.contact, d.address, d.status, d.attempts, d.reply, d.segment <> 0 FROM chunks k
		JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi
		WHERE k.edition = $1 AND d.edition = $1 AND k.hi > $2 AND d.contact > $2 AND ($3 = '' OR d.status = $3)
			AND (done = 0 OR CASE $3 WHEN 'failed' THEN k.failed WHEN 'skipped' THEN k.skipped WHEN 'deferred' THEN k.deferred WHEN 'queued' THEN 0 ELSE 1 END > 0)
		ORDER BY k.chunk, d.contact LIMIT $4`, e.Row, after, status, limit)
	return list, wrap(err, "list deliveries of %s", e.ID)
}
