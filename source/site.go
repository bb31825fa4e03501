package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"time"

	"bantin"
	"bantin/fetch"
)

// SiteError says that a site, or a mailbox, could not be read.
type SiteError = fetch.SiteError

// checkSite checks what every kind of site needs.
func checkSite(spec Spec) error {
	u, err := url.Parse(spec.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("open source %q: %q is not a web address", spec.ID, spec.URL)
	case spec.Web == nil:
		return fmt.Errorf("open source %q: no HTTP client", spec.ID)
	}
	return nil
}

// loadNotes loads the notes of a source.
func (s *Spec) loadNotes(ctx context.Context) (map[string]string, error) {
	if s.Notes == nil {
		return map[string]string{}, nil
	}
	notes, err := s.Notes(ctx)
	if err != nil {
		return nil, err
	}
	if notes == nil {
		notes = map[string]string{}
	}
	return notes, nil
}

// loadProblems loads what is known to be wrong with items of the source.
func (s *Spec) loadProblems(ctx context.Context) (map[string]bantin.ProblemKind, error) {
	if s.Problems == nil {
		return nil, nil
	}
	return s.Problems(ctx)
}

// isHistory reports whether a bulletin of that time was too old to be news when its
// source was first read.
func isHistory(published, first time.Time) bool {
	return !published.IsZero() && published.Before(first.Add(-bantin.NewsWindow))
}

// firstRead is when the source was first read, as its notes say: now, if it never
// was.
func (s *Spec) firstRead(notes map[string]string) time.Time {
	if unix, err := strconv.ParseInt(notes["first"], 10, 64); err == nil {
		return time.Unix(unix, 0)
	}
	return s.Now()
}

// errStopped says that the caller stopped the iteration.
var errStopped = errors.New("the reader stopped")

// sequence makes an iterator of a function that gives items one after the other.
func sequence(read func(give func(Item) error) error) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		err := read(func(item Item) error {
			if !yield(item, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(Item{}, err)
		}
	}
}
