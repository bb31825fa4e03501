package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/config"
	"bantin/feed"
	"bantin/fetch"
	"bantin/mailbox"
	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/picture"
	"bantin/place"
	"bantin/publish"
	"bantin/schedule"
	"bantin/source"
	"bantin/store"
	"bantin/templates"
	"bantin/web"
)

// works is everything that the configuration describes, put together.
type works struct {
	config    *config.Config
	site      *bantin.Site
	log       *slog.Logger
	db        *store.DB
	atlas     *place.Atlas
	pictures  *picture.Store
	files     *picture.Files
	templates *templates.Set
	tokens    *mailer.Tokens
	editor    *publish.Editor
	press     *publish.Press
	library   *feed.Library
	digests   []*publish.DigestPlan
}

// open reads the configuration and opens the database and what stands on it.
func (a *app) open(ctx context.Context, log *slog.Logger) (*works, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, c.Data, store.Options{URL: c.Database})
	if err != nil {
		return nil, err
	}
	w := &works{config: c, log: log, db: db, library: &feed.Library{}}
	if err := w.assemble(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return w, nil
}

func (w *works) assemble(ctx context.Context) error {
	c := w.config
	site := c.Site.Site()
	w.site = &site
	w.atlas = place.NewAtlas(c.AllClusters())
	var err error
	if w.pictures, err = picture.Open(filepath.Join(c.Data, "images")); err != nil {
		return err
	}
	if w.files, err = picture.OpenFiles(filepath.Join(c.Data, "files")); err != nil {
		return err
	}
	if w.templates, err = templates.Load(c.Templates); err != nil {
		return err
	}
	secret, err := w.secret(ctx)
	if err != nil {
		return err
	}
	w.tokens = mailer.NewTokens(secret)
	w.editor = &publish.Editor{DB: w.db, Log: w.log, Site: w.site, Atlas: w.atlas}
	sender, err := w.sender()
	if err != nil {
		return err
	}
	w.press = &publish.Press{Site: w.site, Atlas: w.atlas, Sender: sender,
		Render: func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
			return mailer.RenderDigest(w.templates, subject, m)
		}}
	for i := range c.Digests {
		d := &c.Digests[i]
		w.digests = append(w.digests, &publish.DigestPlan{
			Digest: d.Digest(), Schedule: d.Due, Missed: publish.Missed(d.Missed), Late: d.Late.Std(),
		})
	}
	return nil
}

func (w *works) close() error { return w.db.Close() }

// secret is the one of the file where there is one, else the database's own.
func (w *works) secret(ctx context.Context) ([]byte, error) {
	file := w.config.Site.SecretFile
	if file == "" {
		return w.db.Secret(ctx)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < 16 {
		return nil, fmt.Errorf("read secret %s: it is shorter than 16 characters; `openssl rand -base64 32` makes a good one", file)
	}
	return []byte(secret), nil
}

// sender is who mails: of `smtp`, else the site, for the outbox.
func (w *works) sender() (mailer.Sender, error) {
	s := mailer.Sender{Name: w.site.Title, Address: w.site.Contact}
	if w.config.SMTP != nil {
		s.Name, s.Address = splitAddress(w.config.SMTP.From)
		_, s.ReplyTo = splitAddress(w.config.SMTP.ReplyTo)
		s.Bounces = w.config.SMTP.Bounces
	}
	var err error
	s.Signers, err = w.signers()
	if s.Address == "" {
		s.Address = "bantin@" + mailer.Host(w.site)
	}
	if s.Name == "" {
		s.Name = w.site.Title
	}
	return s, err
}

func splitAddress(text string) (name, address string) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return "", text
	}
	return a.Name, a.Address
}

// transport is the mail server, or the outbox where there is none.
func (w *works) transport() (mailer.Transport, error) {
	s := w.config.SMTP
	if s == nil {
		return mailer.NewOutbox(filepath.Join(w.config.Data, "outbox")), nil
	}
	password, err := s.Password()
	if err != nil {
		return nil, err
	}
	_, from := splitAddress(s.From)
	return mailer.NewSMTP(mailer.SMTPOptions{
		Host: s.Host, Port: s.Port, TLS: mailer.TLS(s.TLS), Username: s.Username, Password: password, From: from,
	}), nil
}

// courier makes the one that delivers under the name of a node.
func (w *works) courier(node string) (*publish.Courier, error) {
	transport, err := w.transport()
	if err != nil {
		return nil, err
	}
	c := &publish.Courier{
		DB: w.db, Returns: w.returns(), Log: w.log, Press: w.press, Tokens: w.tokens, Transport: transport,
		Connections: 1, Node: node, Zone: w.zone, Now: time.Now, Retry: []time.Duration{time.Minute},
	}
	if s := w.config.SMTP; s != nil {
		c.Connections = s.Connections
		c.Retry = nil
		for _, d := range s.Retry {
			c.Retry = append(c.Retry, d.Std())
		}
		c.Limit = publish.NewRate(w.db, "smtp", s.Rate.PerSecond())
		c.Domains = map[string]*publish.Rate{}
		for _, d := range s.Domains {
			c.Domains[d.Name] = publish.NewRate(w.db, "domain "+d.Name, d.Rate.PerSecond())
		}
	}
	return c, nil
}

// clerk makes the one that sends notices, as the courier sends digests.
func (w *works) clerk(c *publish.Courier) *publish.Clerk {
	return &publish.Clerk{
		DB: w.db, Log: w.log, Site: w.site, Tokens: w.tokens, Sender: w.press.Sender, Transport: c.Transport,
		Limit: c.Limit, Retry: c.Retry, Node: c.Node, Now: time.Now,
		Render: func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(w.templates, m) },
	}
}

