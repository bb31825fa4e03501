package nukeviet

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/source/document"
)

// maxBadStories is how many pages in a row may be no story before the visit ends:
// then the fault is of the site and not of a story.
const maxBadStories = 3

// maxPictureWaits is how often a story that was edited waits for its pictures.
const maxPictureWaits = 3

// readStory reads a story and yields what changed. known is what was stored of it.
func (v *visit) readStory(r row, known memo) error {
	v.recent.add(r.id)
	s, err := v.site.story(v.ctx, r)
	switch {
	case errors.Is(err, errNoStory):
		v.badInARow = 0
		return v.noteMissing(r, known)
	case err != nil:
		return v.noteFailure(r, known, err)
	}
	v.badInARow = 0
	return v.yieldStory(r, s, known)
}

// noteFailure stores that a story is to be tried again, and ends the visit where the
// site gives no more stories. A page that breaks off, is too large or cannot be decoded
// is the fault of that story: the others are read.
func (v *visit) noteFailure(r row, known memo, cause error) error {
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	var failure *fetch.Error
	answered := errors.As(cause, &failure) && (failure.Status != 0 || failure.Begun)
	if v.badInARow++; v.badInARow >= maxBadStories || !answered && !errors.Is(cause, errNotStory) || answered && !failure.RetryAt.IsZero() {
		return &fetch.SiteError{Words: words("trang không trả về bản tin nào nữa", "the site returns no more stories"), Err: cause}
	}
	if !known.read.IsZero() {
		return nil // the good text stays; another look will come
	}
	known.failures++
	known.failedAt, known.address = v.now, r.address
	err := v.give(Item{ID: r.id, Err: &document.Problem{Err: cause, Words: words("không đọc được bài "+r.address, "cannot read story "+r.address)}})
	if err != nil {
		return err
	}
	return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
}

// yieldStory yields a story that was read, if it changed.
func (v *visit) yieldStory(r row, s *story, known memo) error {
	mark := r.mark() // of what the list says, before more is known
	if r.published.IsZero() && !known.published.IsZero() {
		r.published, r.precision = known.published, bantin.PrecisionMinute
	}
	r.date(s)
	next := known
	next.read, next.missingSince, next.failures, next.failedAt = v.now, time.Time{}, 0, time.Time{}
	next.digest, next.address = s.digest(r), r.address
	next.checks++
	if r.kind != 0 {
		next.mark = mark
	}
	if r.precision == bantin.PrecisionMinute {
		next.published = r.published
	}
	if known.digest == next.digest {
		return v.give(Item{ID: r.id, Seen: true, Version: next.String()})
	}
	if !known.read.IsZero() && s.isCut() {
		return nil // shorter than it was: the good text stays
	}
	d, err := v.draft(&r, s)
	if err != nil && !errors.Is(err, errNotStory) {
		err = fmt.Errorf("%w: %w", errNotStory, err)
	}
	if err != nil {
		return v.noteFailure(r, known, err)
	}
	if d.Incomplete {
		if !known.read.IsZero() && known.failures < maxPictureWaits {
			known.failures++ // a picture may come back: the good text stays meanwhile
			known.failedAt = v.now
			return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
		}
		next.digest = "" // the next reading looks for the picture again
	}
	next.key = cmp.Or(next.key, d.URL)
	item := Item{ID: r.id, Draft: d, Key: "url:" + next.key, Digest: s.digest(r), History: v.backfilling || v.isHistory(d.Published)}
	if item.History {
		next.checks = len(recheckDelays()) // what is old does not change any more
	}
	item.Version = next.String()
	v.reportProgress(&d.Published)
	return v.give(item)
}

func (v *visit) reportProgress(published *time.Time) {
	v.storiesRead++
	if v.options.Progress != nil {
		p := Progress{Read: v.storiesRead}
		if !published.IsZero() {
			p.Day = bantin.DayOf(published.In(v.options.Location))
		}
		v.options.Progress(p)
	}
}
