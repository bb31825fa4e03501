package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"bantin"
)

// Bulletins stores and reads bulletins:
//
//   - Store takes what sources bring: new bulletins, revisions, withdrawals.
//   - Get, List, Held, Changes, Search, TagsWith and Count read them; LastChange
//     and LastChangeAt tell a poller whether anything changed.
//   - Withdraw, Hold, Release, Correct and Merge record what the office decides
//     about one; the decision outlives every later read of its source.
//   - Unindexed and Index maintain the list and search index, IndexSimilarity the
//     hashes by which duplicates are found.
//
// Bulletins that are news to nobody are read through History.
type Bulletins struct{ db *DB }

// Bulletins gives the view of the database that is about the bulletins.
func (db *DB) Bulletins() Bulletins { return Bulletins{db} }

// MergedError says that a bulletin was merged into another.
type MergedError struct{ Into string }

func (e *MergedError) Error() string { return "merged into " + e.Into }

// content is what readers see of a revision. Its JSON is what is stored.
type content struct {
	URL         string              `json:"url,omitempty"`
	Title       string              `json:"title"`
	Lead        string              `json:"lead,omitempty"`
	HTML        string              `json:"html,omitempty"`
	Text        string              `json:"text,omitempty"`
	Author      string              `json:"author,omitempty"`
	Language    string              `json:"language,omitempty"`
	Published   time.Time           `json:"published,omitzero"`
	Precision   bantin.Precision    `json:"precision,omitempty"`
	Updated     time.Time           `json:"updated,omitzero"`
	Event       *bantin.Event       `json:"event,omitempty"`
	Places      []string            `json:"places,omitempty"`
	Clusters    []string            `json:"clusters,omitempty"`
	LegalRefs   []bantin.LegalRef   `json:"legal_refs,omitempty"`
	Images      []storedImage       `json:"images,omitempty"`
	Attachments []bantin.Attachment `json:"attachments,omitempty"`
}

