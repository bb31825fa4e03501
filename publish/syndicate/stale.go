package syndicate

import (
	"context"
	"slices"

	"bantin"
)

// stale tells whether a feed's subscription document is to be written.
type stale func(id string) (bool, error)

// touched tells which feeds the changes since the last refresh concern, and
// whether there were any.
func (f *Feeds) touched(ctx context.Context) (is stale, news bool, err error) {
	const most = 1000 // beyond, all are looked at
	all := func(string) (bool, error) { return true, nil }
	if f.built == nil {
		return all, true, nil
	}
	changed, err := f.DB.Bulletins().Changes(ctx, f.change, most)
	if err != nil || len(changed) == most {
		f.archives.pages.clear()
		return all, true, err
	}
	f.archives.pages.drop(changed)
	return func(id string) (bool, error) {
		was, ok := f.built[id]
		return !ok || slices.ContainsFunc(changed, func(b bantin.Bulletin) bool {
			return was.entries[b.ID] || b.Publishable() && matches(was.tags, f.Atlas.Tags(&b))
		}), nil
	}, len(changed) > 0, nil
}

// orHistoryChanged adds the feeds whose document leads straight into history, where
// that begins with another month now. Of the others it notes the month, for
// the page that does.
func (f *Feeds) orHistoryChanged(ctx context.Context, touched stale) stale {
	return func(id string) (bool, error) {
		if is, err := touched(id); is || err != nil {
			return is, err
		}
		d, _ := f.published.feed(id)
		latest, err := f.DB.History().LatestMonth(ctx, d.tags)
		if err != nil || latest == d.history || d.pages == 0 {
			return err == nil && latest != d.history, err
		}
		d.history = latest
		f.published.setFeed(d)
		return false, nil
	}
}

// matches reports whether tags have one of each group.
func matches(groups [][]string, tags []string) bool {
	return !slices.ContainsFunc(groups, func(group []string) bool {
		return !slices.ContainsFunc(group, func(tag string) bool { return slices.Contains(tags, tag) })
	})
}
