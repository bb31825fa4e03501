package source

import (
	"context"
	"errors"
	"net/url"
	"time"

	"bantin"
)

// FeedBulletins gives what the entries of a feed say, without a site around it.
func FeedBulletins(ctx context.Context, raw []byte) (list []*bantin.Bulletin) {
	doc, err := parseFeed(raw, "")
	if doc == nil || err != nil && !errors.Is(err, errCutOff) && !errors.Is(err, errTooComplex) {
		return nil
	}
	f := &webFeed{spec: Spec{ID: "nganh", Location: time.UTC, Now: time.Now}, base: &url.URL{Scheme: "https", Host: "nganh.example"}}
	f.documents, f.isAtom = f.spec.documents(), doc.FeedType == "atom"
	entries := f.name(oldestFirst(doc.Items), nil)
	for i := range entries {
		if item := f.item(ctx, &entries[i], nil, time.Now()); item != nil && item.Bulletin != nil {
			list = append(list, item.Bulletin)
		}
	}
	return list
}
