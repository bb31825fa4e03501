package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Statistics are counts over time that lead to no person: of mail, of the list of
// contacts, of the readers of feeds. Tally adds what happened since it was called last;
// CountContacts and AddReaders set what is true now; Series and Parts read.
type Statistics struct{ db *DB }

// Statistics gives the view of the statistics.
func (db *DB) Statistics() Statistics { return Statistics{db} }

// Figure is something that is counted.
type Figure string

// The figures. Those of mail belong to the day on which their edition was due, so that
// what came back can be compared with what was sent.
const (
	FigureEditions   Figure = "editions"
	FigureSent       Figure = "sent"    // accepted by a server
	FigureRefused    Figure = "refused" // by a server, for good
	FigureSkipped    Figure = "skipped"
	FigureHard       Figure = "hard"       // came back for good, later
	FigureSoft       Figure = "soft"       // came back, and may arrive another time
	FigureRecipients Figure = "recipients" // of the last edition in a span
	FigureContacts   Figure = "contacts"   // who get mail at the end of a span
	FigureJoined     Figure = "joined"     // contacts that are new; with a digest: who asked for it
	FigureLeft       Figure = "left"       // who left a digest, or all
	FigureReaders    Figure = "readers"    // of feeds, on the best day of a span
)

// StatisticsPart is by what a figure is counted apart.
type StatisticsPart string

// The parts. Level and place are those of contacts, feed and program those of readers.
const (
	PartAll     StatisticsPart = ""
	PartPlace   StatisticsPart = "place"
	PartLevel   StatisticsPart = "level"
	PartFeed    StatisticsPart = "feed"
	PartProgram StatisticsPart = "program"
)

// StatisticsUnit is how long a span is, and how it is written: 2026-11-23, 2026-11, 2026.
type StatisticsUnit string

// The units.
const (
	UnitDay   StatisticsUnit = "day"
	UnitMonth StatisticsUnit = "month"
	UnitYear  StatisticsUnit = "year"
)

func units() []StatisticsUnit { return []StatisticsUnit{UnitDay, UnitMonth, UnitYear} }

// Span is the one in which a day is.
func (u StatisticsUnit) Span(day time.Time) string {
	return day.Format(map[StatisticsUnit]string{UnitDay: "2006-01-02", UnitMonth: "2006-01", UnitYear: "2006"}[u])
}

// counted names a row of the table.
type counted struct {
	figure Figure
	part   StatisticsPart
	name   string
	digest string
	unit   StatisticsUnit
	span   string
}

// statisticsCounts are the rows that a step of the tally changes.
type statisticsCounts map[counted]int64

// add counts n of a figure on a day: among all, of a place and of a level.
func (c statisticsCounts) add(f Figure, digest, place, level string, day time.Time, n int64) {
	c.addPart(f, PartAll, "", digest, day, n)
	c.addPart(f, PartPlace, place, digest, day, n)
	c.addPart(f, PartLevel, level, digest, day, n)
}

func (c statisticsCounts) addPart(f Figure, part StatisticsPart, name, digest string, day time.Time, n int64) {
	for _, unit := range units() {
		c[counted{f, part, name, digest, unit, unit.Span(day)}] += n
	}
}

// How a row follows from what is stored and what is new.
const (
	addCount  = `statistics.n + excluded.n`
	setCount  = `excluded.n`
	keepGreat = `CASE WHEN excluded.n > statistics.n THEN excluded.n ELSE statistics.n END`
)

// store writes rows; how says what becomes of those that there are.
func (c statisticsCounts) store(ctx context.Context, tx *sql.Tx, how string) error {
	if len(c) == 0 {
		return nil
	}
	put, err := tx.PrepareContext(ctx, `INSERT INTO statistics (figure, part, unit, span, name, digest, n) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (figure, part, unit, span, name, digest) DO UPDATE SET n = `+how)
	if err != nil {
		return err
	}
	defer put.Close()
	for k, n := range c {
		if n == 0 && how == addCount {
			continue
		}
		if _, err := put.ExecContext(ctx, string(k.figure), string(k.part), string(k.unit), k.span, k.name, k.digest, n); err != nil {
			return err
		}
	}
	return nil
}

