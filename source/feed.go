package source

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"bantin/fetch"
	"bantin/source/document"
)

// webFeed is a feed of another site: RSS, Atom or JSON Feed. It is requested with
// the validators of the last response. How entries are told apart is in
// feed_identity.go. The text of an entry is the full text where the feed
// has that, else the summary. The bulletin of an entry that left the feed stays:
// feeds hold the newest entries only.
type webFeed struct {
	spec      Spec
	documents *document.Options
	base      *url.URL
	shared    map[string]bool // addresses that identify no entry: several share them

	monthAsMinute bool // its minutes are months
	isAtom        bool
}

func newWebFeed(spec Spec) (Source, error) {
	if err := checkSite(spec); err != nil {
		return nil, err
	}
	base, err := url.Parse(spec.URL)
	if err != nil {
		return nil, err
	}
	return &webFeed{spec: spec, documents: spec.documents(), base: base}, nil
}

func (f *webFeed) ID() string { return f.spec.ID }

// Read yields new and changed entries, the oldest first.
func (f *webFeed) Read(ctx context.Context, seen map[string]string) iter.Seq2[Item, error] {
	return sequence(func(give func(Item) error) error { return f.read(ctx, seen, give) })
}

const feedTypes = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"

// maxEntries is how many entries of one feed are read.
const maxEntries = 5000

func (f *webFeed) read(ctx context.Context, seen map[string]string, give func(Item) error) error {
	notes, err := f.spec.loadNotes(ctx)
	if err != nil {
		return err
	}
	res, err := f.spec.Web.Get(ctx, fetch.Request{URL: f.spec.URL, Accept: feedTypes, ETag: notes["etag"], LastModified: notes["modified"]})
	if err != nil {
		return fetch.NewSiteError(err)
	}
	if res.NotModified() {
		return nil
	}
	first := f.spec.firstRead(notes)
	var doc *gofeed.Feed
	if err := f.spec.attempt(ctx, asFeed, res.Body, func() { doc, err = parseFeed(res.Body, res.ContentType) }); err != nil {
		return stoppedSite(err)
	}
	cutOff := doc != nil && (errors.Is(err, errCutOff) || errors.Is(err, errTooComplex))
	if errors.Is(err, errTooComplex) && doc == nil {
		return tooComplex(err)
	}
	if err != nil && !cutOff {
		return &SiteError{Words: words("không phải RSS, Atom hay JSON Feed", "neither RSS, Atom nor JSON Feed"), Err: err}
	}
	if base, err := url.Parse(res.URL); err == nil {
		f.base = base
	}
	if err := give(Item{Notes: map[string]string{"first": strconv.FormatInt(first.Unix(), 10)}}); err != nil {
		return err
	}
	complete := true
	entries := f.name(oldestFirst(doc.Items), seen)
	f.shared = f.sharedLinks(entries, doc.Link)
	f.monthAsMinute, f.isAtom = writesMonthAsMinute(doc), doc.FeedType == "atom"
	for i := range entries {
		item := f.item(ctx, &entries[i], seen, first)
		if item == nil {
			continue
		}
		complete = complete && item.Version != ""
		if err := cmp.Or(give(*item), ctx.Err()); err != nil {
			return err
		}
	}
	if errors.Is(err, errTooComplex) {
		return tooComplex(err)
	}
	if cutOff {
		return &SiteError{Words: words("nguồn tin bị cắt giữa chừng; các tin đứng trước chỗ ấy đã được đọc", "the feed breaks off; the entries before that were read"), Err: err}
	}
	if !complete {
		return nil // a picture may still come: without validators the feed is read again
	}
	return give(Item{Notes: map[string]string{"etag": res.ETag, "modified": res.LastModified}})
}

// tooComplex is that a feed exceeds the limits; entries before that were read.
func tooComplex(err error) error {
	return &SiteError{Words: words("nguồn tin có quá nhiều thẻ hoặc các thẻ lồng nhau quá sâu; chỉ các tin đứng trước chỗ ấy được đọc", "the feed has too many or too deeply nested elements; only the entries before them are read"), Err: err}
}

// oldestFirst sorts entries by their time of publication. Those without one keep
// the reverse order of the feed, because feeds begin with the newest.
func oldestFirst(items []*gofeed.Item) []*gofeed.Item {
	items = slices.Clone(items[:min(len(items), maxEntries)])
	slices.Reverse(items)
	slices.SortStableFunc(items, func(a, b *gofeed.Item) int {
		if a.PublishedParsed == nil || b.PublishedParsed == nil {
			return 0
		}
		return a.PublishedParsed.Compare(*b.PublishedParsed)
	})
	return items
}

// item makes the item of an entry; nil where it has not changed.
func (f *webFeed) item(ctx context.Context, entry *namedEntry, seen map[string]string, first time.Time) *Item {
	item := &Item{ID: entry.id, Version: entry.version, Digest: entry.digest, Key: "file:" + f.spec.ID + "/" + entry.id}
	if seen[item.ID] == item.Version {
		return nil
	}
	var d *document.Draft
	var err error
	if err := f.spec.attempt(ctx, asEntry, []byte(entry.Description+entry.Content), func() { d, err = f.draft(ctx, entry.Item, entry.link) }); err != nil {
		item.Err = err
		return item
	}
	if err != nil {
		item.Err = withHint(err, siteHint())
		return item
	}
	f.identify(item, entry, d)
	if d.Incomplete {
		item.Version = ""
	}
	item.History = isHistory(d.Published, first)
	item.Bulletin, item.Missing = f.spec.bulletin(*item, d), missing(d, siteHint())
	return item
}

// link is the address of the entry's page, absolute.
func (f *webFeed) link(entry *gofeed.Item) string {
	for _, raw := range append([]string{entry.Link}, entry.Links...) {
		if u, err := f.base.Parse(strings.TrimSpace(raw)); err == nil && raw != "" && (u.Scheme == "http" || u.Scheme == "https") {
			return u.String()
		}
	}
	if u, err := url.Parse(strings.TrimSpace(entry.GUID)); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return entry.GUID
	}
	return ""
}

func (f *webFeed) draft(ctx context.Context, entry *gofeed.Item, link string) (*document.Draft, error) {
	d := document.New(f.documents, link)
	d.FetchPictures(ctx, f.spec.Web)
	d.SetURL(cmp.Or(link, f.base.String()))
	d.Title = titleOf(entry, f.isAtom)
	d.SetCategories(entry.Categories)
	f.setTimes(d, entry)
	if len(entry.Authors) > 0 {
		d.Author = cmp.Or(entry.Authors[0].Name, entry.Authors[0].Email)
	}
	if err := f.addText(ctx, d, entry); err != nil {
		return nil, err
	}
	if link == "" {
		d.URL = "" // it only made links absolute
	}
	if d.Title == "" && d.Empty() {
		return nil, &Problem{Words: words("mục tin không có tiêu đề và nội dung", "the entry has neither title nor text")}
	}
	d.TakeTitle()
	return d, d.Complete()
}
