package syndicate

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"bantin"
	"bantin/feed"
	"bantin/place"
	"bantin/store"
)

// FeedPlan is a feed of the configuration: one document, or with Per one for
// every place that has bulletins, or for every cluster or topic.
type FeedPlan struct {
	bantin.Feed
	Per SplitBy
}

// SplitBy says what a feed plan is multiplied by.
type SplitBy string

// The multipliers.
const (
	PerNothing SplitBy = ""
	PerPlace   SplitBy = "place"
	PerCluster SplitBy = "cluster"
	PerTopic   SplitBy = "topic"
)

// Config is what feeds are made from. Nothing changes it once they are built.
type Config struct {
	DB       *store.DB
	Log      *slog.Logger
	Site     *bantin.Site
	Atlas    *place.Atlas
	Plans    []FeedPlan
	Digests  []*bantin.Digest // whose editions have a feed, beside those that once were
	Library  *feed.Library
	Instance string   // tells this installation's feeds from all others
	Hubs     []string // WebSub hubs that feeds announce
	Quiet    []int    // hours in UTC in which no source is read; see QuietHours

	// Greeting gives what the office wrote at the head of an edition, sanitised; "" for
	// nothing. Nil: feeds of editions do not carry it.
	Greeting func(edition string, c *bantin.Composition) (html, text string)
}

// expand gives every feed there is to publish now.
func (c *Config) expand(ctx context.Context) ([]bantin.Feed, error) {
	var list []bantin.Feed
	for _, plan := range c.Plans {
		if plan.Gone {
			continue
		}
		switch plan.Per {
		case PerPlace:
			slugs, err := c.placesOf(ctx, plan.ID)
			if err != nil {
				return nil, err
			}
			for _, slug := range slugs {
				list = append(list, c.forPlace(plan.Feed, slug))
			}
		case PerCluster:
			for _, cluster := range c.Atlas.Clusters() {
				list = append(list, forCluster(plan.Feed, cluster))
			}
		case PerTopic:
			for _, topic := range c.Atlas.Topics() {
				list = append(list, forTopic(plan.Feed, topic))
			}
		default:
			list = append(list, plan.Feed)
		}
	}
	return list, nil
}

// placesOf gives the places that have bulletins or ever had a feed.
func (c *Config) placesOf(ctx context.Context, id string) ([]string, error) {
	tags, err := c.DB.Bulletins().TagsWith(ctx, "place:")
	if err != nil {
		return nil, err
	}
	once, err := c.DB.Feeds().PublishedNames(ctx, "feed:"+id+"/")
	if err != nil {
		return nil, err
	}
	var slugs []string
	for _, tag := range tags {
		slugs = append(slugs, strings.TrimPrefix(tag, "place:"))
	}
	for _, name := range once {
		slugs = append(slugs, strings.TrimPrefix(name, "feed:"+id+"/"))
	}
	slices.Sort(slugs)
	return slices.Compact(slugs), nil
}

func (c *Config) forPlace(base bantin.Feed, slug string) bantin.Feed {
	base.ID += "/" + slug
	base.Title = titled(base.Title, place.Name(slug, c.Site.Language))
	base.Select.Places = []string{slug}
	return base
}

func forCluster(base bantin.Feed, c bantin.Cluster) bantin.Feed {
	base.ID += "/" + c.ID
	base.Title = titled(base.Title, c.Title)
	base.Select.Clusters = []string{c.ID}
	return base
}

func forTopic(base bantin.Feed, t bantin.Topic) bantin.Feed {
	base.ID += "/" + t.ID
	base.Title = titled(base.Title, t.Title)
	base.Select.Topics = []string{t.ID}
	return base
}

func titled(title, of string) string {
	if title == "" {
		return of
	}
	return title + " – " + of
}

func (c *Config) clusterTitle(id string) string {
	if cluster, ok := c.Atlas.Cluster(id); ok {
		return cluster.Title
	}
	return id
}

// prefix is the path of the site on its host, without a slash at its end.
func (c *Config) prefix() string {
	site, err := url.Parse(c.Site.URL)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(site.EscapedPath(), "/")
}
