package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bantin"
)

// Problems gives what the office must know of the items of all sources: those that were
// not read, those of which something is missing, and those whose bulletins are held. They
// stand by source, the worst first. What is missing of a bulletin that is withdrawn, or
// lives on in another, is no problem.
func (v Sources) Problems(ctx context.Context) ([]bantin.Problem, error) {
	return listProblems(ctx, v.db.reader, `0, 1`)
}

// listProblems lists the problems that were told (1) or were not (0).
func listProblems(ctx context.Context, q querier, told string) ([]bantin.Problem, error) {
	list, err := collect(ctx, q, func(row scanner) (p bantin.Problem, err error) {
		var since int64
		err = row.Scan(&p.Source, &p.Item, &p.Kind, &p.What, &p.Hint, &p.Bulletin, &since)
		p.Since = fromMillis(since)
		if p.Kind == bantin.ProblemHeld {
			p.Hint = bantin.HeldHint(p.Bulletin)
		}
		return p, err
	}, `SELECT source, item, kind, what, hint, bulletin, since FROM (
		SELECT p.source, p.item, p.kind, p.what, p.hint, COALESCE(b.id, '') AS bulletin, p.since, CASE p.kind WHEN 'unread' THEN 0 ELSE 1 END AS place
			FROM source_problems p LEFT JOIN items i ON i.source = p.source AND i.item = p.item LEFT JOIN bulletins b ON b.n = i.bulletin
			WHERE p.told IN (`+told+`) AND (p.kind = 'unread' OR b.n IS NULL OR b.held = '' AND b.withdrawn = 0 AND b.merged_into IS NULL)
		UNION ALL
		SELECT source, source_id, 'held', held, '', id, changed_at, 2 FROM bulletins
			WHERE held <> '' AND withdrawn = 0 AND merged_into IS NULL AND held_told IN (`+told+`)
	) AS problems ORDER BY source, place, item, bulletin`)
	return list, wrap(err, "list problems of sources")
}

// ProblemItems gives the items of a source that were not read, or in part.
func (v Sources) ProblemItems(ctx context.Context, source string) (map[string]bantin.ProblemKind, error) {
	items, err := collectMap[string, bantin.ProblemKind](ctx, v.db.reader, `SELECT item, kind FROM source_problems WHERE source = $1`, source)
	return items, wrap(err, "list problems of source %s", source)
}

// RecordProblems keeps what is wrong with items of a source, and forgets it of those that
// are in order. A problem that is known with the same words stays as it is, and writes
// nothing.
func (v Sources) RecordProblems(ctx context.Context, source string, found []bantin.Problem, ended []string) error {
	found, err := v.changedProblems(ctx, source, found)
	if err != nil || len(found)+len(ended) == 0 {
		return err
	}
	return v.db.write(ctx, "note problems of source "+source, func(tx *sql.Tx) error {
		now := millis(v.db.now())
		for _, item := range ended {
			if _, err := tx.ExecContext(ctx, endProblemSQL, source, item); err != nil {
				return err
			}
		}
		for i := range found {
			if err := saveProblem(ctx, tx.ExecContext, now, source, &found[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// changedProblems are those that are not stored with the same words.
func (v Sources) changedProblems(ctx context.Context, source string, found []bantin.Problem) (fresh []bantin.Problem, err error) {
	for _, p := range found {
		var known bool
		err := v.db.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM source_problems WHERE source = $1 AND item = $2 AND kind = $3 AND what = $4)`,
			source, p.Item, p.Kind, p.What).Scan(&known)
		if err != nil {
			return nil, fmt.Errorf("read problems of source %s: %w", source, explain(err))
		}
		if !known {
			fresh = append(fresh, p)
		}
	}
	return fresh, nil
}

// ExpireProblems forgets what was wrong with items of a source that keeps silent about
// those that are gone: what was found longer ago than age.
func (v Sources) ExpireProblems(ctx context.Context, source string, age time.Duration) error {
	before := v.db.now().Add(-age)
	old, err := get[int](ctx, v.db.reader, `SELECT COUNT(*) FROM source_problems WHERE source = $1 AND since < $2`, source, millis(before))
	if err != nil || old == 0 {
		return explain(err)
	}
	return v.db.execute(ctx, "forget problems of source "+source, `DELETE FROM source_problems WHERE source = $1 AND since < $2`, source, millis(before))
}

const endProblemSQL = `DELETE FROM source_problems WHERE source = $1 AND item = $2`

func saveProblem[R any](ctx context.Context, exec func(context.Context, string, ...any) (R, error), now int64, source string, p *bantin.Problem) error {
	_, err := exec(ctx, `INSERT INTO source_problems (source, item, kind, what, hint, since) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (source, item) DO UPDATE SET kind = excluded.kind, what = excluded.what, hint = excluded.hint, since = excluded.since, told = 0
			WHERE source_problems.what <> excluded.what OR source_problems.kind <> excluded.kind`,
		source, p.Item, p.Kind, p.What, p.Hint, now)
	return err
}

// noteProblem keeps or forgets, with its arrival, what is missing of a bulletin.
func (in *bulletinTx) noteProblem(ctx context.Context, a *Arrival) error {
	switch {
	case a.Problem != nil:
		exec := func(ctx context.Context, query string, args ...any) (struct{}, error) {
			return struct{}{}, in.exec(ctx, query, args...)
		}
		return saveProblem(ctx, exec, in.now, a.Source, a.Problem)
	case a.HadProblem:
		return in.exec(ctx, endProblemSQL, a.Source, a.Item)
	}
	return nil
}
