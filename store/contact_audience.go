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
	Day       bantin.Day        `json:"day"`  // returnContact pauses until a later day gets nothing
}

// contactRange is a run of contacts: those above after, up to to. The zero span is all.
type contactRange struct{ after, to int64 }

// subscriptionSQL is the condition that contact c has a row s of subscriptions for which
// cond holds. Of a span, where every contact is looked at, these are listed
// once, a look at a list being cheaper than one into an index; a list of all
// that anybody ever said would not stay small.
func (in contactRange) subscriptionSQL(args *params, cond string) string {
	if in == (contactRange{}) {
		return `EXISTS (SELECT 1 FROM subscriptions s WHERE s.contact = c.id AND (` + cond + `))`
	}
	return `c.id IN (SELECT s.contact FROM subscriptions s
		WHERE s.contact > ` + args.add(in.after) + ` AND s.contact <= ` + args.add(in.to) + ` AND (` + cond + `))`
}

// signedUpSQL is the condition that contact c asked for the digest themselves.
func (in contactRange) signedUpSQL(args *params, digest string) string {
	return in.subscriptionSQL(args, `s.digest = `+args.add(digest)+` AND s.status = 'active'`)
}

// recipientsSQL gives FROM and WHERE for the contacts c of a span that get the digest.
func (a *Audience) recipientsSQL(args *params, digest string, in contactRange) string {
	where := `FROM contacts c WHERE c.paused_until <= ` + args.add(a.Day.String())
	if in != (contactRange{}) {
		where += ` AND c.id > ` + args.add(in.after) + ` AND c.id <= ` + args.add(in.to)
	}
	return where + ` AND ` + a.getsSQL(args, digest, in) + ` AND ` + notSuppressedSQL
}

// getsSQL is the condition that contact c signed up for the digest, or is in its audience,
// known to the office and said nothing.
func (a *Audience) getsSQL(args *params, digest string, in contactRange) string {
	against := in.subscriptionSQL(args, `s.digest = `+args.add(digest)+` AND s.status = 'unsubscribed' OR s.digest = '' AND s.status = 'unsubscribed'`)
	return `(` + in.signedUpSQL(args, digest) + ` OR ` + a.audienceSQL(args) + ` AND NOT ` + against + `)`
}

// notSuppressedSQL is the condition that contact c may be mailed. Nothing is looked up
// where nobody is suppressed.
const notSuppressedSQL = `(NOT EXISTS (SELECT 1 FROM suppressions) OR NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_key = c.address_key))`

// audienceSQL is the condition that contact c is known to the office and is whom
// the audience asks for.
func (a *Audience) audienceSQL(args *params) string {
	fits := []string{`c.origin IN ('import', 'office')`}
	if len(a.Levels) > 0 {
		fits = append(fits, `c.level IN `+args.inList(toStrings(a.Levels)))
	}
	if !a.AnyPlace {
		fits = append(fits, `c.place IN `+args.inList(a.Places))
	}
	if len(a.Languages) > 0 {
		fits = append(fits, `(CASE WHEN c.language = '' THEN `+args.add(a.Site)+` ELSE c.language END) IN `+args.inList(toStrings(a.Languages)))
	}
	if len(a.Tags) > 0 {
		var any []string
		for _, tag := range a.Tags {
			any = append(any, `LOWER(c.tags) LIKE `+args.add("%|"+likeLiteral(lowerASCII(tag))+"|%")+` ESCAPE '!'`)
		}
		fits = append(fits, `(`+strings.Join(any, ` OR `)+`)`)
	}
	return strings.Join(fits, ` AND `)
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

func toStrings[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// CountAudience tells how many contacts would get the digest now; with
// addresses given, some thousands at most, how many of those.
func (v Digests) CountAudience(ctx context.Context, digest string, a Audience, addresses []string) (int, error) {
	return countAudience(ctx, v.db.reader, digest, a, addresses)
}

func countAudience(ctx context.Context, q querier, digest string, a Audience, addresses []string) (int, error) {
	var args params
	query := `SELECT COUNT(*) ` + a.recipientsSQL(&args, digest, contactRange{})
	if addresses != nil {
		query += ` AND c.address_key IN ` + args.inList(addresses)
	}
	n, err := get[int](ctx, q, query, args...)
	if err != nil {
		return 0, fmt.Errorf("count audience of %s: %w", digest, explain(err))
	}
	return n, nil
}

// matchesNobody reports whether nobody would get the digest now.
func (db *DB) matchesNobody(ctx context.Context, digest string, a Audience) (nobody bool, err error) {
	var args params
	query := `SELECT NOT EXISTS (SELECT 1 ` + a.recipientsSQL(&args, digest, contactRange{}) + `)`
	if err := db.reader.QueryRowContext(ctx, query, args...).Scan(&nobody); err != nil {
		return false, fmt.Errorf("look for recipients of %s: %w", digest, explain(err))
	}
	return nobody, nil
}

// CountLevels tells how many contacts there are of each level; those without one are
// under "".
func (v Contacts) CountLevels(ctx context.Context) (map[bantin.Level]int, error) {
	levels, err := collectMap[bantin.Level, int](ctx, v.db.reader, `SELECT level, COUNT(*) FROM contacts GROUP BY level`)
	return levels, wrap(err, "count levels of contacts")
}

// Audience yields who would get the digest now, in the order of their
// arrival, a thousand at a time so that no transaction lasts.
func (v Digests) Audience(ctx context.Context, digest string, a Audience) iter.Seq2[bantin.Contact, error] {
	return v.db.contactPages(ctx, func(after int64) (string, params) {
		var args params
		query := `SELECT ` + contactColumns + ` ` + a.recipientsSQL(&args, digest, contactRange{}) + ` AND c.id > ` + args.add(after)
		return query, args
	})
}
