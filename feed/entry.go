package feed

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"bantin"

	"golang.org/x/net/idna"
	"golang.org/x/text/language"
)

// entry is a bulletin as all formats tell it: text cleaned, links absolute,
// times settled. What is empty is not known.
type entry struct {
	id, link, via string
	title         string // one line of plain text
	summary       string // plain text
	content       string // HTML
	author        string
	language      string // BCP 47, only where it is not the site's

	published time.Time
	updated   time.Time // unique in the feed, never before published

	categories []category
	pictures   []picture
	files      []bantin.Attachment
	source     *entrySource // where it comes from, of a bulletin from elsewhere
}

// entrySource is another publisher, as far as an address tells.
type entrySource struct{ name, url string }

// category is a place, cluster or topic.
type category struct{ term, label, scheme string }

// picture is an image with an address.
type picture struct {
	bantin.Image
	src string
}

func (c *Channel) entry(b *bantin.Bulletin) entry {
	base := c.Site.Link(cmp.Or(c.Pages, "/bulletins/") + b.ID)
	e := entry{
		id:         b.FeedID,
		link:       base,
		via:        address(b.URL),
		title:      c.entryTitle(b),
		summary:    oneLine(b.Summary(summaryLimit)),
		content:    absolute(clean(Content(b)), base, c.Site),
		author:     byline(b.Author),
		language:   c.entryLanguage(b),
		published:  published(b),
		categories: c.categories(b),
		pictures:   c.pictures(b),
		files:      c.files(b),
		source:     c.source(b),
	}
	if e.content == "" { // an entry must say something (RFC 4287 4.1.2, JSON Feed 1.1)
		e.content = "<p>" + escaped(e.title) + "</p>"
	}
	return e
}

// entryTitle never is empty: an entry without a title cannot be opened in
// many readers.
func (c *Channel) entryTitle(b *bantin.Bulletin) string {
	if t := oneLine(b.Title); t != "" {
		return t
	}
	if t := oneLine(b.Summary(80)); t != "" {
		return t
	}
	return oneLine(c.Site.Title)
}

func (c *Channel) entryLanguage(b *bantin.Bulletin) string {
	tag, err := language.Parse(b.Language)
	if err != nil || tag.String() == string(c.Site.Language) {
		return ""
	}
	return tag.String()
}

func (c *Channel) categories(b *bantin.Bulletin) []category {
	var out []category
	for _, slug := range b.Places {
		out = append(out, category{slug, display(c.Places, slug), c.placeScheme()})
	}
	for _, id := range b.Clusters {
		out = append(out, category{id, display(c.Clusters, id), c.clusterScheme()})
	}
	for _, id := range b.Topics {
		out = append(out, category{id, display(c.Topics, id), c.topicScheme()})
	}
	return out
}

func display(name func(string) string, id string) string {
	if name == nil {
		return id
	}
	if s := oneLine(name(id)); s != "" {
		return s
	}
	return id
}

func (c *Channel) pictures(b *bantin.Bulletin) []picture {
	var out []picture
	for _, img := range b.Images {
		if src := c.address(img.Src); src != "" {
			img.Caption, img.Alt = oneLine(img.Caption), oneLine(img.Alt)
			out = append(out, picture{img, src})
		}
	}
	return out
}

func (c *Channel) files(b *bantin.Bulletin) []bantin.Attachment {
	var out []bantin.Attachment
	for _, f := range b.Attachments {
		if f.Src = c.address(f.Src); f.Src != "" {
			out = append(out, f)
		}
	}
	return out
}

// source is the site where a bulletin was first published, where that is not
// ours.
func (c *Channel) source(b *bantin.Bulletin) *entrySource {
	from, err := url.Parse(address(b.URL))
	if err != nil || from.Host == "" {
		return nil
	}
	ours, err := url.Parse(c.Site.URL)
	if err == nil && strings.EqualFold(ours.Host, from.Host) {
		return nil
	}
	host, err := idna.Display.ToUnicode(from.Host)
	if err != nil {
		host = from.Host
	}
	return &entrySource{oneLine(strings.TrimPrefix(host, "www.")), from.Scheme + "://" + from.Host + "/"}
}

// address makes a path of ours, or an address, an absolute URL.
func (c *Channel) address(src string) string {
	if src == "" {
		return ""
	}
	return address(c.Site.Link(src))
}

// published is the author's time, but never later than the bulletin was here:
// a post-dated one was published the moment we showed it, and readers hide or
// refuse entries of the future.
func published(b *bantin.Bulletin) time.Time {
	known := firstTime(b.ArrivedAt, b.ChangedAt)
	if b.Published.IsZero() || !known.IsZero() && b.Published.After(known) {
		return firstTime(known, never())
	}
	return b.Published
}

// updated is when what we publish of b last changed. That is our own clock and
// not the author's: it rises strictly from change to change, so no two entries
// share it and a correction is always later than what it corrects.
func updated(b *bantin.Bulletin) time.Time {
	t := firstTime(b.ChangedAt, b.ArrivedAt, b.Updated)
	if p := published(b); t.Before(p) {
		return p
	}
	return t
}

func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// changeTimes are when the entries last changed, made unique where the store did not (it
// came from elsewhere, or has coarser times): of two equal ones the entry that stands
// first is the newer and is moved on by a millisecond.
func (c *Channel) changeTimes() []time.Time {
	times := make([]time.Time, len(c.Entries))
	taken := make(map[int64]bool, len(times))
	for i := len(times) - 1; i >= 0; i-- {
		t := updated(&c.Entries[i])
		for taken[t.UnixNano()] {
			t = t.Add(time.Millisecond)
		}
		taken[t.UnixNano()] = true
		times[i] = t
	}
	return times
}

// enclosures are the files of an entry; of one without, the first picture whose length and
// type are known, since some readers show no other one in their lists.
func (e *entry) enclosures() []bantin.Attachment {
	if len(e.files) > 0 {
		return e.files
	}
	for _, p := range e.pictures {
		if p.Length > 0 && p.Type != "" {
			return []bantin.Attachment{{Src: p.src, Type: p.Type, Length: p.Length}}
		}
	}
	return nil
}

// names gives the labels of the categories.
func (e *entry) names() []string {
	var out []string
	for _, c := range e.categories {
		out = append(out, c.label)
	}
	return out
}

// name is who the entry is by: its author, else the publisher.
func (e *entry) name(site *bantin.Site) string {
	if e.author != "" {
		return e.author
	}
	return oneLine(site.Title)
}
