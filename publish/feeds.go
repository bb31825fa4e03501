package publish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

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
	Instance string // tells this installation's feeds from all others

	change int64                // the last change that the library shows
	built  map[string]builtFeed // by feed id

	mu   sync.Mutex
	list []bantin.Feed
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
// bulletin is or was in, all of them the first time.
func (f *Feeds) Refresh(ctx context.Context) (written int, err error) {
	last, err := f.DB.LastChange(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	if f.built != nil && last == f.change {
		return 0, nil
	}
	feeds, err := f.expand(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	touched, err := f.touched(ctx)
	if err != nil {
		return 0, fmt.Errorf("refresh feeds: %w", err)
	}
	for _, one := range feeds {
		if !touched(one.ID) {
			continue
		}
		if err := f.build(ctx, one); err != nil {
			return written, fmt.Errorf("build feed %s: %w", one.ID, err)
		}
		written++
	}
	f.change = last
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = feeds
	return written, nil
}

// expand gives every feed there is to publish now.
func (f *Feeds) expand(ctx context.Context) ([]bantin.Feed, error) {
	var list []bantin.Feed
	for _, plan := range f.Plans {
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
	tags, err := f.DB.TagsWith(ctx, "place:")
	if err != nil {
		return nil, err
	}
	once, err := f.DB.Published(ctx, "feed:"+id+"/")
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

// touched tells which feeds the changes since the last refresh concern.
func (f *Feeds) touched(ctx context.Context) (func(id string) bool, error) {
	const most = 1000 // beyond, all are looked at
	all := func(string) bool { return true }
	if f.built == nil {
		return all, nil
	}
	changed, err := f.DB.Changes(ctx, f.change, most)
	if err != nil || len(changed) == most {
		return all, err
	}
	return func(id string) bool {
		was, ok := f.built[id]
		return !ok || slices.ContainsFunc(changed, func(b bantin.Bulletin) bool {
			return was.entries[b.ID] || b.Publishable() && matches(was.tags, f.Atlas.Tags(&b))
		})
	}, nil
}

// matches reports whether tags have one of each group.
func matches(groups [][]string, tags []string) bool {
	for _, group := range groups {
		if !slices.ContainsFunc(group, func(tag string) bool { return slices.Contains(tags, tag) }) {
			return false
		}
	}
	return true
}

func (f *Feeds) build(ctx context.Context, one bantin.Feed) error {
	tags := f.Atlas.SelectTags(one.Select)
	entries, err := f.DB.Bulletins(ctx, store.Filter{Tags: tags, Limit: one.Limit})
	if err != nil {
		return err
	}
	byPublication(entries)
	channel := &feed.Channel{
		Site: f.Site, Feed: one, Entries: entries, Instance: f.Instance,
		Places:   func(slug string) string { return place.Name(slug, f.Site.Language) },
		Clusters: f.clusterTitle,
	}
	hash, err := fingerprint(channel)
	if err != nil {
		return err
	}
	since, err := f.DB.Publish(ctx, map[string]string{"feed:" + one.ID: hash})
	if err != nil {
		return err
	}
	channel.Updated = since["feed:"+one.ID]
	documents, err := feed.Publish(channel)
	if err != nil {
		return err
	}
	for path, d := range documents {
		f.Library.Put(path, d)
	}
	f.note(one, tags, entries)
	return nil
}

func (f *Feeds) clusterTitle(id string) string {
	if c, ok := f.Atlas.Cluster(id); ok {
		return c.Title
	}
	return id
}

func (f *Feeds) note(one bantin.Feed, tags [][]string, entries []bantin.Bulletin) {
	if f.built == nil {
		f.built = map[string]builtFeed{}
	}
	ids := make(map[string]bool, len(entries))
	for _, b := range entries {
		ids[b.ID] = true
	}
	f.built[one.ID] = builtFeed{tags, ids}
}

// byPublication orders bulletins by the time of their publication, the newest
// first; of the same time, the last that arrived.
func byPublication(list []bantin.Bulletin) {
	slices.SortStableFunc(list, func(a, b bantin.Bulletin) int {
		return cmp.Or(published(&b).Compare(published(&a)), cmp.Compare(b.Seq, a.Seq))
	})
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
