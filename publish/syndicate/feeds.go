package syndicate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// FeedPlan is a feed of the configuration: one document, or with Per one for
// every place that has bulletins, or for every cluster.
type FeedPlan struct {
	bantin.Feed
	Per Per
}

// Per says what a feed plan is multiplied by.
type Per string

// The multipliers.
const (
	PerNothing Per = ""
	PerPlace   Per = "place"
	PerCluster Per = "cluster"
)

// Feeds keeps the published feeds up to date. One goroutine uses it; the
// Library may be served meanwhile.
type Feeds struct {
	DB       *store.DB
	Log      *slog.Logger
	Site     *bantin.Site
	Atlas    *place.Atlas
	Plans    []FeedPlan
	Library  *feed.Library
	Instance string   // tells this installation's feeds from all others
	Hubs     []string // WebSub hubs that feeds announce
	Quiet    []int    // hours in UTC in which no source is read; see QuietHours

	Digests []*bantin.Digest // whose editions have a feed, beside those that once were

	change   int64                // the last change that was looked at
	built    map[string]builtFeed // by feed id
	editions editionFeeds
	fresh    bool
	topics   map[string]time.Time // documents that hubs are to hear of, and of when they are

	seen    atomic.Int64 // the last change when documents are made
	shown   atomic.Int64 // the last change of news that the library shows
	aged    atomic.Int64 // the last change of history, as the ListIndexer left it
	choices choices

	mu        sync.Mutex
	list      []bantin.Feed
	deep      map[string]depth // by feed id
	shelf     shelf            // of archive pages
	calendars calendars
}

// depth is what must be known of a feed to serve its archives.
type depth struct {
	feed    bantin.Feed
	tags    [][]string
	born    string
	pages   int          // how many are numbered
	history bantin.Month // the latest that has history, which is the newest page behind the numbered ones
}

// List gives the feeds that are published, in the order of the configuration.
// Any goroutine may ask.
func (f *Feeds) List() []bantin.Feed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list)
}

// builtFeed is what must be known of a feed to see whether a change is in it.
type builtFeed struct {
	tags    [][]string
	entries map[string]bool
}

