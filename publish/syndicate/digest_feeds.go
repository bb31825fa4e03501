package syndicate

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"time"

	"bantin"
	"bantin/feed"

	"github.com/google/uuid"
)

// editionsInFeed is how many editions the feed of a digest holds: about two
// years of a weekly one.
const editionsInFeed = 100

// digestFeeds keeps the feed of each digest's editions up to date. One goroutine
// uses it.
type digestFeeds struct {
	*renderer
	output  *output
	version string          // of all editions when the feeds were written
	seen    int64           // the last change that was looked at
	holds   map[string]bool // bulletins of any edition
	begun   bool
}

// refresh brings the feeds of editions up to date: where one was made
// or cancelled or began to be sent, or a bulletin of one changed.
func (f *digestFeeds) refresh(ctx context.Context, last int64) error {
	version, err := f.DB.Editions().Version(ctx)
	if err != nil {
		return err
	}
	if f.begun && version == f.version {
		touched, err := f.touched(ctx, last)
		if err != nil || !touched {
			return err
		}
	}
	digests, err := f.digestsEver(ctx)
	if err != nil {
		return err
	}
	holds := map[string]bool{}
	for _, d := range digests {
		if err := f.build(ctx, d, holds); err != nil {
			return fmt.Errorf("feed of digest %s: %w", d.ID, err)
		}
	}
	f.version, f.seen, f.holds, f.begun = version, last, holds, true
	return nil
}

// touched reports whether a bulletin of an edition changed since the
// feeds were written. It says so until they are.
func (f *digestFeeds) touched(ctx context.Context, last int64) (bool, error) {
	const most = 1000
	if f.seen == last {
		return false, nil
	}
	changed, err := f.DB.Bulletins().Changes(ctx, f.seen, most)
	if err != nil || len(changed) == most {
		return true, err
	}
	if slices.ContainsFunc(changed, func(b bantin.Bulletin) bool { return f.holds[b.ID] }) {
		return true, nil
	}
	f.seen = last
	return false, nil
}

// digestsEver gives the digests of the configuration, then those that are gone
// from it: their pages and feeds stay.
func (f *digestFeeds) digestsEver(ctx context.Context) ([]bantin.Digest, error) {
	titles, err := f.DB.Digests().Titles(ctx)
	if err != nil {
		return nil, err
	}
	var list []bantin.Digest
	for _, d := range f.Digests {
		list = append(list, *d)
		for _, id := range append(d.Aliases, d.ID) {
			delete(titles, id)
		}
		if f.begun {
			continue
		}
		for _, alias := range d.Aliases {
			if err := f.DB.Feeds().Rename(ctx, digestFeed+alias, digestFeed+d.ID); err != nil {
				return nil, err
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		list = append(list, bantin.Digest{ID: id, Title: titles[id]})
	}
	return list, nil
}

// digestFeed begins the names of digests' feeds in the store: a digest and a
// feed may have the same id.
const digestFeed = "digest:"

func (f *digestFeeds) build(ctx context.Context, d bantin.Digest, holds map[string]bool) error {
	entries, err := f.entries(ctx, d.ID, holds)
	if err != nil {
		return err
	}
	if err := f.DB.Feeds().RegisterID(ctx, digestFeed+d.ID); err != nil {
		return err
	}
	born, err := f.DB.Feeds().OriginalID(ctx, digestFeed+d.ID)
	if err != nil {
		return err
	}
	channel := f.newChannel(archivedFeed{feed: bantin.Feed{ID: d.ID, Title: cmp.Or(d.Title, d.ID)}, born: born}, entries)
	channel.Folder, channel.Pages = "/digests/", "/editions/"
	channel.Updated, err = f.since(ctx, "editions:"+d.ID, channel)
	if err != nil {
		return err
	}
	atom := feed.Formats()[slices.IndexFunc(feed.Formats(), func(f feed.Format) bool { return f.Ext == "atom" })]
	rendered, err := feed.RenderAs(channel, atom)
	if err != nil {
		return err
	}
	documents, err := f.dated(ctx, []feed.Rendered{rendered})
	if err != nil {
		return err
	}
	f.output.put(rendered, documents[0])
	return nil
}

// entries makes an entry of each public edition of a digest, the newest first.
func (f *digestFeeds) entries(ctx context.Context, digest string, holds map[string]bool) ([]bantin.Bulletin, error) {
	editions, err := f.DB.Editions().List(ctx, digest, editionsInFeed)
	if err != nil {
		return nil, err
	}
	var entries []bantin.Bulletin
	hashes := map[string]string{}
	for i := range editions {
		e := &editions[i]
		if !e.IsPublic() {
			continue
		}
		bulletins, err := f.DB.Editions().Bulletins(ctx, e.Row)
		if err != nil {
			return nil, err
		}
		for _, id := range e.Bulletins {
			holds[id] = true
		}
		bantin.SortByPublication(bulletins)
		entry := f.entry(e, bulletins)
		hashes["edition:"+entry.FeedID] = hash(entry.Title, entry.HTML)
		entries = append(entries, entry)
	}
	since, err := f.DB.Feeds().RecordPublished(ctx, f.change.Load(), hashes)
	for i := range entries {
		entries[i].ChangedAt = since["edition:"+entries[i].FeedID]
	}
	return entries, err
}

// entry tells an edition as what feeds are made of. Its permanent id
// knows when it was made and for when, and neither its digest's name, which may
// change, nor its number, which a restored backup may give again.
func (f *digestFeeds) entry(e *bantin.Edition, bulletins []bantin.Bulletin) bantin.Bulletin {
	name := fmt.Sprint("bantin edition ", f.Instance, " ", e.Due.UnixMilli(), " ", e.Created.UnixMilli(), " ", e.Row)
	lang := f.Site.Language
	var list strings.Builder
	var titles []string
	for i := range bulletins {
		b := &bulletins[i]
		titles = append(titles, b.Title)
		fmt.Fprintf(&list, `<li><p><a href="/bulletins/%s"><strong>%s</strong></a><br>%s</p></li>`,
			b.ID, html.EscapeString(b.Title), html.EscapeString(b.Summary(summaryInEdition)))
	}
	entry := bantin.Bulletin{
		ID: e.ID, FeedID: uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)).URN(),
		Title:     fmt.Sprintf("%s, %s %d", e.Title, lang.Say("số", "no."), e.Number),
		Text:      strings.Join(titles, "; "),
		Published: e.Due, ArrivedAt: latest(e.Created, e.Due),
	}
	if titles == nil {
		entry.Text = lang.Say("Số này không có tin.", "There is nothing in this issue.")
	} else {
		entry.HTML = "<ol>" + list.String() + "</ol>"
	}
	if f.Greeting != nil && e.Composed != nil {
		composed := *e.Composed
		if !e.IsOut() {
			composed.File = nil
		}
		page, text := f.Greeting(e.ID, &composed)
		entry.HTML = page + entry.HTML
		entry.Text = strings.TrimSpace(text + "\n\n" + entry.Text)
	}
	return entry
}

// summaryInEdition is in characters: two lines.
const summaryInEdition = 200

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
