package store

import (
	"context"
	"time"
)

// Feeds keeps what must not change when feeds are built again: the id under
// which each was first published (RegisterID, OriginalID, Rename), its archive
// pages (SealArchives, Archive), since when each document says what it says
// (RecordPublished, PublishedNames), and which WebSub hubs are still to be
// notified (QueueHubNotifications, DueTopics, MarkNotified, DeferNotification).
type Feeds struct{ db *DB }

// Feeds gives the view of the feeds.
func (db *DB) Feeds() Feeds { return Feeds{db} }

// RegisterID notes under which id a feed is first published, so that it keeps its
// permanent id when it is renamed; see Feeds.OriginalID. A second time changes nothing.
func (v Feeds) RegisterID(ctx context.Context, id string) error {
	return v.db.execute(ctx, "note feed "+id, `INSERT INTO feeds (id, born, selection) VALUES ($1, $1, '') ON CONFLICT (id) DO NOTHING`, id)
}

// LastChangeAt gives when the last change number was given. It never goes back.
func (v Bulletins) LastChangeAt(ctx context.Context) (time.Time, error) {
	ms, err := get[int64](ctx, v.db.reader, `SELECT value FROM counters WHERE name = 'changed_at'`)
	return fromMillis(ms), explain(err)
}

// Version changes whenever an edition is made, cancelled, becomes public, or begins to be
// sent or waits again.
func (v Editions) Version(ctx context.Context) (string, error) {
	version, err := get[string](ctx, v.db.reader, `SELECT COALESCE(MAX(n), 0) || '/' || COALESCE(SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), 0)
		|| '/' || COALESCE(SUM(CASE WHEN status IN ('draft', 'scheduled') THEN 1 ELSE 0 END), 0)
		|| '/' || COALESCE(SUM(CASE WHEN e.status IN ('open', 'paused', 'held') OR e.status = 'sending' AND NOT (`+v.db.mayBeginSQL()+`) THEN n ELSE 0 END), 0) FROM editions e`)
	return version, explain(err)
}