// Refresh brings the library up to date with the store and tells how many
// feeds were written: none where nothing changed, only those that a changed
// bulletin is or was in, all of them the first time. History is shown as the
// ListIndexer left it. What hubs are to be told is stored when it returns.
func (f *Feeds) Refresh(ctx context.Context) (written int, err error) {
	last, err := f.DB.Bulletins().LastChange(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	f.seen.Store(last)
	history, err := f.DB.History().LastChange(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	if f.built == nil || last != f.change || history != f.aged.Load() {
		if written, err = f.rebuild(ctx, last, history); err != nil {
			return written, err
		}
	}
	if err := f.refreshEditions(ctx, last); err != nil {
		return written, fmt.Errorf("refresh feeds: %w", err)
	}
	return written, f.announce(ctx)
}

// rebuild writes the feeds that the changes since the last time concern.
func (f *Feeds) rebuild(ctx context.Context, last, history int64) (written int, err error) {
	if f.built == nil {
		if err := f.begin(ctx); err != nil {
			return 0, err
		}
	}
	feeds, err := f.expand(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	touched, news, err := f.touched(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	if history != f.aged.Load() {
		touched = f.orDeeper(ctx, touched)
	}
	for _, one := range feeds {
		is, err := touched(one.ID)
		if err == nil && is {
			err = f.build(ctx, one)
			written++
		}
		if err != nil {
			return written, fmt.Errorf("build feed %s: %w", one.ID, err)
		}
	}
	f.fresh = f.fresh || news || written > 0 // if no document, a page of an archive
	if f.built == nil {                      // there is no feed at all
		f.built = map[string]builtFeed{}
	}
	if err := f.putLists(ctx, feeds); err != nil {
		return written, fmt.Errorf("list feeds: %w", err)
	}
	f.change = last
	if news {
		f.shown.Store(last)
	}
	f.aged.Store(history)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = feeds
	return written, nil
}

// begin carries over what is known of feeds under their old ids, and has the
// library ask for what is no document in it.
func (f *Feeds) begin(ctx context.Context) error {
	for _, plan := range f.Plans {
		for _, alias := range plan.Aliases {
			if err := f.DB.Feeds().Rename(ctx, alias, plan.ID); err != nil {
				return err
			}
		}
	}
	f.Library.SetFallback(http.HandlerFunc(f.serveOther))
	return nil
}

// expand gives every feed there is to publish now.
func (f *Feeds) expand(ctx context.Context) ([]bantin.Feed, error) {
	var list []bantin.Feed
	for _, plan := range f.Plans {
		if plan.Gone {
			continue
		}
		switch plan.Per {
		case PerPlace:
			slugs, err := f.placesOf(ctx, plan.ID)
			if err != nil {
				return nil, err
			}
			for _, slug := range slugs {
				list = append(list, f.forPlace(plan.Feed, slug))
			}
		case PerCluster:
			for _, c := range f.Atlas.Clusters() {
				list = append(list, forCluster(plan.Feed, c))
			}
		default:
			list = append(list, plan.Feed)
		}
	}
	return list, nil
}

// placesOf gives the places that have bulletins or ever had a feed.
func (f *Feeds) placesOf(ctx context.Context, id string) ([]string, error) {
	tags, err := f.DB.Bulletins().TagsWith(ctx, "place:")
	if err != nil {
		return nil, err
	}
	once, err := f.DB.Feeds().PublishedNames(ctx, "feed:"+id+"/")
	if err != nil {
		return nil, err
	}
	var slugs []string
	for _, tag := range tags {
		slugs = append(slugs, strings.TrimPrefix(tag, "place:"))
	}
	for _, name := range once {
		slugs = append(slugs, strings.TrimPrefix(name, "feed:"+id+"/"))
	}
	slices.Sort(slugs)
	return slices.Compact(slugs), nil
}

func (f *Feeds) forPlace(base bantin.Feed, slug string) bantin.Feed {
	base.ID += "/" + slug
	base.Title = titled(base.Title, place.Name(slug, f.Site.Language))
	base.Select.Places = []string{slug}
	return base
}

func forCluster(base bantin.Feed, c bantin.Cluster) bantin.Feed {
	base.ID += "/" + c.ID
	base.Title = titled(base.Title, c.Title)
	base.Select.Clusters = []string{c.ID}
	return base
}

func titled(title, of string) string {
	if title == "" {
		return of
	}
	return title + " – " + of
}

func (f *Feeds) build(ctx context.Context, one bantin.Feed) error {
	tags := f.Atlas.SelectTags(one.Select)
	entries, err := f.DB.Bulletins().List(ctx, store.Filter{Tags: tags, Limit: one.Limit})
	if err != nil {
		return err
	}
	// After the entries were read, so that what is in no archive is among them.
	pages, err := f.DB.Feeds().SealArchives(ctx, one.ID, tags, pageSize(one))
	if err != nil {
		return err
	}
	born, err := f.DB.Feeds().OriginalID(ctx, one.ID)
	if err != nil {
		return err
	}
	history, err := f.DB.History().LatestMonth(ctx, tags)
	if err != nil {
		return err
	}
	d := depth{one, tags, born, pages, history}
	channel, err := f.channel(ctx, d, d.current(), entries)
	if err != nil {
		return err
	}
	rendered, err := feed.Render(channel)
	if err != nil {
		return err
	}
	documents, err := f.dated(ctx, rendered)
	if err != nil {
		return err
	}
	for i, document := range documents {
		f.put(rendered[i], document)
	}
	f.note(d, entries)
	return nil
}

// Fresh reports whether any document or archive page may have changed since it
// was asked last.
func (f *Feeds) Fresh() bool {
	fresh := f.fresh
	f.fresh = false
	return fresh
}

// put has a document served, and notes what hubs are to hear of.
func (f *Feeds) put(rendered feed.Rendered, document *feed.Document) {
	if f.Library.Get(rendered.Path) != document {
		f.Library.Put(rendered.Path, document)
		f.fresh = true
	}
	if len(rendered.Head.Hubs) == 0 {
		return
	}
	if f.topics == nil {
		f.topics = map[string]time.Time{}
	}
	f.topics[rendered.Head.Self] = document.Modified
}

// blank makes a feed's document, or one of its archive pages, from its
// bulletins, before it is known since when it says that.
func (f *Feeds) blank(d depth, entries []bantin.Bulletin) *feed.Channel {
	bantin.SortByPublication(entries)
	return &feed.Channel{
		Site: f.Site, Feed: d.feed, Entries: entries, Instance: f.Instance, Born: d.born,
		Hubs: f.Hubs, Quiet: f.Quiet,
		Places:   func(slug string) string { return place.Name(slug, f.Site.Language) },
		Clusters: f.clusterTitle,
	}
}

// since tells since when a document is made from what it is made from now.
func (f *Feeds) since(ctx context.Context, name string, channel *feed.Channel) (time.Time, error) {
	hash, err := fingerprint(channel)
	if err != nil {
		return time.Time{}, err
	}
	since, err := f.DB.Feeds().RecordPublished(ctx, f.seen.Load(), map[string]string{name: hash})
	return since[name], err
}

// channel makes a feed's document, or one of its archive pages, from its
// bulletins, and settles since when it says that.
func (f *Feeds) channel(ctx context.Context, d depth, l leaf, entries []bantin.Bulletin) (*feed.Channel, error) {
	channel := f.blank(d, entries)
	channel.Archive, channel.Older, channel.Newer = l.page, l.older, l.newer
	name := "feed:" + d.feed.ID
	if !l.page.IsZero() {
		name = fmt.Sprintf("archive:%s/%s", d.feed.ID, l.page)
	}
	var err error
	channel.Updated, err = f.since(ctx, name, channel)
	return channel, err
}

// dated makes documents that bear the time since when their bytes are what they
// are. That is not when their bulletins changed: a new version of the program
// may write the same bulletins otherwise, and a reader that goes by
// Last-Modified must learn of it.
func (f *Feeds) dated(ctx context.Context, rendered []feed.Rendered) ([]*feed.Document, error) {
	hashes := map[string]string{}
	for _, r := range rendered {
		sum := sha256.Sum256(r.Body)
		hashes["document:"+r.Path] = hex.EncodeToString(sum[:16])
	}
	since, err := f.DB.Feeds().RecordPublished(ctx, f.seen.Load(), hashes)
	if err != nil {
		return nil, err
	}
	var list []*feed.Document
	for _, r := range rendered {
		r.Head.Modified = since["document:"+r.Path]
		list = append(list, f.document(r))
	}
	return list, nil
}

// document is the one that is served already where it says the same: packing
// it takes longer than all else, and is for changes.
func (f *Feeds) document(r feed.Rendered) *feed.Document {
	if old := f.Library.Get(r.Path); old != nil && old.Is(r.Body, r.Head) {
		return old
	}
	return r.Head.Document(r.Body)
}

func (f *Feeds) clusterTitle(id string) string {
	if c, ok := f.Atlas.Cluster(id); ok {
		return c.Title
	}
	return id
}

func (f *Feeds) note(d depth, entries []bantin.Bulletin) {
	ids := make(map[string]bool, len(entries))
	for _, b := range entries {
		ids[b.ID] = true
	}
	if f.built == nil {
		f.built = map[string]builtFeed{}
	}
	f.built[d.feed.ID] = builtFeed{d.tags, ids}
	f.deepen(d)
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
