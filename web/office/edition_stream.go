package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"bantin"
)

// How often a watched edition is looked at, and how long a stream lasts: a browser asks
// again by itself, and a reload of the configuration waits for no longer.
const (
	streamInterval = progressAge
	streamFor      = time.Minute
	writeTimeout   = 10 * time.Second
)

// stream serves how far an edition is as server-sent events: "progress" with the part of
// the page to show, "end" once it stands otherwise and the page should be loaded anew.
func (o *office) stream(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := o.newPage(r, v, "", "")
	id := r.PathValue("id")
	e, rate, err := o.looks.take(r.Context(), id, o.Now(), o.Store.Editions().Get)
	if err != nil {
		return err
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx passes it on at once
	ctx, cancel := context.WithTimeout(r.Context(), streamFor)
	defer cancel()
	tick := time.NewTicker(streamInterval)
	defer tick.Stop()
	began, shown := e.Status, ""
	for {
		if e.Status != began {
			return o.event(w, control, "end", "")
		}
		html, err := o.progressHTML(&p, &e, rate)
		if err != nil {
			return nil // the headers are sent; the browser asks again
		}
		if html != shown {
			if err := o.event(w, control, "progress", html); err != nil {
				return nil
			}
			shown = html
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if e, rate, err = o.looks.take(ctx, id, o.Now(), o.Store.Editions().Get); err != nil {
			return nil
		}
	}
}

// event writes an event; its data is one line.
func (o *office) event(w http.ResponseWriter, control *http.ResponseController, name, data string) error {
	if err := control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, strings.ReplaceAll(data, "\n", " ")); err != nil {
		return err
	}
	return control.Flush()
}

// progressHTML renders the part of the page that is renewed.
func (o *office) progressHTML(p *page, e *bantin.Edition, rate float64) (string, error) {
	var b bytes.Buffer
	err := o.Templates.Office("edition").ExecuteTemplate(&b, "progress", o.progressOf(p, e, rate))
	if err != nil {
		o.Log.Error("render progress", "error", err)
	}
	return b.String(), err
}
