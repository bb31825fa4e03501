package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bantin"
)

// SuppressionFilter chooses suppressions that refusals and bounces led to.
type SuppressionFilter struct {
	Since  time.Time
	Domain string // of the address; "": any
	Reason string // "": any
}

func (f *SuppressionFilter) fits(address, reason string) bool {
	return (f.Domain == "" || domainOf(address) == strings.ToLower(f.Domain)) && (f.Reason == "" || f.Reason == reason)
}

// UndoneSuppressions is what Undo removed, or would remove.
type UndoneSuppressions struct {
	Groups    []SuppressionGroup // by domain and reason, the largest first
	Removed   int64
	Forgotten int64    // refusals that had suppressed nobody yet
	Retry     []string // editions with failed deliveries among them: `editions retry --failed`
}

// SuppressionGroup counts suppressions.
type SuppressionGroup struct {
	Domain string
	Reason string
	Count  int64
}

// Undo removes the suppressions that refusals and bounces have led to since a time,
// a few in a transaction, and forgets the refusals since then that are not decided
// yet or wait for a second one. Complaints and what was added by hand stay. It is
// Remove for each of them: editions under way that left an address out since reach it
// after all. Where dry is set it only tells what it would do.
func (v Suppressions) Undo(ctx context.Context, f SuppressionFilter, dry bool) (UndoneSuppressions, error) {
	u := undo{db: v.db, filter: f, dry: dry, groups: map[SuppressionGroup]int64{}, editions: map[int64]bool{}}
	if err := u.suppressions(ctx); err != nil {
		return u.sum, fmt.Errorf("undo suppressions: %w", err)
	}
	if err := u.returns(ctx); err != nil {
		return u.sum, fmt.Errorf("undo suppressions: %w", err)
	}
	for group, n := range u.groups {
		group.Count = n
		u.sum.Groups = append(u.sum.Groups, group)
	}
	slices.SortFunc(u.sum.Groups, func(a, b SuppressionGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Reason, b.Reason))
	})
	return u.sum, u.retry(ctx)
}

// undo is one Suppressions.Undo.
type undo struct {
	db       *DB
	filter   SuppressionFilter
	dry      bool
	sum      UndoneSuppressions
	groups   map[SuppressionGroup]int64
	editions map[int64]bool // that refused one of them
}

// undoPageSize is how many rows are read at once.
const undoPageSize = 500

// suppressions removes the chosen ones.
func (u *undo) suppressions(ctx context.Context) error {
	for after := ""; ; {
		var chosen []Suppression
		read := 0
		err := each(ctx, u.db.reader, func(rows *sql.Rows) error {
			s, err := scanSuppression(rows)
			read, after = read+1, s.Address
			if u.filter.fits(s.Address, s.Reason) {
				chosen = append(chosen, s)
			}
			return err
		}, `SELECT `+suppressionColumns+` FROM suppressions s WHERE s.address_key > $1 AND s.origin IN ('hard', 'soft') AND s.at >= $2
			ORDER BY s.address_key LIMIT $3`, after, millis(u.filter.Since), undoPageSize)
		if err != nil {
			return err
		}
		for batch := range slices.Chunk(chosen, settleBatchSize) {
			if err := u.remove(ctx, batch); err != nil {
				return err
			}
		}
		if read < undoPageSize {
			return nil
		}
	}
}

