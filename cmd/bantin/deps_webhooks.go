package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bantin/config"
	"bantin/fetch"
	"bantin/mailer"
	"bantin/mailer/webhook"
	"bantin/web"
)

// providerHeaders are what the provider that relays our mail needs in it.
func providerHeaders(s *config.SMTP) []mailer.Header {
	kind, known := webhook.KindOf(providerOf(s))
	if !known {
		return nil
	}
	return kind.Headers(s.ConfigurationSet)
}

// providerOf is the provider that relays our mail, by its name or its host.
func providerOf(s *config.SMTP) string {
	return cmp.Or(s.Provider, webhook.KindOfRelay(s.Host).Name)
}

// openWebhook makes what opens the requests of an entry of bounces.webhooks.
func openWebhook(h *config.Webhook, opt webhook.Options) (*web.Webhook, error) {
	kind, known := webhook.KindOf(h.Provider)
	if !known {
		return nil, fmt.Errorf("the provider %q is not known", h.Provider)
	}
	secret, err := h.Secret()
	if err != nil {
		return nil, err
	}
	opt.TopicARN, opt.Secret = h.TopicARN, strings.TrimSpace(secret)
	provider, err := kind.New(opt)
	if err != nil {
		return nil, err
	}
	return &web.Webhook{Provider: provider, BusyStatus: kind.BusyStatus}, nil
}

// webhooks make what takes the reports of the providers in bounces.webhooks.
func (w *deps) webhooks() (map[string]*web.Webhook, error) {
	if w.config.Bounces == nil {
		return nil, nil
	}
	hooks := map[string]*web.Webhook{}
	for i := range w.config.Bounces.Webhooks {
		h := &w.config.Bounces.Webhooks[i]
		hook, err := openWebhook(h, webhook.Options{Now: w.now, Get: w.getter()})
		if err != nil {
			return nil, fmt.Errorf("webhook of %s: %w", h.Provider, err)
		}
		hooks[h.Provider] = hook
	}
	return hooks, nil
}

// getter fetches what a webhook names: at addresses on the Internet only, and without
// following redirects.
func (w *deps) getter() func(ctx context.Context, address string) ([]byte, error) {
	client := fetch.New(fetch.Options{UserAgent: w.userAgent(), MaxBytes: 64 << 10,
		Timeout: 10 * time.Second, MaxAttempts: 1, Now: w.now})
	return func(ctx context.Context, address string) ([]byte, error) {
		res, err := client.Get(ctx, fetch.Request{URL: address, NoRedirect: true})
		if err != nil {
			return nil, err
		}
		if res.Status != http.StatusOK {
			return nil, errors.New("it answers with a redirect")
		}
		return res.Body, nil
	}
}
