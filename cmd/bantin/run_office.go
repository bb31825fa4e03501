package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"bantin/publish"
	"bantin/web"
	"bantin/web/office"
)

// pages are those of the site, and of the office where it has no address of its own.
func (w *deps) pages(d *publish.Daemon, hooks map[string]*web.Webhook) http.Handler {
	site := w.handler(d, hooks)
	if w.config.Office == nil || w.config.Office.Listen != "" {
		return site
	}
	people := w.officeHandler()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/office" || strings.HasPrefix(r.URL.Path, "/office/") {
			people.ServeHTTP(rw, r)
			return
		}
		site.ServeHTTP(rw, r)
	})
}

// officeHandler makes the pages of the office.
func (w *deps) officeHandler() http.Handler {
	o := office.Options{
		Site: w.site, Store: w.db, Templates: w.templates, Tokens: w.tokens, People: w.config.Office.People,
		Log: w.log, TrustedProxies: w.config.HTTP.Proxies(), Now: w.now,
	}
	for _, d := range w.digests {
		shown := office.Digest{ID: d.ID, Title: d.Title, Zone: d.Location}
		if d.Schedule != nil {
			shown.Next = func(ctx context.Context) time.Time { return w.nextDue(ctx, d) }
		}
		o.Digests = append(o.Digests, shown)
	}
	return office.New(o)
}

// officeServer listens on office.listen; nil where that is not given.
func officeServer(w *deps, log *slog.Logger) (*server, error) {
	if w.config.Office == nil || w.config.Office.Listen == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", w.config.Office.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on office.listen %s: %w", w.config.Office.Listen, err)
	}
	log.Info("the office's pages are served", "address", "http://"+listener.Addr().String()+"/office")
	return newServer(log, listener), nil
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