// remove takes some off the list, in one transaction. One that a complaint or another
// process has changed since it was read is left alone.
func (u *undo) remove(ctx context.Context, batch []Suppression) error {
	var removed []Suppression
	var editions []int64
	do := func(q querier, tx *sql.Tx) error {
		removed, editions = nil, nil
		for _, s := range batch {
			same, err := anyRow(ctx, q, `SELECT EXISTS (SELECT 1 FROM suppressions s WHERE s.address_key = $1 AND s.origin = $2 AND s.at = $3)`,
				s.Address, s.Origin, millis(s.At))
			if err != nil {
				return err
			}
			if !same {
				continue
			}
			removed = append(removed, s)
			of, err := refusedBy(ctx, q, s, u.filter.Since)
			if err != nil {
				return err
			}
			editions = append(editions, of...)
			if tx == nil {
				continue
			}
			if err := u.db.unsuppress(ctx, tx, s, bantin.AuditEntry{By: bantin.ByOffice}); err != nil {
				return err
			}
			if err := forgetReturns(ctx, tx, s); err != nil {
				return err
			}
		}
		return nil
	}
	var err error
	if u.dry {
		err = do(u.db.reader, nil)
	} else {
		err = u.db.write(ctx, "remove suppressions", func(tx *sql.Tx) error { return do(tx, tx) })
	}
	if err != nil {
		return err
	}
	for _, s := range removed {
		u.sum.Removed++
		u.groups[SuppressionGroup{Domain: domainOf(s.Address), Reason: s.Reason}]++
	}
	for _, n := range editions {
		u.editions[n] = true
	}
	return nil
}

// refusedBy gives the editions whose refusals led to a suppression.
func refusedBy(ctx context.Context, q querier, s Suppression, since time.Time) (editions []int64, err error) {
	editions, err = collectColumn[int64](ctx, q, `SELECT DISTINCT r.edition FROM returns r WHERE r.proof = 'reply' AND (r.n = $1 OR r.at >= $2 AND r.done IN ('pending', 'first', 'suppressed')
		AND r.contact = (SELECT contact FROM returns WHERE n = $1))`, s.returned, millis(since))
	return editions, err
}

// returns forgets the chosen refusals that have suppressed nobody. Those of addresses
// that were just taken off the list are forgotten already.
func (u *undo) returns(ctx context.Context) error {
	for after := int64(0); ; {
		var chosen []int64
		var editions []int64
		read := 0
		err := each(ctx, u.db.reader, func(rows *sql.Rows) error {
			r, err := scanReturn(rows)
			read, after = read+1, r.N
			if u.filter.fits(r.Address, r.Reason) {
				chosen = append(chosen, r.N)
				if r.Proof == ProofReply {
					editions = append(editions, r.Edition)
				}
			}
			return err
		}, `SELECT `+returnSummary+` FROM returns r WHERE r.n > $1 AND r.at >= $2 AND r.kind IN ('hard', 'soft') AND r.done IN ('pending', 'first')
			AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.address_key = LOWER(r.address)) ORDER BY r.n LIMIT $3`,
			after, millis(u.filter.Since), undoPageSize)
		if err != nil {
			return err
		}
		for batch := range slices.Chunk(chosen, undoPageSize) {
			if err := u.forget(ctx, batch); err != nil {
				return err
			}
		}
		u.sum.Forgotten += int64(len(chosen))
		for _, n := range editions {
			u.editions[n] = true
		}
		if read < undoPageSize {
			return nil
		}
	}
}

func (u *undo) forget(ctx context.Context, batch []int64) error {
	if u.dry {
		return nil
	}
	return u.db.write(ctx, "forget refusals", func(tx *sql.Tx) error {
		var args params
		_, err := tx.ExecContext(ctx, `UPDATE returns SET done = 'undone', counts = 0 WHERE done IN ('pending', 'first') AND n IN `+inList(&args, batch), args...)
		return err
	})
}

// retry finds the editions that a person can send again to those it failed to reach.
func (u *undo) retry(ctx context.Context) error {
	for _, n := range slices.Sorted(maps.Keys(u.editions)) {
		if n == 0 {
			continue
		}
		e, err := u.db.Editions().ByRow(ctx, n)
		if errors.Is(err, bantin.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if e.Counts.Failed > 0 && e.Status != bantin.EditionCancelled {
			u.sum.Retry = append(u.sum.Retry, e.ID)
		}
	}
	return nil
}
