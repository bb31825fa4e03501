package publish

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"bantin/store"
)

// freshFor is how long what is known of departures may be used. A contact who
// left gets nothing whose body begins more than a second later.
const freshFor = 500 * time.Millisecond

// errLeft says that the recipient left before her message began.
var errLeft = errors.New("left")

// watch knows who has left and what was withdrawn, as fresh as freshFor says,
// for the price of two small queries each time it is not.
type watch struct {
	db      *store.DB
	digest  string
	onNews  func(context.Context) error // bulletins changed
	mu      sync.Mutex
	at      time.Time // when the last look began
	version int64
	change  int64
	left    map[int64]bool
}

// newWatch begins to watch; what came before is for store.Due to see.
func newWatch(ctx context.Context, db *store.DB, digest string, onNews func(context.Context) error) (*watch, error) {
	w := &watch{db: db, digest: digest, onNews: onNews, left: map[int64]bool{}, change: -1}
	version, err := db.LastDeparture(ctx)
	if err != nil {
		return nil, err
	}
	w.version = version
	return w, w.look(ctx)
}

// gone reports whether the contact has left, as known at most freshFor ago; an
// error where that cannot be found out: then nothing may be sent.
func (w *watch) gone(ctx context.Context, contact int64) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.at) > freshFor {
		if err := w.look(ctx); err != nil {
			return false, err
		}
	}
	return w.left[contact], nil
}

func (w *watch) look(ctx context.Context) error {
	at := time.Now()
	departures, err := w.db.Departures(ctx, w.version)
	if err != nil {
		return fmt.Errorf("look who left: %w", err)
	}
	for _, d := range departures {
		w.version = d.Version
		if d.Digest == "" || d.Digest == w.digest {
			w.left[d.Contact] = true
		}
	}
	change, err := w.db.LastChange(ctx)
	if err != nil {
		return fmt.Errorf("look what changed: %w", err)
	}
	if change != w.change {
		if err := w.onNews(ctx); err != nil {
			return err
		}
		w.change = change
	}
	w.at = at
	return nil
}
