package web

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"bantin/mailer"
	"bantin/mailer/webhook"
	"bantin/store"
)

// Webhook takes what a provider reports at /returns/NAME.
type Webhook struct {
	webhook.Provider
	BusyStatus int // has the provider try again later

	logged atomic.Int64 // when a refusal was logged last, in Unix seconds
}

// maxOpenReports is how many requests of providers are held in memory at the same time.
const maxOpenReports = 64

// reportTimeout is how long a request may take to arrive.
const reportTimeout = 5 * time.Second

// refusalLogInterval is how often a refused request of a provider is logged: anyone can
// send one.
const refusalLogInterval = time.Minute

// report takes a provider's request and answers when what it reports is on disk. What
// follows is the business of publish/returns. It answers plain statuses: nobody reads
// them but the provider, and its log.
func (s *site) report(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("provider")
	hook := s.Webhooks[name]
	if hook == nil {
		http.Error(w, "no such webhook in bounces.webhooks", http.StatusNotFound)
		return
	}
	select {
	case s.reports <- struct{}{}:
		defer func() { <-s.reports }()
	case <-r.Context().Done():
		return
	}
	// Providers send what they have at once; a writer fills their places for no longer.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(reportTimeout))
	status, err := s.takeReport(w, r, hook)
	if err != nil && r.Context().Err() == nil {
		s.logReport(name, hook, status, err)
	}
	if status == hook.BusyStatus {
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(status), status)
}

// notForPeople answers a person who opens the address of a webhook in a browser.
func (s *site) notForPeople(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Allow", http.MethodPost)
	return errMethod
}

func (s *site) takeReport(w http.ResponseWriter, r *http.Request, hook *Webhook) (status int, err error) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return http.StatusUnsupportedMediaType, errors.New("the request is compressed") // no provider does so
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, webhook.MaxBody))
	if errors.As(err, new(*http.MaxBytesError)) {
		return http.StatusRequestEntityTooLarge, err
	}
	if err != nil {
		return http.StatusBadRequest, err
	}
	reported, err := hook.Open(r.Context(), r.Header, body)
	switch {
	case errors.Is(err, webhook.ErrForeign):
		return http.StatusForbidden, err
	case errors.Is(err, webhook.ErrMalformed):
		return http.StatusBadRequest, err
	case err != nil:
		return hook.BusyStatus, err
	}
	err = s.Store.ReturnEvents().Add(r.Context(), s.ourEvents(reported))
	switch {
	case errors.Is(err, store.ErrReplayed):
		return http.StatusNotAcceptable, err // which Mailgun does not repeat
	case err != nil:
		return hook.BusyStatus, err
	}
	return http.StatusOK, nil
}

// ourEvents are those that can be about our mail: others of the same account are not kept.
func (s *site) ourEvents(reported []webhook.Event) []store.ReturnEvent {
	var list []store.ReturnEvent
	for _, e := range reported {
		if s.isOurs(e) {
			list = append(list, store.ReturnEvent{Nonce: e.Nonce, ID: e.ID, At: s.Now(), Provider: e.Provider, Content: e.JSON})
		}
	}
	return list
}

// isOurs looks for a signature of ours, or a Message-ID that may be one.
func (s *site) isOurs(e webhook.Event) bool {
	for _, address := range []string{mailer.AddressOfTag(e.Original.Tag), e.Original.Envelope} {
		if _, _, err := s.Tokens.ParseVERP(address); err == nil {
			return true
		}
	}
	return mailer.IsMessageID(e.Original.MessageID)
}

// logReport logs a request that was not taken: a refused one seldom, since anyone can send
// it.
func (s *site) logReport(name string, hook *Webhook, status int, err error) {
	if status == hook.BusyStatus {
		s.Log.Error("webhook events cannot be stored; the provider tries again", "provider", name, "error", err)
		return
	}
	now, last := s.Now().Unix(), hook.logged.Load()
	if now-last < int64(refusalLogInterval/time.Second) || !hook.logged.CompareAndSwap(last, now) {
		return
	}
	s.Log.Warn("webhook request refused", "provider", name, "status", status, "error", err)
}
