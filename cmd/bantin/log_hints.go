package main

import (
	"context"
	"errors"
	"log/slog"

	"bantin/mailer"
)

// hintHandler adds to a log line what a person can do about the mail server's error
// in it, in the language of the site.
type hintHandler struct {
	slog.Handler
	app *app
}

// Handle implements slog.Handler.
func (h hintHandler) Handle(ctx context.Context, r slog.Record) error {
	hint := ""
	r.Attrs(func(a slog.Attr) bool {
		err, _ := a.Value.Any().(error)
		if trouble := (*mailer.SendError)(nil); errors.As(err, &trouble) {
			hint = setupHint(trouble.Problem).In(h.app.language)
		}
		return hint == ""
	})
	if hint != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("hint", hint))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h hintHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return hintHandler{h.Handler.WithAttrs(attrs), h.app}
}

// WithGroup implements slog.Handler.
func (h hintHandler) WithGroup(name string) slog.Handler {
	return hintHandler{h.Handler.WithGroup(name), h.app}
}