// returns makes what takes mail that comes back.
func (w *works) returns() *publish.Returns {
	return &publish.Returns{DB: w.db, Log: w.log, Tokens: w.tokens, Now: time.Now}
}

// inbox is where mail comes back; nil where none is read.
func (w *works) inbox() (*publish.Inbox, error) {
	b := w.config.Bounces
	if b == nil {
		return nil, nil
	}
	password, err := b.Password()
	if err != nil {
		return nil, err
	}
	box, err := mailbox.Open(b.Mailbox, mailbox.Options{Password: password, MaxBytes: bounce.Limit})
	if err != nil {
		return nil, err
	}
	return &publish.Inbox{Returns: w.returns(), Box: box, Address: b.Mailbox, Schedule: b.Due}, nil
}

// zone is the zone of a digest; of one that is gone, the site's.
func (w *works) zone(digest string) *time.Location {
	for _, d := range w.digests {
		if d.ID == digest && d.Location != nil {
			return d.Location
		}
	}
	return w.site.Location
}

// digest finds a digest of the configuration by its id or an alias.
func (w *works) digest(id string) (*publish.DigestPlan, error) {
	var ids []string
	for _, d := range w.digests {
		ids = append(ids, d.ID)
		if d.ID == id || slices.Contains(d.Aliases, id) {
			return d, nil
		}
	}
	return nil, &usageError{fmt.Errorf("digest %q: %w in %s: there is %s", id, bantin.ErrNotFound, w.config.Path, strings.Join(ids, ", "))}
}

func (w *works) collector() *publish.Collector {
	c := &publish.Collector{DB: w.db, Log: w.log, Atlas: w.atlas, Language: w.site.Language}
	for _, s := range w.config.Sources {
		c.Known = append(append(c.Known, s.ID), s.Aliases...)
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

func (w *works) reading(s *config.Source, opt readOptions) (*publish.Reading, error) {
	password, err := s.Password()
	if err != nil {
		return nil, err
	}
	src, err := source.Open(source.Spec{
		ID: s.ID, Kind: string(s.Kind), Path: s.Path, URL: s.URL,
		Location: w.site.Location, Language: w.site.Language, Pictures: w.pictures, Files: w.files,
		Senders: s.Senders, Trust: source.Trust(s.Trust), Password: password,
		Web: w.client(s), Since: opt.since, Progress: opt.progress, Now: time.Now,
		Notes: func(ctx context.Context) (map[string]string, error) { return w.db.Notes(ctx, s.ID) },
	})
	if err != nil {
		return nil, err
	}
	return &publish.Reading{Source: src, Aliases: s.Aliases, Once: opt.once}, nil
}

// client asks the site of a source: whom to write to stands in each request.
func (w *works) client(s *config.Source) *fetch.Client {
	return fetch.New(fetch.Options{
		UserAgent: fetch.UserAgent(w.site.URL, w.site.Contact), PerSecond: s.Rate.PerSecond(), AllowPrivate: s.AllowPrivate,
	})
}

// feeds makes what builds the configured feeds.
func (w *works) feeds(ctx context.Context) (*publish.Feeds, error) {
	f := &publish.Feeds{DB: w.db, Log: w.log, Site: w.site, Atlas: w.atlas, Library: w.library, Hubs: w.config.WebSub}
	for _, d := range w.digests {
		f.Digests = append(f.Digests, &d.Digest)
	}
	var err error
	if f.Instance, err = w.db.Instance(ctx); err != nil {
		return nil, err
	}
	var reads []*schedule.Schedule
	for i := range w.config.Sources {
		reads = append(reads, w.config.Sources[i].Due)
	}
	f.Quiet = publish.QuietHours(reads)
	for i := range w.config.Feeds {
		c := &w.config.Feeds[i]
		f.Plans = append(f.Plans, publish.FeedPlan{Feed: c.Feed(), Per: publish.Per(c.Per)})
	}
	return f, nil
}

// herald makes what tells hubs of changed feeds.
func (w *works) herald() *publish.Herald {
	publisher := feed.NewPublisher(fetch.UserAgent(w.site.URL, w.site.Contact))
	return &publish.Herald{DB: w.db, Log: w.log, Hubs: w.config.WebSub, Tell: publisher.Tell, Now: time.Now}
}

func (w *works) importer() *publish.Importer {
	im := &publish.Importer{DB: w.db, Editor: w.editor, Secret: w.tokens.ErasedKey(), Language: w.site.Language}
	for _, d := range w.digests {
		im.Digests = append(im.Digests, &d.Digest)
	}
	return im
}

// offers are the digests that the page lets visitors subscribe to.
func (w *works) offers() []web.Offer {
	var list []web.Offer
	for _, d := range w.digests {
		o := web.Offer{ID: d.ID, Title: d.Title}
		if d.Schedule != nil {
			o.Next = d.Schedule.Next
		}
		list = append(list, o)
	}
	return list
}

// gets reports whether a contact gets a digest, paused or not.
func (w *works) gets(ctx context.Context, digest, address string) (bool, error) {
	d, err := w.digest(digest)
	if err != nil {
		return false, err
	}
	someday := time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) // no pause lasts so long
	audience := w.editor.Audience(&d.Digest, someday)
	n, err := w.db.CountAudience(ctx, digest, audience, []string{bantin.AddressKey(address)})
	return n > 0, err
}

// renamedDigests gives for each old id of a digest the one it has now: links
// in old mails bear the old one.
func (w *works) renamedDigests() map[string]string {
	renamed := map[string]string{}
	for _, d := range w.digests {
		for _, alias := range d.Aliases {
			renamed[alias] = d.ID
		}
	}
	return renamed
}
