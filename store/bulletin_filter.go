package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"

	"bantin"
)

// Filter chooses bulletins that readers may see.
type Filter struct {
	Tags   [][]string // all of these, where each is matched by any of its tags; see place.Atlas.SelectTags
	After  int64      // only those with a larger seq
	Before int64      // only those with a smaller seq; 0: from the newest
	Limit  int        // at most so many; 0: no limit
}

// List gives what readers may see, the newest news first. Its cost grows
// with Limit and not with the number of bulletins stored.
func (v Bulletins) List(ctx context.Context, f Filter) ([]bantin.Bulletin, error) {
	query, args := f.sql()
	list, err := collect(ctx, v.db.reader, scanBulletin, query, args...)
	return list, wrap(err, "list bulletins")
}

// sql asks the index for each tag's newest, so that a tag with a hundred
// thousand bulletins costs what one with fifty does.
func (f Filter) sql() (string, []any) {
	var args params
	before, limit := f.Before, f.Limit
	before = cmp.Or(before, 1<<62)
	if limit == 0 {
		limit = math.MaxInt32
	}
	from := `FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision WHERE b.listed = 1`
	if len(f.Tags) == 0 {
		return `SELECT ` + bulletinColumns + ` ` + from + ` AND b.seq < ` + args.add(before) + ` AND b.seq > ` + args.add(f.After) +
			` ORDER BY b.seq DESC LIMIT ` + args.add(limit), args
	}
	rest := taggedSQL(&args, "t.seq", f.Tags[1:])
	var newest []string
	for _, tag := range f.Tags[0] {
		newest = append(newest, `SELECT seq FROM (SELECT t.seq FROM tags t WHERE t.tag = `+args.add(tag)+
			` AND t.seq < `+args.add(before)+` AND t.seq > `+args.add(f.After)+rest+` ORDER BY t.seq DESC LIMIT `+args.add(limit)+`) AS newest`)
	}
	if len(newest) == 0 { // a key without values matches nothing
		newest = []string{`SELECT seq FROM tags WHERE 1 = 0`}
	}
	return `SELECT ` + bulletinColumns + ` ` + from + ` AND b.seq IN (` + strings.Join(newest, ` UNION `) +
		`) ORDER BY b.seq DESC LIMIT ` + args.add(limit), args
}

// taggedSQL is the condition that the bulletin seq has one tag of each group.
func taggedSQL(args *params, seq string, groups [][]string) string {
	var s strings.Builder
	for _, group := range groups {
		s.WriteString(` AND EXISTS (SELECT 1 FROM tags also WHERE also.seq = ` + seq + ` AND also.tag IN ` + args.inList(group) + `)`)
	}
	return s.String()
}

// TagsWith gives the stored tags that begin with prefix, such as all places
// that have bulletins, in order; those of history once the list index has them.
func (v Bulletins) TagsWith(ctx context.Context, prefix string) ([]string, error) {
	var list []string
	for _, table := range []string{"tags", "shelf_tags"} {
		// A loose index scan: one step a tag, however many bulletins have it.
		err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
			var tag string
			err := rows.Scan(&tag)
			list = append(list, tag)
			return err
		}, strings.ReplaceAll(`WITH RECURSIVE t(tag) AS (
				SELECT MIN(tag) FROM tags WHERE tag >= $1 AND tag < $2
				UNION ALL
				SELECT (SELECT MIN(tag) FROM tags WHERE tag > t.tag AND tag < $2) FROM t WHERE t.tag IS NOT NULL)
			SELECT tag FROM t WHERE tag IS NOT NULL`, `FROM tags`, `FROM `+table), prefix, prefix+"\U0010FFFF")
		if err != nil {
			return nil, fmt.Errorf("list tags: %w", err)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