// takeBack counts less. What is nothing then has no row, and days that are kept no more
// stay gone.
func (c statisticsCounts) takeBack(ctx context.Context, tx *sql.Tx) error {
	const row = ` WHERE figure = $1 AND part = $2 AND unit = $3 AND span = $4 AND name = $5 AND digest = $6`
	for k, n := range c {
		key := []any{string(k.figure), string(k.part), string(k.unit), k.span, k.name, k.digest}
		if _, err := tx.ExecContext(ctx, `UPDATE statistics SET n = n - $7`+row, append(key, n)...); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM statistics`+row+` AND n <= 0`, key...); err != nil {
			return err
		}
	}
	return nil
}

// daysOfStatistics is how long single days are kept; months and years for good.
const daysOfStatistics = 400

// Prune removes the single days that are over a year old.
func (v Statistics) Prune(ctx context.Context, today time.Time) error {
	const batch = 1000
	_, err := v.db.pruneBatches(ctx, "forget days of statistics", batch, `DELETE FROM statistics WHERE (figure, part, unit, span, name, digest) IN
		(SELECT figure, part, unit, span, name, digest FROM statistics WHERE unit = 'day' AND span < $2 LIMIT $1)`, UnitDay.Span(today.AddDate(0, 0, -daysOfStatistics)))
	return err
}

// First gives the first month of which anything was counted; "" for none.
func (v Statistics) First(ctx context.Context) (month string, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT COALESCE(MIN(span), '') FROM statistics
		WHERE figure IN ('sent', 'contacts', 'joined', 'readers') AND part = '' AND unit = 'month'`).Scan(&month)
	if err != nil {
		return "", fmt.Errorf("read statistics: %w", explain(err))
	}
	return month, nil
}

// StatisticsFilter says of what figures are read.
type StatisticsFilter struct {
	Digest string // "": all
	Part   StatisticsPart
	Names  []string // of the part, together; nil of PartAll
	Unit   StatisticsUnit
	From   string // the first span
	To     string // the last one
}

// StatisticsPoint is a figure of a span.
type StatisticsPoint struct {
	Figure Figure
	Name   string // of Parts
	Span   string // of Parts: "" where N is the sum of all
	N      int64
}

// Series gives figures over time. Spans in which nothing was counted have no point.
func (v Statistics) Series(ctx context.Context, f StatisticsFilter, figures ...Figure) (list []StatisticsPoint, err error) {
	var args params
	names := f.Names
	if f.Part == PartAll {
		names = []string{""}
	}
	query := `SELECT figure, span, SUM(n) FROM statistics WHERE figure IN ` + inList(&args, figures) + ` AND part = ` + args.add(f.Part) + ` AND name IN ` + inList(&args, names) + f.where(&args) + ` GROUP BY figure, span ORDER BY figure, span`
	list, err = collectFields(ctx, v.db.reader, func(p *StatisticsPoint) []any { return []any{&p.Figure, &p.Span, &p.N} }, query, args...)
	return list, wrap(err, "read statistics")
}

// where is the condition of the spans and of the digest: figures of mail are of each
// digest alone, and added up for all; those of contacts have rows for all and for each.
func (f StatisticsFilter) where(args *params) string {
	cond := ` AND unit = ` + args.add(f.Unit) + ` AND span >= ` + args.add(f.From) + ` AND span <= ` + args.add(f.To)
	if f.Digest != "" {
		return cond + ` AND digest = ` + args.add(f.Digest)
	}
	return cond + ` AND (digest = '' OR figure NOT IN ('joined', 'left'))`
}

// Parts gives figures for each name of a part: their sum in the spans of a filter, and
// recipients, contacts and readers, which are no sums, in each span.
func (v Statistics) Parts(ctx context.Context, f StatisticsFilter, figures ...Figure) (list []StatisticsPoint, err error) {
	var args params
	query := `SELECT figure, name, CASE WHEN figure IN ('recipients', 'contacts', 'readers') THEN span ELSE '' END, SUM(n) FROM statistics
		WHERE figure IN ` + inList(&args, figures) + ` AND part = ` + args.add(f.Part) + f.where(&args) + ` GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
	list, err = collectFields(ctx, v.db.reader, func(p *StatisticsPoint) []any { return []any{&p.Figure, &p.Name, &p.Span, &p.N} }, query, args...)
	return list, wrap(err, "read statistics")
}
