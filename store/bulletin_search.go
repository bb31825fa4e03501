package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"

	"bantin"
)

// SearchQuery is what somebody looks for.
type SearchQuery struct {
	Words  []string   // folded, letters and digits only; all of them must be there
	Phrase bool       // and side by side, in this order
	Tags   [][]string // as in Filter
	Before int64      // only what stands before this position; 0: from the newest
	Limit  int
}

// Search gives the bulletins that readers may see and that hold the words, news
// first and the newest of them, history behind it. There is no ranking: of what
// an association reports, the newest is asked for, and a rank costs a look at
// every bulletin that has the words.
func (v Bulletins) Search(ctx context.Context, q SearchQuery) ([]ListedBulletin, error) {
	hits, args := v.db.hits(q)
	list, err := v.db.listAt(ctx, `(`+hits+`)`, args)
	return list, wrap(err, "search")
}

// hits selects the positions of what a query finds.
func (db *DB) hits(q SearchQuery) (string, params) {
	q.Before = cmp.Or(q.Before, 1<<62)
	var args params
	match, before, limit := args.add(db.match(q)), args.add(q.Before), args.add(q.Limit)
	hits := `SELECT rowid AS pos FROM words WHERE words MATCH ` + match + ` AND rowid < ` + before + ` ORDER BY rowid DESC LIMIT ` + limit
	if db.postgres {
		hits = `SELECT pos FROM words WHERE said @@ ` + match + `::TSQUERY AND pos < ` + before + ` ORDER BY pos DESC LIMIT ` + limit
	}
	return `SELECT pos FROM (` + hits + `) AS hit`, args
}

// Hit is where a bulletin stands that was found, and its last change: who has it as it was
// after that change need not read it.
type Hit struct{ Pos, Change int64 }

// Find gives where the bulletins stand that Search gives.
func (v Bulletins) Find(ctx context.Context, q SearchQuery) ([]Hit, error) {
	hits, args := v.db.hits(q)
	list, err := collectFields(ctx, v.db.reader, func(h *Hit) []any { return []any{&h.Pos, &h.Change} }, `SELECT s.pos, b.change FROM shelf s JOIN bulletins b ON b.n = s.bulletin WHERE b.listed = 1 AND s.pos IN (`+hits+`) ORDER BY s.pos DESC`, args...)
	return list, wrap(err, "search")
}

// At gives the bulletins that stand at these positions and that readers may see.
func (v Bulletins) At(ctx context.Context, positions []int64) ([]ListedBulletin, error) {
	var args params
	list, err := v.db.listAt(ctx, inList(&args, positions), args)
	return list, wrap(err, "read what was found")
}

// wordsKey is what a row of words is known by: its position.
func (db *DB) wordsKey() string {
	if db.postgres {
		return `pos`
	}
	return `rowid`
}

func (db *DB) match(q SearchQuery) string {
	if db.postgres {
		return q.tsquery()
	}
	return q.match()
}

// match writes the query in the language of SQLite's FTS5. Words of letters
// and digits between quotation marks have no meaning in it.
func (q SearchQuery) match() string {
	parts := []string{`text : ` + quoted(q.Words, ` AND text : `)}
	if q.Phrase {
		parts[0] = `text : "` + strings.Join(q.Words, " ") + `"`
	}
	for _, group := range q.Tags {
		if len(group) == 0 {
			group = []string{"nothing"} // a key without values matches nothing
		}
		parts = append(parts, `tags : (`+quoted(strings.Fields(tagWords(group)), ` OR `)+`)`)
	}
	return strings.Join(parts, ` AND `)
}

func quoted(words []string, between string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = `"` + strings.ReplaceAll(w, `"`, ``) + `"`
	}
	return strings.Join(out, between)
}

// tagWords writes tags as words: "place:phu-tho" is place__phu_tho, which no
// text holds by chance and no other tag is.
func tagWords(tags []string) string {
	return strings.NewReplacer(":", "__", "-", "_").Replace(strings.Join(tags, " "))
}

// tsquery writes the query for PostgreSQL (its documentation, 8.11.2).
func (q SearchQuery) tsquery() string {
	between := ` & `
	if q.Phrase {
		between = ` <-> `
	}
	parts := []string{`(` + lexemes(q.Words, between) + `)`}
	for _, group := range q.Tags {
		if len(group) == 0 {
			group = []string{"nothing"}
		}
		parts = append(parts, `(`+lexemes(strings.Fields(tagWords(group)), ` | `)+`)`)
	}
	return strings.Join(parts, ` & `)
}

func lexemes(words []string, between string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = `'` + strings.NewReplacer(`'`, ``, `\`, ``).Replace(w) + `'`
	}
	return strings.Join(out, between)
}

// tsvector writes folded text and tags as a tsvector, cut into words as FTS5 cuts
// them, so that both databases find the same. What stands behind the last
// position that PostgreSQL knows is left out.
func tsvector(text string, tags []string) string {
	const lastPosition, longest = 16383, 200
	var b strings.Builder
	n := 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }) {
		if n++; n > lastPosition {
			break
		}
		if len(word) <= longest {
			fmt.Fprintf(&b, "'%s':%d ", word, n)
		}
	}
	for _, tag := range strings.Fields(tagWords(tags)) {
		fmt.Fprintf(&b, "'%s' ", tag)
	}
	return b.String()
}

// ListedBulletin is a bulletin and where it stands: the Before of what follows it.
type ListedBulletin struct {
	bantin.Bulletin
	Pos int64
}

const foundFrom = `SELECT ` + bulletinColumns + `, s.pos
	FROM shelf s JOIN bulletins b ON b.n = s.bulletin JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
	WHERE b.listed = 1 AND s.pos IN `

func (db *DB) listAt(ctx context.Context, positions string, args params) ([]ListedBulletin, error) {
	list, err := collect(ctx, db.reader, func(row scanner) (f ListedBulletin, err error) {
		var merged sql.NullString
		b, err := scanRevision(scanExtra{row, []any{&f.Pos}}, &merged)
		f.Bulletin = b
		return f, err
	}, foundFrom+positions+` ORDER BY s.pos DESC`, args...)
	return list, err
}