// remarks are about a revision and not in it: other remarks make no revision.
type remarks struct {
	Origins  []string `json:"origins,omitempty"`
	Encoding string   `json:"encoding,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// storedImage writes the fields of an image that its public JSON leaves out.
type storedImage struct {
	Src     string `json:"src,omitempty"`
	Caption string `json:"caption,omitempty"`
	Alt     string `json:"alt,omitempty"`
	Type    string `json:"type,omitempty"`
	Width   int    `json:"width,omitempty"`
	Height  int    `json:"height,omitempty"`
	Length  int64  `json:"length,omitempty"`
}

// encoded is a revision as it is stored, and a hash of what readers see.
type encoded struct{ content, remarks, hash string }

func encode(b *bantin.Bulletin) (encoded, error) {
	c := content{
		URL: b.URL, Title: b.Title, Lead: b.Lead, HTML: b.HTML, Text: b.Text, Author: b.Author, Language: b.Language,
		Published: b.Published, Precision: b.PublishedPrecision, Updated: b.Updated, Event: b.Event,
		Places: b.Places, Clusters: b.Clusters, LegalRefs: b.LegalRefs, Attachments: b.Attachments,
	}
	for _, im := range b.Images {
		c.Images = append(c.Images, storedImage(im))
	}
	said, err := json.Marshal(c)
	if err != nil {
		return encoded{}, err
	}
	remarked, err := json.Marshal(remarks{b.Origins, b.Encoding, b.Warnings})
	if err != nil {
		return encoded{}, err
	}
	sum := sha256.Sum256(said)
	return encoded{string(said), string(remarked), hex.EncodeToString(sum[:16])}, nil
}

// decode is the other way.
func decode(b *bantin.Bulletin, said, remarked string) error {
	var c content
	if err := json.Unmarshal([]byte(said), &c); err != nil {
		return fmt.Errorf("content of bulletin %s: %w", b.ID, err)
	}
	var r remarks
	if err := json.Unmarshal([]byte(remarked), &r); err != nil {
		return fmt.Errorf("remarks on bulletin %s: %w", b.ID, err)
	}
	b.URL, b.Title, b.Lead, b.HTML, b.Text, b.Author, b.Language = c.URL, c.Title, c.Lead, c.HTML, c.Text, c.Author, c.Language
	b.Published, b.PublishedPrecision, b.Updated, b.Event = c.Published, c.Precision, c.Updated, c.Event
	b.Places, b.Clusters, b.LegalRefs, b.Attachments = c.Places, c.Clusters, c.LegalRefs, c.Attachments
	b.Origins, b.Encoding, b.Warnings = r.Origins, r.Encoding, r.Warnings
	for _, im := range c.Images {
		b.Images = append(b.Images, bantin.Image(im))
	}
	return nil
}

const bulletinColumns = `b.id, b.feed_id, b.source, b.source_id, b.revision, b.seq, b.change,
	b.arrived_at, b.changed_at, b.withdrawn, b.held, b.merged_into, r.content, r.remarks`

// scanBulletin gives a *MergedError with a bulletin that was merged away.
func scanBulletin(row interface{ Scan(...any) error }) (bantin.Bulletin, error) {
	var merged sql.NullString
	b, err := scanRevision(row, &merged)
	if err == nil && merged.Valid {
		return b, &MergedError{Into: merged.String}
	}
	return b, err
}

func scanRevision(row interface{ Scan(...any) error }, merged *sql.NullString) (bantin.Bulletin, error) {
	var (
		b                bantin.Bulletin
		seq              sql.NullInt64
		arrived, changed int64
		said, remarked   string
	)
	err := row.Scan(&b.ID, &b.FeedID, &b.Source, &b.SourceID, &b.Revision, &seq, &b.Change,
		&arrived, &changed, &b.Withdrawn, &b.Held, merged, &said, &remarked)
	if err != nil {
		return b, err
	}
	b.Seq, b.ArrivedAt, b.ChangedAt = seq.Int64, fromMillis(arrived), fromMillis(changed)
	return b, decode(&b, said, remarked)
}

// Get gives the bulletin with this id as it stands now, withdrawn and
// held ones too: bantin.ErrNotFound, or a *MergedError where it was merged away.
func (v Bulletins) Get(ctx context.Context, id string) (bantin.Bulletin, error) {
	b, err := scanBulletin(v.db.reader.QueryRowContext(ctx, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return b, fmt.Errorf("bulletin %q: %w", id, bantin.ErrNotFound)
	}
	return b, explain(err)
}

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
	var list []bantin.Bulletin
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		b, err := scanBulletin(rows)
		list = append(list, b)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list bulletins: %w", err)
	}
	return list, nil
}

// sql asks the index for each tag's newest, so that a tag with a hundred
// thousand bulletins costs what one with fifty does.
func (f Filter) sql() (string, []any) {
	var args params
	before, limit := f.Before, f.Limit
	if before == 0 {
		before = 1 << 62
	}
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

// params collects the arguments of a query that is put together.
type params []any

func (p *params) add(v any) string {
	*p = append(*p, v)
	return fmt.Sprintf("$%d", len(*p))
}

// inList gives (…) of values; an empty one matches nothing.
func (p *params) inList(values []string) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = p.add(v)
	}
	if len(marks) == 0 {
		return `(NULL)`
	}
	return `(` + strings.Join(marks, `, `) + `)`
}

// Held gives those that wait for a person, the last that arrived
// first, at most limit; 0: all. It looks at every bulletin: few ask for it.
func (v Bulletins) Held(ctx context.Context, limit int) ([]bantin.Bulletin, error) {
	if limit == 0 {
		limit = 1 << 30
	}
	var list []bantin.Bulletin
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		b, err := scanBulletin(rows)
		list = append(list, b)
		return err
	}, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.held <> '' AND b.withdrawn = 0 AND b.merged_into IS NULL ORDER BY b.n DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list held bulletins: %w", err)
	}
	return list, nil
}

// Changes gives the bulletins whose change number is above after, in the
// order of their changes, withdrawn and held ones too, at most limit. History
// is not among them, of which years may come at once; see History.LastChange.
func (v Bulletins) Changes(ctx context.Context, after int64, limit int) ([]bantin.Bulletin, error) {
	var list []bantin.Bulletin
	err := each(ctx, v.db.reader, func(rows *sql.Rows) error {
		b, err := scanBulletin(rows)
		if merged := (*MergedError)(nil); errors.As(err, &merged) {
			b.Withdrawn, err = true, nil
		}
		list = append(list, b)
		return err
	}, `SELECT `+bulletinColumns+`
		FROM bulletins b JOIN revisions r ON r.bulletin = b.n AND r.revision = b.revision
		WHERE b.change > $1 AND b.history = 0 ORDER BY b.change LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list changes: %w", err)
	}
	return list, nil
}

// LastChange gives the highest change number. It is what a daemon polls.
func (v Bulletins) LastChange(ctx context.Context) (int64, error) {
	var n int64
	err := v.db.reader.QueryRowContext(ctx, `SELECT value FROM counters WHERE name = 'change'`).Scan(&n)
	return n, explain(err)
}

// Count gives how many bulletins readers may see and how many there are.
func (v Bulletins) Count(ctx context.Context) (listed, all int64, err error) {
	err = v.db.reader.QueryRowContext(ctx, `SELECT COALESCE(SUM(listed), 0), COUNT(*) FROM bulletins`).Scan(&listed, &all)
	return listed, all, explain(err)
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
