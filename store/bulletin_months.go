package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"bantin"
)

// History stands in the list index by the day of its publication in UTC, so a
// month of it is a range of positions.

// Between what the positions of two days begin with lie those of the rows, and
// all of history lies below zero. A day of any year is above zero.
const (
	rowBits       = 32
	firstDays     = 1 << 20 // before 1970
	historyOffset = 1 << 62
	dayLength     = int64(24 * time.Hour / time.Second)
)

// dayPos is below the position of whatever was published on the day of t and
// above all that was published before.
func dayPos(t time.Time) int64 { return (t.Unix()/dayLength+firstDays)<<rowBits - historyOffset }

// monthOf gives the month of a day that was counted as positions count it.
func monthOf(days int64) bantin.Month {
	return bantin.MonthOf(time.Unix((days-firstDays)*dayLength, 0).UTC())
}

// LatestMonth gives the last month that has history with one tag of each
// group, or the zero month. Its cost does not grow with the history.
func (v History) LatestMonth(ctx context.Context, tags [][]string) (bantin.Month, error) {
	var args params
	var pos int64
	query := Filter{Tags: tags, Limit: 1}.historySQL(&args)
	err := v.db.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(pos), 0) FROM (`+query+`) AS latest`, args...).Scan(&pos)
	if err != nil || pos == 0 {
		return bantin.Month{}, explain(err)
	}
	return monthOf((pos + historyOffset) >> rowBits), nil
}

// HistoryMonth is a month that has history, and what tells whether it is
// another than before: each bulletin that comes or changes brings a larger
// change, and one that goes leaves fewer.
type HistoryMonth struct {
	bantin.Month
	Bulletins int
	Change    int64
}

// Months gives the months that have history with one tag of each group,
// the latest first. Its cost grows with that history, some microseconds each.
func (v History) Months(ctx context.Context, tags [][]string) ([]HistoryMonth, error) {
	var args params
	query := fmt.Sprintf(`SELECT (s.pos + %d) >> %d AS day, COUNT(*), MAX(b.change)
		FROM shelf s JOIN bulletins b ON b.n = s.bulletin WHERE s.pos < 0 AND b.listed = 1`, historyOffset, rowBits)
	for _, group := range tags {
		query += ` AND s.pos IN (SELECT pos FROM shelf_tags WHERE tag IN ` + args.inList(group) + `)`
	}
	var list []HistoryMonth
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var days, change int64
		var bulletins int
		if err := rows.Scan(&days, &bulletins, &change); err != nil {
			return err
		}
		month := monthOf(days)
		if len(list) == 0 || list[len(list)-1].Month != month {
			list = append(list, HistoryMonth{Month: month})
		}
		last := &list[len(list)-1]
		last.Bulletins, last.Change = last.Bulletins+bulletins, max(last.Change, change)
		return nil
	}, query+` GROUP BY day ORDER BY day DESC`, args...)
	return list, wrap(err, "list months of history")
}

// OfMonth gives the history of a month with one tag of each group, the latest
// published first.
func (v History) OfMonth(ctx context.Context, month bantin.Month, tags [][]string) ([]bantin.Bulletin, error) {
	found, err := v.List(ctx, Filter{
		Tags: tags, After: dayPos(month.First().In(time.UTC)), Before: dayPos(month.Next().First().In(time.UTC)),
	})
	list := make([]bantin.Bulletin, len(found))
	for i := range found {
		list[i] = found[i].Bulletin
	}
	return list, err
}
