package store

import (
	"context"
	"database/sql"
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
	return v.db.write(ctx, "note feed "+id, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO feeds (id, born, selection) VALUES ($1, $1, '') ON CONFLICT (id) DO NOTHING`, id)
		return err
	})
}

// LastChangeAt gives when the last change number was given. It never goes back.
func (v Bulletins) LastChangeAt(ctx context.Context) (time.Time, error) {
	var ms int64
	err := v.db.reader.QueryRowContext(ctx, `SELECT value FROM counters WHERE name = 'changed_at'`).Scan(&ms)
	return fromMillis(ms), explain(err)
}

// Version changes whenever an edition is made, cancelled, becomes public, or begins to be
// sent or waits again.
func (v Editions) Version(ctx context.Context) (string, error) {
	var version string
	err := v.db.reader.QueryRowContext(ctx, `SELECT COALESCE(MAX(n), 0) || '/' || COALESCE(SUM(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END), 0)
		|| '/' || COALESCE(SUM(CASE WHEN status IN ('draft', 'scheduled') THEN 1 ELSE 0 END), 0)
		|| '/' || COALESCE(SUM(CASE WHEN e.status IN ('open', 'paused', 'held') OR e.status = 'sending' AND NOT (`+v.db.mayBeginSQL()+`) THEN n ELSE 0 END), 0) FROM editions e`).Scan(&version)
	return version, explain(err)
}
