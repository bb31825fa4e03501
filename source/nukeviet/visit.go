package nukeviet

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"bantin"
	"bantin/fetch"
)

// visit is one read of a site.
type visit struct {
	*Site
	Look
	ctx         context.Context // of the visit alone
	recent      recentIDs
	yield       func(Item) error
	now         time.Time
	site        generation
	storiesRead int
	badInARow   int // stories in a row that were none
	gaps        []gap

	backfilling bool // what is read now is history, whatever its day
}

func (v *visit) run() error {
	front, err := v.recognise()
	if err != nil {
		return err
	}
	newest := front
	if newest == nil {
		l, err := v.site.look(v.ctx, v.Notes)
		if err != nil {
			return err
		}
		newest = &l
	}
	if err := v.remember(map[string]string{"first": strconv.FormatInt(v.First.Unix(), 10)}); err != nil {
		return err
	}
	v.gaps = readGaps(v.Notes["gaps"])
	err = v.readAll(newest)
	if site := (*fetch.SiteError)(nil); err != nil && !errors.As(err, &site) {
		return err // nobody takes more, or what was read cannot be stored
	}
	if noted := v.keepGaps(); err == nil {
		err = noted
	}
	return err
}

// readAll reads what a visit reads, the news first.
func (v *visit) readAll(newest *listing) error {
	if err := v.readNews(newest); err != nil {
		return err
	}
	if err := v.recheck(newest); err != nil {
		return err
	}
	if err := v.fillGaps(); err != nil {
		return err
	}
	if err := v.remember(newest.notes); err != nil {
		return err
	}
	if v.options.Since.IsZero() || !v.options.Since.In(v.options.Location).Before(v.First.Add(-bantin.NewsWindow)) {
		return nil
	}
	return v.backfill(newest)
}

// isHistory reports whether a time is too old for news.
func (v *visit) isHistory(published time.Time) bool {
	return !published.IsZero() && published.Before(v.First.Add(-bantin.NewsWindow))
}

// remember has notes kept once all before them is stored, unless they are.
func (v *visit) remember(notes map[string]string) error {
	fresh := map[string]string{}
	for name, value := range notes {
		if v.Notes[name] != value {
			fresh[name], v.Notes[name] = value, value
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return v.give(Item{Notes: fresh})
}

func (v *visit) give(item Item) error {
	return cmp.Or(v.yield(item), v.ctx.Err())
}
