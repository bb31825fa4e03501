package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"bantin"
)

// ReportProblems are problems of sources that no report of an edition told.
const ReportProblems EditionReportKind = "problems"

const (
	// maxReportedProblems is how many items a mail names.
	maxReportedProblems = 200
	// problemRest is how long nothing new was found when a mail goes out: what is being
	// copied into a folder comes as one, and a picture before the text that shows it.
	problemRest = time.Minute
	// maxProblemRest is how long a mail waits for that.
	maxProblemRest = time.Hour
	// problemInterval is the least time between two mails about nothing else.
	problemInterval = 24 * time.Hour
)

// ReportProblems queues a mail about what is wrong with items of the sources and was not
// told, once the oldest has waited that long for the report of an edition. Each problem is
// told once.
func (v Notices) ReportProblems(ctx context.Context, sources, addresses []string, wait time.Duration, language bantin.Language) error {
	list, err := untold(ctx, v.db.reader, sources)
	if err != nil || len(list) == 0 || len(addresses) == 0 {
		return err
	}
	oldest := slices.MinFunc(list, func(a, b bantin.Problem) int { return a.Since.Compare(b.Since) }).Since
	newest := slices.MaxFunc(list, func(a, b bantin.Problem) int { return a.Since.Compare(b.Since) }).Since
	now := v.db.now()
	if now.Sub(oldest) < wait || now.Sub(newest) < problemRest && now.Sub(oldest) < maxProblemRest {
		return nil
	}
	return v.db.write(ctx, "report problems of sources", func(tx *sql.Tx) error {
		last, err := get[int64](ctx, tx, `SELECT COALESCE(MAX(at), 0) FROM reports WHERE kind = $1`, ReportProblems)
		if err != nil || now.Sub(fromMillis(last)) < problemInterval {
			return err
		}
		r := Report{Kind: ReportProblems}
		if err := v.db.takeProblems(ctx, tx, sources, &r); err != nil || len(r.Problems) == 0 {
			return err
		}
		for _, address := range addresses {
			about := fmt.Sprintf("problems %d %s", millis(now), bantin.AddressKey(address))
			if err := v.db.report(ctx, tx, about, []string{address}, r, language); err != nil {
				return err
			}
		}
		return nil
	})
}

// untold gives the problems of the sources that no mail told.
func untold(ctx context.Context, q querier, sources []string) ([]bantin.Problem, error) {
	list, err := listProblems(ctx, q, `0`)
	return slices.DeleteFunc(list, func(p bantin.Problem) bool { return !slices.Contains(sources, p.Source) }), err
}

// takeProblems puts into a report what no mail told of the sources.
func (db *DB) takeProblems(ctx context.Context, tx *sql.Tx, sources []string, r *Report) error {
	list, err := untold(ctx, tx, sources)
	if err != nil {
		return err
	}
	for i := range list {
		query, args := `UPDATE source_problems SET told = 1 WHERE source = $1 AND item = $2`, []any{list[i].Source, list[i].Item}
		if list[i].Kind == bantin.ProblemHeld {
			query, args = `UPDATE bulletins SET held_told = 1 WHERE id = $1`, []any{list[i].Bulletin}
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return err
		}
	}
	r.Problems = list[:min(len(list), maxReportedProblems)]
	r.MoreProblems = len(list) - len(r.Problems)
	return nil
}
