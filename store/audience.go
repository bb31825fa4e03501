package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
)

// Audience is who gets a digest without having asked, as the store compares it.
type Audience struct {
	Levels    []bantin.Level    `json:"levels,omitempty"`
	AnyPlace  bool              `json:"any_place,omitempty"`
	Places    []string          `json:"places,omitempty"` // every slug a contact's place may have
	Languages []bantin.Language `json:"languages,omitempty"`
	Tags      []string          `json:"tags,omitempty"`
	Site      bantin.Language   `json:"site"` // language of contacts that have none
	Day       bantin.Day        `json:"day"`  // who pauses until a later day gets nothing
}

// from gives FROM and WHERE for the contacts c that get the digest: who signed
// up for it, and who is in its audience, known to the office and said nothing.
func (a *Audience) from(args *params, digest string) string {
	var fits strings.Builder
	fits.WriteString(`c.origin IN ('import', 'office')`)
	if len(a.Levels) > 0 {
		fits.WriteString(` AND c.level IN ` + args.list(texts(a.Levels)))
	}
	if !a.AnyPlace {
		fits.WriteString(` AND c.place IN ` + args.list(a.Places))
	}
	if len(a.Languages) > 0 {
		fits.WriteString(` AND (CASE WHEN c.language = '' THEN ` + args.add(a.Site) + ` ELSE c.language END) IN ` + args.list(texts(a.Languages)))
	}
	if len(a.Tags) > 0 {
		var any []string
		for _, tag := range a.Tags {
			any = append(any, `LOWER(c.tags) LIKE `+args.add("%|"+likeLiteral(lowerASCII(tag))+"|%")+` ESCAPE '!'`)
		}
		fits.WriteString(` AND (` + strings.Join(any, ` OR `) + `)`)
	}
	fits.WriteString(` AND NOT EXISTS (SELECT 1 FROM subscriptions o WHERE o.contact = c.id AND o.digest = '' AND o.status = 'unsubscribed')`)
	pause := args.add(a.Day.String())
	return `FROM contacts c LEFT JOIN subscriptions s ON s.contact = c.id AND s.digest = ` + args.add(digest) + `
		WHERE (s.status = 'active' OR (COALESCE(s.status, 'pending') = 'pending' AND ` + fits.String() + `))
		AND c.paused_until <= ` + pause + `
		AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key = c.address_key)`
}

// likeLiteral keeps % and _ of a tag from being wildcards.
func likeLiteral(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// lowerASCII is what LOWER does to text that is compared by its bytes.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return unicode.ToLower(r)
		}
		return r
	}, s)
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// CountAudience tells how many contacts would get the digest now; with
// addresses given, some thousands at most, how many of those.
func (db *DB) CountAudience(ctx context.Context, digest string, a Audience, addresses []string) (int, error) {
	return countAudience(ctx, db.reader, digest, a, addresses)
}

func countAudience(ctx context.Context, q querier, digest string, a Audience, addresses []string) (int, error) {
	var args params
	query := `SELECT COUNT(*) ` + a.from(&args, digest)
	if addresses != nil {
		query += ` AND c.address_key IN ` + args.list(addresses)
	}
	var n int
	if err := q.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count audience of %s: %w", digest, explain(err))
	}
	return n, nil
}

// AudienceOf yields who would get the digest now, in the order of their
// arrival, a thousand at a time so that no transaction lasts.
func (db *DB) AudienceOf(ctx context.Context, digest string, a Audience) iter.Seq2[bantin.Contact, error] {
	return db.pages(ctx, func(after int64) (string, params) {
		var args params
		query := `SELECT ` + contactColumns + ` ` + a.from(&args, digest) + ` AND c.id > ` + args.add(after)
		return query, args
	})
}
