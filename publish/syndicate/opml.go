package syndicate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"bantin"
	"bantin/feed"
	"bantin/place"
)

// AllFeedsPath is where the list of all feeds is served.
const AllFeedsPath = "/feeds.opml"

// ClusterFeedsPath is where the list of the feeds of a cluster and its members
// is served.
func ClusterFeedsPath(cluster string) string { return "/feeds/" + cluster + ".opml" }

// putLists publishes the feeds there are as OPML: all of them, and for each
// cluster its own and those of its places.
func (r *renderer) putLists(ctx context.Context, list []bantin.Feed) error {
	say := r.Site.Language.Say
	groups := []feed.Group{{}, {Title: say("Theo cụm", "By cluster")}, {Title: say("Theo tỉnh, thành phố", "By province or city")}, {Title: say("Theo chủ đề", "By topic")}}
	for _, one := range list {
		g := &groups[groupOf(one.Select)]
		g.Feeds = append(g.Feeds, one)
	}
	if err := r.putList(ctx, AllFeedsPath, r.Site.Title, groups); err != nil {
		return err
	}
	for _, c := range r.Atlas.Clusters() {
		var own []bantin.Feed
		for _, one := range list {
			if concerns(one.Select, c) {
				own = append(own, one)
			}
		}
		if own == nil {
			continue
		}
		if err := r.putList(ctx, ClusterFeedsPath(c.ID), titled(r.Site.Title, c.Title), []feed.Group{{Feeds: own}}); err != nil {
			return err
		}
	}
	return nil
}

func (r *renderer) putList(ctx context.Context, path, title string, groups []feed.Group) error {
	body, err := feed.OPML(r.Site, title, groups)
	if err != nil {
		return err
	}
	if old := r.Library.Get(path); old != nil && bytes.Equal(old.Body, body) {
		return nil
	}
	name := "document:" + path
	since, err := r.DB.Feeds().RecordPublished(ctx, r.change.Load(), map[string]string{name: hash(string(body))})
	if err != nil {
		return err
	}
	r.Library.Put(path, feed.OPMLDocument(body, since[name]))
	return nil
}

// groupOf says where a feed stands in a list: 0 at the top, 1 with clusters, 2
// with places, 3 with topics.
func groupOf(sel bantin.Selection) int {
	switch {
	case len(sel.Topics) == 1 && len(sel.Places)+len(sel.Clusters) == 0:
		return 3
	case len(sel.Places) == 1 && len(sel.Clusters) == 0:
		return 2
	case len(sel.Clusters) == 1 && len(sel.Places) == 0:
		return 1
	}
	return 0
}

// concerns reports whether a feed is that of the cluster or of one of its
// members, as it was or is.
func concerns(sel bantin.Selection, c bantin.Cluster) bool {
	switch groupOf(sel) {
	case 1:
		return sel.Clusters[0] == c.ID
	case 2:
		return slices.ContainsFunc(c.Places, func(member string) bool {
			return slices.Contains(place.Became(member), sel.Places[0])
		})
	}
	return false
}

// hash is short and the same on every machine.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
