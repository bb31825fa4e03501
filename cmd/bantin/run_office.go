package main

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bantin"
	"bantin/publish"
	"bantin/publish/edition"
	"bantin/store"
	"bantin/web"
	"bantin/web/office"
)

// pages are those of the site, and of the office where it has no address of its own.
func (w *deps) pages(d *publish.Daemon, hooks map[string]*web.Webhook) http.Handler {
	site := w.handler(d, hooks)
	if w.config.Office == nil || w.config.Office.Listen != "" {
		return site
	}
	people := w.officeHandler(d.Feeds.List)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/office" || strings.HasPrefix(r.URL.Path, "/office/") {
			people.ServeHTTP(rw, r)
			return
		}
		site.ServeHTTP(rw, r)
	})
}

// officeHandler makes the pages of the office.
func (w *deps) officeHandler(feeds func() []bantin.Feed) http.Handler {
	o := office.Options{
		Site: w.site, Store: w.db, Templates: w.templates, Tokens: w.tokens, Atlas: w.atlas, People: w.config.Office.People,
		Log: w.log, TrustedProxies: w.config.HTTP.Proxies(), Now: w.now,
		Understood: w.understood, Feeds: feeds, Settings: w.settings(), Problems: w.problems(), Renew: w.collector().Renew,
		KeepFile: w.keepLinked, Import: w.importUpload, AddBulletin: w.uploadBulletin, AnswerWithin: w.config.AnswerWithin(), Dir: w.config.Data, Images: w.pictures.FS(), Approve: w.editor.Approve,
		Collect: w.collectSource,
	}
	for i := range w.config.Sources {
		s := &w.config.Sources[i]
		o.Sources = append(o.Sources, office.Source{ID: s.ID, Kind: string(s.Kind), Where: cmp.Or(s.Path, publicAddress(s.URL))})
	}
	for i, d := range w.digests {
		shown := office.Digest{ID: d.ID, Title: d.Title, Zone: d.Location, Between: d.Between, Skip: w.config.Digests[i].Skip, Approve: d.Approve, Tests: d.Tests, Composing: w.composing(d),
			Audience: func() store.Audience { return w.editor.Audience(&d.Digest, w.now()) }}
		shown.OnNews = d.Schedule.OnNews()
		if d.Schedule != nil && !shown.OnNews {
			shown.Next = func(ctx context.Context) time.Time { return w.nextDue(ctx, d) }
			shown.Times = func(after, until time.Time) []time.Time { return dueBetween(d, after, until) }
		}
		o.Digests = append(o.Digests, shown)
	}
	return office.New(o)
}

// maxDueTimes bounds the due times that a calendar shows of a digest.
const maxDueTimes = 1000

// dueBetween gives the due times of a digest in (after, until].
func dueBetween(d *edition.DigestPlan, after, until time.Time) (times []time.Time) {
	for t := range d.Schedule.All(after) {
		if t.After(until) || len(times) >= maxDueTimes {
			break
		}
		times = append(times, t)
	}
	return times
}

// publicAddress is an address without user and password.
func publicAddress(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}

// officeServer listens on office.listen; nil where that is not given.
func officeServer(w *deps, passed sockets) (*server, error) {
	if w.config.Office == nil || w.config.Office.Listen == "" {
		return nil, nil
	}
	listener, err := passed.listen("office.listen", w.config.Office.Listen)
	if err != nil {
		return nil, err
	}
	w.log.Info("the office's pages are served", "address", "http://"+listener.Addr().String()+"/office")
	return newServer(w.log, listener), nil
}

// endUnlisted ends the sessions of those who may no longer see the office's pages.
func (w *deps) endUnlisted(ctx context.Context) error {
	var people []string
	if w.config.Office != nil {
		people = w.config.Office.People
	}
	ended, err := w.db.Office().EndUnlisted(ctx, people)
	if ended > 0 {
		w.log.Info("sessions of the office ended: their people are no longer listed", "sessions", ended)
	}
	return err
}
