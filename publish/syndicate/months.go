package syndicate

import (
	"context"
	"fmt"
	"sync"

	"bantin/feed"
	"bantin/store"
)

// months gives the pages of a feed's history, the newest first. They are looked
// up when they are asked for first, and again when any history changed: a
// backfill of years costs nothing here while nobody reads it.
func (a *archives) months(ctx context.Context, d archivedFeed) ([]archivePage, error) {
	return a.calendars.get(d.feed.ID, a.history.Load(), func() ([]archivePage, error) {
		months, err := a.DB.History().Months(ctx, d.tags)
		return monthPages(months), err
	})
}

// monthPages makes pages of months that come newest first. The newest names
// the oldest number as its next, whether that is there yet or not.
func monthPages(months []store.HistoryMonth) []archivePage {
	var list []archivePage
	newer := feed.Numbered(1)
	for i, m := range months {
		l := archivePage{page: feed.OfMonth(m.Month), newer: newer}
		if i+1 < len(months) {
			l.older = feed.OfMonth(months[i+1].Month)
		}
		l.version = fmt.Sprint(l.older, " ", l.newer, " ", m.Bulletins, " ", m.Change)
		newer, list = l.page, append(list, l)
	}
	return list
}

// monthCache keeps the months of feeds. The zero value is empty and ready.
type monthCache struct {
	mu      sync.Mutex
	history int64                    // of when they are
	pages   map[string][]archivePage // by feed id
}

// get gives the months of a feed as of the last change of history, or later.
func (c *monthCache) get(id string, history int64, make func() ([]archivePage, error)) ([]archivePage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages == nil || c.history != history {
		c.history, c.pages = history, map[string][]archivePage{}
	}
	if list, ok := c.pages[id]; ok {
		return list, nil
	}
	list, err := make()
	if err == nil {
		c.pages[id] = list
	}
	return list, err
}
