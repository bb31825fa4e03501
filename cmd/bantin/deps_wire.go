package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/config"
	"bantin/feed"
	"bantin/fetch"
	"bantin/mailer"
	"bantin/publish/collect"
	"bantin/publish/edition"
	"bantin/publish/syndicate"
	"bantin/schedule"
	"bantin/source"
	"bantin/web"
)

// zone is the zone of a digest; of one that is gone, the site's.
func (w *deps) zone(digest string) *time.Location {
	for _, d := range w.digests {
		if d.ID == digest && d.Location != nil {
			return d.Location
		}
	}
	return w.site.Location
}

// digest finds a digest of the configuration by its id or an alias.
func (w *deps) digest(id string) (*edition.DigestPlan, error) {
	var ids []string
	for _, d := range w.digests {
		ids = append(ids, d.ID)
		if d.ID == id || slices.Contains(d.Aliases, id) {
			return d, nil
		}
	}
	return nil, wrongUsage("không có bản tin tổng hợp %q trong %s: có %s", "digest %q: not found in %s: there is %s", id, w.config.Path, strings.Join(ids, ", "))
}

func (w *deps) collector() *collect.Collector {
	c := &collect.Collector{DB: w.db, Log: w.log, Now: w.now, Atlas: w.atlas, Place: w.config.Site.Place, Reads: w.reads,
		Known: []string{collect.UploadSource}, Homes: []collect.Home{{ID: collect.UploadSource, IsOffice: true}}}
	for _, s := range w.config.Sources {
		c.Known = append(append(c.Known, s.ID), s.Aliases...)
		home := collect.Home{ID: s.ID, Aliases: s.Aliases}
		switch s.Kind {
		case config.Folder, config.Mailbox:
			home.IsOffice = true
		default:
			home.URL = s.URL
		}
		c.Homes = append(c.Homes, home)
	}
	return c
}

// readOptions are how a source is read by command; the zero value is how the
// daemon reads it.
type readOptions struct {
	once     bool
	since    bantin.Day
	progress func(source.Progress)
}

func (w *deps) reading(s *config.Source, opt readOptions) (*collect.Reading, error) {
	password, err := s.Password()
	if err != nil {
		return nil, err
	}
	src, err := source.Open(source.Spec{
		ID: s.ID, Kind: string(s.Kind), Path: s.Path, URL: s.URL,
		Location: w.site.Location, Pictures: w.pictures, Files: w.files, Programs: w.programs, Attempts: w.attempts,
		Senders: s.Senders, Addresses: s.Addresses, Trust: source.Trust(s.Trust), Password: password,
		Web: w.client(s), Since: opt.since, Progress: opt.progress, Now: w.now,
		Problems: func(ctx context.Context) (map[string]bantin.ProblemKind, error) {
			return w.db.Sources().ProblemItems(ctx, s.ID)
		},
		Notes: func(ctx context.Context) (map[string]string, error) { return w.db.Sources().Notes(ctx, s.ID) },
	})
	if err != nil {
		return nil, err
	}
	return &collect.Reading{Source: src, Aliases: s.Aliases, Once: opt.once, Listed: s.Kind == config.Folder}, nil
}

// client asks the site of a source: whom to write to stands in each request. What it may
// reach inside the network is the source's own host and port.
func (w *deps) client(s *config.Source) *fetch.Client {
	opt := fetch.Options{UserAgent: w.userAgent(), PerSecond: s.Rate.PerSecond()}
	if s.AllowPrivate {
		opt.PrivateURL = s.URL
	}
	if s.Kind == config.Folder || s.Kind == config.Mailbox { // only pictures that a text shows from elsewhere
		opt.MaxAttempts, opt.Timeout = 1, 30*time.Second
	}
	return fetch.New(opt)
}

// feeds makes what builds the configured feeds.
func (w *deps) feeds(ctx context.Context) (*syndicate.Feeds, error) {
	c := syndicate.Config{DB: w.db, Log: w.log, Site: w.site, Atlas: w.atlas, Library: w.library, Hubs: w.config.WebSub,
		Greeting: func(edition string, composed *bantin.Composition) (page, text string) {
			return mailer.FeedGreeting(w.site, edition, composed, w.site.Language)
		}}
	for _, d := range w.digests {
		c.Digests = append(c.Digests, &d.Digest)
	}
	var err error
	if c.Instance, err = w.db.Instance(ctx); err != nil {
		return nil, err
	}
	var reads []*schedule.Schedule
	for i := range w.config.Sources {
		reads = append(reads, w.config.Sources[i].Due)
	}
	c.Quiet = syndicate.QuietHours(reads)
	for i := range w.config.Feeds {
		one := &w.config.Feeds[i]
		c.Plans = append(c.Plans, syndicate.FeedPlan{Feed: one.Feed(), Per: syndicate.SplitBy(one.Per)})
	}
	return syndicate.NewFeeds(c), nil
}

// notifier makes what tells hubs of changed feeds.
func (w *deps) notifier() *syndicate.WebSubNotifier {
	publisher := feed.NewPublisher(w.userAgent())
	return &syndicate.WebSubNotifier{DB: w.db, Log: w.log, Hubs: w.config.WebSub, Tell: publisher.Notify, Now: w.now}
}

func (w *deps) importer() *collect.Importer {
	im := &collect.Importer{DB: w.db, Log: w.log, Audience: w.editor.Audience, Secret: w.tokens.ErasedKey(), Language: w.site.Language}
	for _, d := range w.digests {
		im.Digests = append(im.Digests, &d.Digest)
	}
	return im
}

// subscribable are the digests that the page lets visitors subscribe to.
func (w *deps) subscribable() []web.Digest {
	var list []web.Digest
	for i, d := range w.digests {
		o := web.Digest{ID: d.ID, Title: d.Title, Welcome: w.config.Digests[i].Welcome}
		if d.Schedule != nil {
			o.Next, o.Frequency = d.Schedule.Next, d.Schedule.Frequency(w.now()).Words()
		}
		list = append(list, o)
	}
	return list
}

// isRecipient reports whether a contact gets a digest, paused or not.
func (w *deps) isRecipient(ctx context.Context, digest, address string) (bool, error) {
	d, err := w.digest(digest)
	if err != nil {
		return false, err
	}
	someday := time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) // no pause lasts so long
	audience := w.editor.Audience(&d.Digest, someday)
	n, err := w.db.Digests().CountAudience(ctx, digest, audience, []string{bantin.AddressKey(address)})
	return n > 0, err
}

// renamedDigests gives for each old id of a digest the one it has now: links
// in old mails bear the old one.
func (w *deps) renamedDigests() map[string]string {
	renamed := map[string]string{}
	for _, d := range w.digests {
		for _, alias := range d.Aliases {
			renamed[alias] = d.ID
		}
	}
	return renamed
}

// renamedFeeds gives for each old id of a feed the one it has now: people keep
// the address of its page.
func (w *deps) renamedFeeds() map[string]string {
	renamed := map[string]string{}
	for _, f := range w.config.Feeds {
		for _, alias := range f.Aliases {
			renamed[alias] = f.ID
		}
	}
	return renamed
}
