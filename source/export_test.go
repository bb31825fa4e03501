package source

import (
	"context"
	"net/url"
	"time"

	"bantin"
	"bantin/fetch"
)

// FeedBulletins gives what the entries of a feed say, without a site around it.
func FeedBulletins(ctx context.Context, raw []byte) (list []*bantin.Bulletin) {
	doc, err := parseFeed(raw)
	if err != nil {
		return nil
	}
	f := &webFeed{spec: Spec{ID: "nganh", Location: time.UTC, Now: time.Now}, base: &url.URL{Scheme: "https", Host: "nganh.example"}}
	f.documents = f.spec.documents()
	for _, entry := range inOrder(doc.Items) {
		if item := f.item(ctx, entry, nil, time.Now()); item != nil && item.Bulletin != nil {
			list = append(list, item.Bulletin)
		}
	}
	return list
}

// NukeVietBulletins reads one page in all the ways that pages of a site are
// read, and gives the stories that it may be.
func NukeVietBulletins(ctx context.Context, raw []byte) (list []*bantin.Bulletin) {
	base := &url.URL{Scheme: "https", Host: "www.example.org", Path: "/modules.php", RawQuery: "name=News"}
	n := &nukeviet{spec: Spec{ID: "website", Location: time.UTC, Now: time.Now, Web: fetch.New(fetch.Options{})}, base: base}
	n.documents = n.spec.documents()
	old := &oldSite{base: base, loc: time.UTC}
	aliased := newAliasSite(&nukeviet{spec: n.spec, base: &url.URL{Scheme: "https", Host: "x.example", Path: "/vi/news/"}}, false, false)
	generationOf(raw)
	old.read(raw, 0)
	for _, kind := range aliased.indexes() {
		aliased.readIndex(kind, raw)
	}
	v := &visit{nukeviet: n, ctx: ctx, now: time.Now()}
	r := old.row("4", "")
	for _, s := range []*story{cutStory(raw, time.UTC), viewedStory(raw, r, time.UTC), aliased.read(raw)} {
		if s == nil {
			continue
		}
		if d, err := v.draft(&r, s); err == nil {
			list = append(list, n.spec.bulletin(Item{ID: "4", Key: "url:" + r.address}, d))
		}
	}
	return list
}
