package store

import (
	"context"
	"database/sql"
	"time"
)

// Topic is a document that a WebSub hub is to be notified of.
type Topic struct {
	Hub, URL string
	Modified time.Time // of the document
	Attempts int       // in vain so far
}

// QueueHubNotifications notes that documents, by address, are of these times now. Each hub is
// to be notified at once of those that are new to it. Hubs that are not named are
// forgotten, with their pending notifications.
func (v Feeds) QueueHubNotifications(ctx context.Context, hubs []string, documents map[string]time.Time) error {
	return v.db.write(ctx, "queue hub notifications", func(tx *sql.Tx) error {
		var args params
		if _, err := tx.ExecContext(ctx, forgetHubs(&args, hubs), args...); err != nil {
			return err
		}
		note, err := tx.PrepareContext(ctx, `INSERT INTO hub_topics (hub, topic, modified, due) VALUES ($1, $2, $3, $4)
			ON CONFLICT (hub, topic) DO UPDATE SET modified = excluded.modified, due = excluded.due
			WHERE hub_topics.modified <> excluded.modified`)
		if err != nil {
			return err
		}
		defer note.Close()
		now := millis(v.db.now())
		for _, hub := range hubs {
			for url, modified := range documents {
				if _, err := note.ExecContext(ctx, hub, url, millis(modified), now); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func forgetHubs(args *params, hubs []string) string {
	if len(hubs) == 0 {
		return `DELETE FROM hub_topics`
	}
	return `DELETE FROM hub_topics WHERE hub NOT IN ` + args.inList(hubs)
}

// DueTopics gives what a hub is to be notified of now, what waited longest first,
// at most limit.
func (v Feeds) DueTopics(ctx context.Context, hub string, limit int) ([]Topic, error) {
	list, err := collectFields(ctx, v.db.reader, func(t *Topic) []any { return []any{&t.Hub, &t.URL, asTime(&t.Modified), &t.Attempts} }, `SELECT hub, topic, modified, attempts FROM hub_topics
		WHERE hub = $1 AND told <> modified AND due <= $2 ORDER BY due, topic LIMIT $3`, hub, millis(v.db.now()), limit)
	return list, wrap(err, "list notifications of hub %s", hub)
}

// MarkNotified notes that a hub knows a document as the topic has it.
func (v Feeds) MarkNotified(ctx context.Context, t Topic) error {
	return v.db.write(ctx, "mark hub "+t.Hub+" as notified", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE hub_topics SET told = $1, attempts = 0 WHERE hub = $2 AND topic = $3`,
			millis(t.Modified), t.Hub, t.URL)
		return err
	})
}

// DeferNotification records that a hub could not be notified, and when to retry. Where
// the document changed meanwhile it is due at once.
func (v Feeds) DeferNotification(ctx context.Context, t Topic, again time.Time) error {
	return v.db.execute(ctx, "defer notification of hub "+t.Hub, `UPDATE hub_topics SET attempts = attempts + 1,
				due = CASE WHEN modified = $1 THEN $2 ELSE due END
			WHERE hub = $3 AND topic = $4`, millis(t.Modified), millis(again), t.Hub, t.URL)
}
