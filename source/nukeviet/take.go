package nukeviet

import (
	"errors"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/source/document"
)

// mostBad is how many stories in a row may be none before the site is left
// alone: then it is the site and not a story.
const mostBad = 3

// mostWaits is how often a story that was edited waits for its pictures.
const mostWaits = 3

// take reads a story and yields what it says. known is what is remembered of it.
func (v *visit) take(r row, known memo) error {
	v.met.add(r.id)
	s, err := v.site.story(v.ctx, r)
	switch {
	case errors.Is(err, errNoStory):
		v.bad = 0
		return v.lost(r, known)
	case err != nil:
		return v.failed(r, known, err)
	}
	v.bad = 0
	return v.deliver(r, s, known)
}

// failed remembers to try a story again, and leaves a site alone that gives no
// more stories.
func (v *visit) failed(r row, known memo, cause error) error {
	if v.ctx.Err() != nil {
		return v.ctx.Err()
	}
	var failure *fetch.Error
	isStatus := errors.As(cause, &failure) && failure.Status != 0
	if v.bad++; v.bad >= mostBad || !isStatus && !errors.Is(cause, errNotStory) || isStatus && !failure.RetryAt.IsZero() {
		return &fetch.SiteError{Words: words("trang không trả về bản tin nào nữa", "the site gives no more stories"), Err: cause}
	}
	if !known.read.IsZero() {
		return nil // the good text stays; another look will come
	}
	known.tries++
	known.at, known.address = v.now, r.address
	err := v.give(Item{ID: r.id, Err: &document.Problem{Err: cause, Words: words("không đọc được bài "+r.address, "cannot read story "+r.address)}})
	if err != nil {
		return err
	}
	return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
}

// deliver yields a story that was read.
func (v *visit) deliver(r row, s *story, known memo) error {
	r.date(s)
	next := known
	next.read, next.lost, next.tries, next.at = v.now, time.Time{}, 0, time.Time{}
	next.digest, next.address = s.digest(r), r.address
	next.checks++
	if r.kind != 0 {
		next.mark = r.mark()
	}
	if r.precision == bantin.PrecisionMinute {
		next.published = r.published
	}
	if known.digest == next.digest {
		return v.give(Item{ID: r.id, Seen: true, Version: next.String()})
	}
	if !known.read.IsZero() && s.cut() {
		return nil // shorter than it was: the good text stays
	}
	d, err := v.draft(&r, s)
	if err != nil {
		return v.failed(r, known, errNotStory)
	}
	if d.Incomplete {
		if !known.read.IsZero() && known.tries < mostWaits {
			known.tries++ // a picture may come back: the good text stays meanwhile
			known.at = v.now
			return v.give(Item{ID: r.id, Seen: true, Version: known.String()})
		}
		next.digest = "" // the next reading looks for the picture again
	}
	if next.key == "" {
		next.key = d.URL
	}
	item := Item{ID: r.id, Draft: d, Key: "url:" + next.key, Digest: s.digest(r), History: v.backwards || v.isHistory(d.Published)}
	if item.History {
		next.checks = len(checkAfter()) // what is old does not change any more
	}
	item.Version = next.String()
	v.tell(&d.Published)
	return v.give(item)
}

func (v *visit) tell(published *time.Time) {
	v.read++
	if v.options.Progress != nil {
		p := Progress{Read: v.read}
		if !published.IsZero() {
			p.Day = bantin.DayOf(published.In(v.options.Location))
		}
		v.options.Progress(p)
	}
}
