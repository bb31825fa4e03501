package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/clock"
	"bantin/config"
	"bantin/feed"
	"bantin/mailer"
	"bantin/mailer/oauth2"
	"bantin/picture"
	"bantin/place"
	"bantin/publish/alarm"
	"bantin/publish/collect"
	"bantin/publish/delivery"
	"bantin/publish/edition"
	"bantin/source/attempt"
	"bantin/source/document/convert"
	"bantin/store"
	"bantin/templates"
)

// deps is everything that the configuration describes, put together.
type deps struct {
	config    *config.Config
	site      *bantin.Site
	log       *slog.Logger
	db        *store.DB
	atlas     *place.Atlas
	pictures  *picture.Store
	programs  *convert.Programs
	attempts  *attempt.Log // of what is read
	files     *picture.Files
	templates *templates.Set
	tokens    *mailer.Tokens
	editor    *edition.Editor
	composer  *delivery.Composer
	library   *feed.Library
	readers   *feed.Readers // of feeds, counted
	digests   []*edition.DigestPlan
	clock     *clock.Clock // of a daemon; nil: commands take the clock as it is
	unstored  *alarm.Unstored
	process   *processMetrics
	reads     *collect.Reads // of sources, also those of the generation before
	asked     *askedReads    // by people

	asSent bool // what is mailed goes nowhere and counts as sent

	refreshToken *oauth2.RefreshToken // of the log-in; outlives a reload, since it may hold a token that its file does not
}

// now is the time, as far as a daemon believes it.
func (w *deps) now() time.Time {
	if w.clock == nil {
		return time.Now()
	}
	return w.clock.Now()
}

// open reads the configuration and opens the database and what stands on it.
func (a *app) open(ctx context.Context, log *slog.Logger) (*deps, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, c.Data, databaseOf(c))
	if err != nil {
		return nil, err
	}
	w := &deps{config: c, log: log, db: db, library: &feed.Library{}, readers: &feed.Readers{}, unstored: &alarm.Unstored{File: unstoredFile(c.Data)}, process: newProcessMetrics(), reads: &collect.Reads{}, asked: newAskedReads()}
	if err := w.assemble(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return w, nil
}

// with opens what the configuration describes for what a command does, and
// closes it.
func (a *app) with(ctx context.Context, do func(w *deps) error) (err error) {
	w, err := a.open(ctx, a.warnLogger())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	return do(w)
}

// withExisting is with for a command that needs the database alone, as it is: one that is
// missing is not made anew.
func (a *app) withExisting(ctx context.Context, do func(c *config.Config, db *store.DB) error) (err error) {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	opt := databaseOf(c)
	opt.NoMigrate = true
	db, err := store.Open(ctx, c.Data, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return do(c, db)
}

// withReturns is with for taking what comes back, as whatever user a mail server
// runs its pipes. It opens no more than that needs, and the database as it is:
// one that is missing (its disk is not mounted) is not made anew, since an empty
// one knows of no mail and would have the message thrown away; one that an older
// program wrote is for the daemon to bring up to date.
func (a *app) withReturns(ctx context.Context, do func(w *deps) error) error {
	return a.withExisting(ctx, func(c *config.Config, db *store.DB) error {
		w := &deps{config: c, log: a.warnLogger(), db: db}
		if err := w.openTokens(ctx); err != nil {
			return err
		}
		return do(w)
	})
}

// A job is what a command does with its arguments.
type runFunc func(ctx context.Context, w *deps, args []string) error

// does is the RunE of a command that works with what the configuration
// describes.
func (a *app) does(do runFunc) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return a.with(cmd.Context(), func(w *deps) error { return do(cmd.Context(), w, args) })
	}
}

// doesWithDigest is the same for a command whose first argument is a digest.
func (a *app) doesWithDigest(do func(context.Context, *deps, *edition.DigestPlan) error) func(*cobra.Command, []string) error {
	return a.does(func(ctx context.Context, w *deps, args []string) error {
		d, err := w.digest(args[0])
		if err != nil {
			return err
		}
		return do(ctx, w, d)
	})
}

func (w *deps) assemble(ctx context.Context) error {
	c := w.config
	site := c.Site.Site()
	w.site = &site
	w.atlas = place.NewAtlas(c.AllClusters(), c.AllTopics()...)
	var err error
	if w.pictures, err = picture.Open(filepath.Join(c.Data, "images")); err != nil {
		return err
	}
	if w.files, err = picture.OpenFiles(filepath.Join(c.Data, "files")); err != nil {
		return err
	}
	w.site.Logo = w.logo(c.Site.Logo)
	w.programs = convert.Find()
	w.attempts = attempt.New(filepath.Join(c.Data, "reading"), rehearse)
	if w.templates, err = templates.Load(c.Templates); err != nil {
		return err
	}
	if err := w.openTokens(ctx); err != nil {
		return err
	}
	w.editor = &edition.Editor{DB: w.db, Log: w.log, Site: w.site, Atlas: w.atlas, Hold: w.config.SMTP.HoldLimits()}
	sender, err := w.sender()
	if err != nil {
		return err
	}
	w.composer = &delivery.Composer{Site: w.site, Atlas: w.atlas, Sender: sender,
		Render: func(subject string, m mailer.DigestMail) (mailer.Rendered, error) {
			return mailer.RenderDigest(w.templates, subject, m)
		}, Labels: map[string]string{}}
	for i := range c.Digests {
		w.composer.Labels[c.Digests[i].ID] = c.Digests[i].Label
		w.digests = append(w.digests, planOf(&c.Digests[i]))
	}
	w.editor.Digests = w.digests
	for i := range w.config.Sources {
		w.editor.Sources = append(w.editor.Sources, w.config.Sources[i].ID)
	}
	if c.Office != nil {
		w.editor.People = c.Office.People
	}
	return nil
}

func (w *deps) close() error {
	w.asked.stop()
	return errors.Join(w.attempts.Close(), w.db.Close())
}
