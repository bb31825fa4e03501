package store

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"bantin"
)

// History reads bulletins that are news to nobody: they were old when their
// source was first read. Lists, archives by month and search show them; feeds
// and editions never do. LastChange tells a poller whether any of it changed.
type History struct{ db *DB }

// History gives the view of history.
func (db *DB) History() History { return History{db} }

// ByChange gives history that readers may see, the last that changed first, with
// a change below before (0: from the last), at most limit.
func (v History) ByChange(ctx context.Context, before int64, limit int) ([]bantin.Bulletin, error) {
	before = cmp.Or(before, 1<<62)
	list, err := collect(ctx, v.db.reader, scanBulletin, `SELECT `+bulletinColumns+` FROM bulletins b
		JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.history = 1 AND b.listed = 1 AND b.change < $1 ORDER BY b.change DESC LIMIT $2`, before, limit)
	return list, wrap(err, "list history")
}

// List gives history that readers may see, the latest published first. Its
// cost grows with Limit alone. After and Before are positions; 0 is none.
func (v History) List(ctx context.Context, f Filter) ([]ListedBulletin, error) {
	var args params
	list, err := v.db.listAt(ctx, `(SELECT pos FROM (`+f.historySQL(&args)+`) AS nearest)`, args)
	return list, wrap(err, "list history")
}

// historySQL gives the positions of history that readers may see. It asks the index
// for each tag's latest.
func (f Filter) historySQL(args *params) string {
	f.After = cmp.Or(f.After, math.MinInt64)
	if f.Limit == 0 {
		f.Limit = math.MaxInt32
	}
	after, before, limit := args.add(f.After), args.add(min(f.Before, 0)), args.add(f.Limit)
	if len(f.Tags) == 0 {
		return `SELECT s.pos FROM shelf s JOIN bulletins b ON b.n = s.bulletin
			WHERE s.pos > ` + after + ` AND s.pos < ` + before + ` AND b.listed = 1 ORDER BY s.pos DESC LIMIT ` + limit
	}
	rest := ""
	for _, group := range f.Tags[1:] {
		rest += ` AND EXISTS (SELECT 1 FROM shelf_tags also WHERE also.pos = t.pos AND also.tag IN ` + args.inList(group) + `)`
	}
	query := `SELECT pos FROM shelf WHERE 1 = 0 AND pos > ` + after + ` AND pos < ` + before // a key without values matches nothing
	for i, tag := range f.Tags[0] {
		query += fmt.Sprintf(` UNION SELECT pos FROM (SELECT t.pos FROM shelf_tags t
			JOIN shelf s ON s.pos = t.pos JOIN bulletins b ON b.n = s.bulletin
			WHERE t.tag = %s AND t.pos > %s AND t.pos < %s AND b.listed = 1%s ORDER BY t.pos DESC LIMIT %s) AS of%d`,
			args.add(tag), after, before, rest, limit, i)
	}
	return query + ` ORDER BY pos DESC LIMIT ` + limit
}

// LastChange gives the change number of the last history that was indexed.
// It is another one whenever history is found otherwise than before.
func (v History) LastChange(ctx context.Context) (int64, error) {
	change, err := get[int64](ctx, v.db.reader, `SELECT COALESCE(MAX(change), 0) FROM bulletins
		WHERE history = 1 AND change <= (SELECT value FROM counters WHERE name = 'shelved')`)
	return change, explain(err)
}
