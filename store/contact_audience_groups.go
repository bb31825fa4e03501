package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"bantin"
)

// AudienceByPlace counts who would get a digest now, by place and level. Nothing is counted
// again while no contact, subscription or suppression has changed; and among very many
// contacts, where counting takes long, not more often than costs a twentieth of the time.
func (v Digests) AudienceByPlace(ctx context.Context, digest string, a Audience) (n bantin.AudienceCount, err error) {
	asked, err := json.Marshal(a)
	if err != nil {
		return n, err
	}
	version, err := v.db.audienceVersion(ctx)
	if err != nil {
		return n, fmt.Errorf("count the audience of %s by place: %w", digest, explain(err))
	}
	return v.db.audiences.take(digest+" "+string(asked), version, func() (bantin.AudienceCount, error) { return v.countByPlace(ctx, digest, a) })
}

func (v Digests) countByPlace(ctx context.Context, digest string, a Audience) (n bantin.AudienceCount, err error) {
	n.Places, n.Levels = map[string]int{}, map[bantin.Level]int{}
	var args params
	err = each(ctx, v.db.reader, func(rows *sql.Rows) error {
		var place string
		var level bantin.Level
		var count int
		err := rows.Scan(&place, &level, &count)
		n.Count += count
		n.Places[place] += count
		n.Levels[level] += count
		return err
	}, `SELECT c.place, c.level, COUNT(*) `+a.recipientsSQL(&args, digest, contactRange{})+` GROUP BY c.place, c.level`, args...)
	return n, wrap(err, "count the audience of %s by place", digest)
}

// audienceVersion is another text whenever a contact came, changed or left, an import began
// or ended, or a suppression came or went.
func (db *DB) audienceVersion(ctx context.Context) (string, error) {
	var contact, entry, left, suppressions, suppressed int64
	var list string
	err := db.reader.QueryRowContext(ctx, `SELECT (SELECT COALESCE(MAX(id), 0) FROM contacts), (SELECT COALESCE(MAX(n), 0) FROM record), (SELECT COALESCE(MAX(version), 0) FROM departures),
		(SELECT COUNT(*) FROM suppressions), (SELECT COALESCE(MAX(at), 0) FROM suppressions),
		COALESCE((SELECT n || status FROM imports ORDER BY n DESC LIMIT 1), '')`).Scan(&contact, &entry, &left, &suppressions, &suppressed, &list)
	return fmt.Sprint(contact, entry, left, suppressions, suppressed, list), err
}

// audienceCache keeps the last count of each audience.
type audienceCache struct {
	mu     sync.Mutex
	counts map[string]countedAudience
}

type countedAudience struct {
	version string
	n       bantin.AudienceCount
	at      time.Time
	took    time.Duration
}

const (
	maxAudiences  = 100                    // a day of each digest; more begin anew
	slowCount     = 250 * time.Millisecond // what takes no longer is counted at each change
	audienceShare = 20                     // what takes longer may take so small a part of the time
)

// take gives the last count, or counts. One counts at a time.
func (c *audienceCache) take(key, version string, count func() (bantin.AudienceCount, error)) (bantin.AudienceCount, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, ok := c.counts[key]
	isRecent := ok && last.took > slowCount && time.Since(last.at) < audienceShare*last.took
	if !ok || last.version != version && !isRecent {
		begun := time.Now()
		n, err := count()
		if err != nil {
			return n, err
		}
		if c.counts == nil || len(c.counts) >= maxAudiences {
			c.counts = map[string]countedAudience{}
		}
		last = countedAudience{version, n, time.Now(), time.Since(begun)}
		c.counts[key] = last
	}
	return bantin.AudienceCount{Count: last.n.Count, Places: maps.Clone(last.n.Places), Levels: maps.Clone(last.n.Levels)}, nil
}
