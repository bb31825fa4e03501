package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// editionToTally is an edition that settled and is not counted as it is now.
type editionToTally struct {
	row, version int64
	digest       string
	due          time.Time
	isPruned     bool
}

// tallyEditions counts the editions that settled, the oldest first.
func (v Statistics) tallyEditions(ctx context.Context, zone *time.Location) error {
	list, err := collect(ctx, v.db.reader, func(row scanner) (e editionToTally, err error) {
		var due int64
		err = row.Scan(&e.row, &e.version, &e.digest, &due, &e.isPruned)
		e.due = fromMillis(due).In(zone)
		return e, err
	}, `SELECT e.n, e.done_at, e.digest, e.due, e.pruned FROM editions e LEFT JOIN edition_tallies t ON t.edition = e.n
		WHERE e.status IN ('done', 'cancelled') AND e.done_at IS NOT NULL AND e.frozen = 1 AND (t.edition IS NULL OR t.version <> e.done_at AND e.pruned = 0) ORDER BY e.due, e.n`)
	if err != nil {
		return fmt.Errorf("look for editions that settled: %w", err)
	}
	for i := range list {
		if err := v.tallyEdition(ctx, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// groupCount is how many deliveries of an edition went to a place, or a level, with an
// outcome. It is stored, and its keys are short.
type groupCount struct {
	Part   StatisticsPart `json:"p,omitempty"`
	Name   string         `json:"k,omitempty"`
	Figure Figure         `json:"f"`
	N      int64          `json:"n"`
}

// tallyEdition counts an edition, or adds by how much it is another than when it was
// counted last.
func (v Statistics) tallyEdition(ctx context.Context, e *editionToTally) error {
	read := v.countDeliveries
	if e.isPruned {
		read = v.countChunks
	}
	groups, err := read(ctx, e.row)
	if err != nil {
		return fmt.Errorf("count edition: %w", err)
	}
	text, err := json.Marshal(groups)
	if err != nil {
		return err
	}
	return v.db.write(ctx, "count an edition", func(tx *sql.Tx) error {
		var before []byte
		err := tx.QueryRowContext(ctx, `SELECT counted FROM edition_tallies WHERE edition = $1`, e.row).Scan(&before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		c := statisticsCounts{}
		if before != nil {
			var old []groupCount
			if err := json.Unmarshal(before, &old); err != nil {
				return fmt.Errorf("what was counted of an edition: %w", err)
			}
			c.addEdition(e, old, -1)
		}
		c.addEdition(e, groups, 1)
		if err := c.store(ctx, tx, addCount); err != nil {
			return err
		}
		if wentOut(groups) {
			if err := v.setRecipients(ctx, tx, e, groups); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO edition_tallies (edition, version, counted) VALUES ($1, $2, $3)
			ON CONFLICT (edition) DO UPDATE SET version = excluded.version, counted = excluded.counted`, e.row, e.version, string(text))
		return err
	})
}

// addEdition adds what was counted of an edition, or with -1 takes it away.
func (c statisticsCounts) addEdition(e *editionToTally, groups []groupCount, sign int64) {
	if wentOut(groups) {
		c.addPart(FigureEditions, PartAll, "", e.digest, e.due, sign)
	}
	for _, g := range groups {
		c.addPart(g.Figure, g.Part, g.Name, e.digest, e.due, sign*g.N)
	}
}

// wentOut reports whether a message of an edition was sent or refused; one that was
// cancelled before its first is no edition to its readers.
func wentOut(groups []groupCount) bool {
	return slices.ContainsFunc(groups, func(g groupCount) bool { return g.Figure == FigureSent || g.Figure == FigureRefused })
}

// setRecipients notes to how many an edition went, where no later one of its digest was
// counted in the year.
func (v Statistics) setRecipients(ctx context.Context, tx *sql.Tx, e *editionToTally, groups []groupCount) error {
	nextYear := time.Date(e.due.Year()+1, 1, 1, 0, 0, 0, 0, e.due.Location())
	isPast, err := anyRow(ctx, tx, `SELECT EXISTS (SELECT 1 FROM editions e JOIN edition_tallies t ON t.edition = e.n
		WHERE e.digest = $1 AND e.due > $2 AND e.due < $3)`, e.digest, millis(e.due), millis(nextYear))
	if err != nil || isPast {
		return err
	}
	if err := clearSpans(ctx, tx, FigureRecipients, e.digest, e.due); err != nil {
		return err
	}
	c := statisticsCounts{}
	for _, g := range groups {
		c.addPart(FigureRecipients, g.Part, g.Name, e.digest, e.due, g.N)
	}
	return c.store(ctx, tx, setCount)
}

// outcomeFigure is what a settled delivery counts as; "" for one that waits.
func outcomeFigure(s bantin.DeliveryStatus) Figure {
	return map[bantin.DeliveryStatus]Figure{bantin.DeliverySent: FigureSent, bantin.DeliveryFailed: FigureRefused, bantin.DeliverySkipped: FigureSkipped}[s]
}

// countDeliveries counts the deliveries of an edition by place, which was frozen with it,
// and by the level that contacts have now: some chunks in a statement.
func (v Statistics) countDeliveries(ctx context.Context, edition int64) ([]groupCount, error) {
	sums := map[groupCount]int64{}
	for after := -1; ; {
		var last int
		err := v.db.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(chunk), -1) FROM (SELECT chunk FROM chunks WHERE edition = $1 AND chunk > $2 ORDER BY chunk LIMIT $3) k`,
			edition, after, chunksPerAudit).Scan(&last)
		if err != nil {
			return nil, explain(err)
		}
		if last <= after {
			return groupsOf(sums), nil
		}
		err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
			var place, level string
			var status bantin.DeliveryStatus
			var n int64
			err := rows.Scan(&place, &level, &status, &n)
			if f := outcomeFigure(status); f != "" {
				sums[groupCount{PartAll, "", f, 0}] += n
				sums[groupCount{PartPlace, place, f, 0}] += n
				sums[groupCount{PartLevel, level, f, 0}] += n
			}
			return err
		}, `SELECT d.place, COALESCE(c.level, ''), d.status, COUNT(*) FROM chunks k JOIN deliveries d ON d.edition = k.edition AND d.contact BETWEEN k.lo AND k.hi
				LEFT JOIN contacts c ON c.id = d.contact
			WHERE k.edition = $1 AND d.edition = $1 AND k.chunk > $2 AND k.chunk <= $3 GROUP BY 1, 2, 3`, edition, after, last)
		if err != nil {
			return nil, err
		}
		after = last
	}
}

// countChunks gives the totals of an edition whose deliveries were removed by age.
func (v Statistics) countChunks(ctx context.Context, edition int64) ([]groupCount, error) {
	sums := map[groupCount]int64{}
	var sent, failed, skipped int64
	err := v.db.reader.QueryRowContext(ctx, `SELECT COALESCE(SUM(sent), 0), COALESCE(SUM(failed), 0), COALESCE(SUM(skipped), 0) FROM chunks WHERE edition = $1`, edition).Scan(&sent, &failed, &skipped)
	if err != nil {
		return nil, explain(err)
	}
	sums[groupCount{Figure: FigureSent}], sums[groupCount{Figure: FigureRefused}], sums[groupCount{Figure: FigureSkipped}] = sent, failed, skipped
	return groupsOf(sums), nil
}

func groupsOf(sums map[groupCount]int64) (list []groupCount) {
	for g, n := range sums {
		g.N = n
		if n > 0 {
			list = append(list, g)
		}
	}
	return list
}
