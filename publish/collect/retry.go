package collect

import (
	"errors"
	"time"

	"bantin/schedule"
	"bantin/source"
	"bantin/store"
)

// maxPause bounds how long a site that fails is left alone.
const maxPause = 6 * time.Hour

// NextTry is when a source is read next: by its schedule; a site that could not
// be read for the failures-th time in a row not before a pause that doubles
// from a minute, nor before the time that it asked for.
func NextTry(s *schedule.Schedule, now time.Time, failure error, failures int) time.Time {
	var site *source.SiteError
	if !errors.As(failure, &site) {
		return s.Next(now)
	}
	pause := maxPause
	if failures < 10 {
		pause = min(pause, time.Minute<<(failures-1))
	}
	after := now.Add(pause)
	if at := site.RetryAt(); at.After(after) {
		after = at
	}
	return s.Next(after.Add(-time.Second))
}

// PastFailures reads from the pause that a source was given how often it had
// failed in a row: an admin who starts the daemon anew wants a look at once, and a site
// that fails then too is not asked each minute again.
func PastFailures(state store.SourceState) (failures int) {
	if state.LastError == "" {
		return 0
	}
	for pause := time.Minute; pause <= min(state.NextTry.Sub(state.ErrorAt), maxPause); pause *= 2 {
		failures++
	}
	return failures
}
