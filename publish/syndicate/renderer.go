package syndicate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/place"
)

// renderer makes the documents of feeds from bulletins. Any goroutine may use it.
type renderer struct {
	*Config
	change atomic.Int64 // the last change of the store when documents are made
}

// newChannel makes a feed's document, or one of its archive pages, from its
// bulletins, before it is known since when it says that.
func (r *renderer) newChannel(d archivedFeed, entries []bantin.Bulletin) *feed.Channel {
	bantin.SortByPublication(entries)
	return &feed.Channel{
		Site: r.Site, Feed: d.feed, Entries: entries, Instance: r.Instance, Born: d.born,
		Hubs: r.Hubs, Quiet: r.Quiet,
		Places:   func(slug string) string { return place.Name(slug, r.Site.Language) },
		Clusters: r.clusterTitle,
		Topics:   r.Atlas.TopicName,
	}
}

// since tells since when a document is made from what it is made from now.
func (r *renderer) since(ctx context.Context, name string, channel *feed.Channel) (time.Time, error) {
	hash, err := fingerprint(channel)
	if err != nil {
		return time.Time{}, err
	}
	since, err := r.DB.Feeds().RecordPublished(ctx, r.change.Load(), map[string]string{name: hash})
	return since[name], err
}

// channel makes a feed's document, or one of its archive pages, from its
// bulletins, and settles since when it says that.
func (r *renderer) channel(ctx context.Context, d archivedFeed, l archivePage, entries []bantin.Bulletin) (*feed.Channel, error) {
	channel := r.newChannel(d, entries)
	channel.Archive, channel.Older, channel.Newer = l.page, l.older, l.newer
	name := "feed:" + d.feed.ID
	if !l.page.IsZero() {
		name = fmt.Sprintf("archive:%s/%s", d.feed.ID, l.page)
	}
	var err error
	channel.Updated, err = r.since(ctx, name, channel)
	return channel, err
}

// dated makes documents that bear the time since when their bytes are what they
// are. That is not when their bulletins changed: a new version of the program
// may write the same bulletins otherwise, and a reader that goes by
// Last-Modified must learn of it.
func (r *renderer) dated(ctx context.Context, rendered []feed.Rendered) ([]*feed.Document, error) {
	hashes := map[string]string{}
	for _, one := range rendered {
		sum := sha256.Sum256(one.Body)
		hashes["document:"+one.Path] = hex.EncodeToString(sum[:16])
	}
	since, err := r.DB.Feeds().RecordPublished(ctx, r.change.Load(), hashes)
	if err != nil {
		return nil, err
	}
	var list []*feed.Document
	for _, one := range rendered {
		one.Head.Modified = since["document:"+one.Path]
		list = append(list, r.document(one))
	}
	return list, nil
}

// document is the one that is served already where it says the same: packing
// it takes longer than all else, and is for changes.
func (r *renderer) document(one feed.Rendered) *feed.Document {
	if old := r.Library.Get(one.Path); old != nil && old.Is(one.Body, one.Head) {
		return old
	}
	return one.Head.Document(one.Body)
}

// fingerprint is a hash of all that the documents of a feed are made from.
func fingerprint(c *feed.Channel) (string, error) {
	h := sha256.New()
	enc := json.NewEncoder(h)
	if err := enc.Encode([]any{c.Site.Title, c.Site.URL, c.Site.Language, c.Site.Contact, c.Feed}); err != nil {
		return "", err
	}
	for _, b := range c.Entries {
		if err := enc.Encode([]any{b.FeedID, b.Revision, b.ChangedAt.UnixMilli()}); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
