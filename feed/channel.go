package feed

import (
	"cmp"
	"strings"
	"time"

	"bantin"

	"github.com/google/uuid"
)

// Channel is one feed with the bulletins it holds now.
type Channel struct {
	Site *bantin.Site
	Feed bantin.Feed

	// Entries are in the order they are to stand: newest publication first.
	// All are publishable and have a FeedID.
	Entries []bantin.Bulletin

	// Updated is when the feed's selection last changed, withdrawals included.
	// Where an entry changed later, that counts; where neither is known, the
	// feed bears the constant time of a feed that never had an entry.
	Updated time.Time

	// Instance tells this installation's feeds from those of another that has
	// feeds of the same id. It must never change; empty is allowed.
	Instance string

	// Born is the id that the feed had when it was first published, where that
	// is another than now: what readers know it by. Empty: its id.
	Born string

	// Hubs are the addresses of WebSub hubs that are told of changes.
	Hubs []string

	// Quiet are the hours of the day in UTC in which nothing can come, as the
	// sources are not read.
	Quiet []int

	// Archive is which archive page this is (RFC 5005 4); zero: the subscription
	// document. Older is the archive page before it, zero at the end of the
	// history. Newer is the one after an archive page; it may not be there yet.
	Archive, Older, Newer Page

	// Folder is where the feed stands and Pages where those of its entries do;
	// empty: those of bulletins.
	Folder, Pages string

	Places   func(slug string) string // display name of a place; nil: the slug
	Clusters func(id string) string   // display name of a cluster; nil: the id
	Topics   func(id string) string   // display name of a topic; nil: the id

	// Keep gives how a format wrote the bulletin before, or has it written anew and keeps
	// that. Nil: all are written anew. What is kept holds for one site with the same names
	// of places, clusters and topics.
	Keep func(b *bantin.Bulletin, ext string, anew func() ([]byte, error)) ([]byte, error)

	told []*entry // room for the entries, of Render, which needs them once for each format
}

// Path is where a feed is served in the format with the extension ext:
// "/feeds/tinh/phu-tho.rss". The id of a feed that a reader chose brings its
// query: "chon?place=phu-tho" is "/feeds/chon.rss?place=phu-tho".
func Path(feedID, ext string) string { return pathIn("/feeds/", feedID, ext) }

func pathIn(folder, feedID, ext string) string {
	name, query, chosen := strings.Cut(feedID, "?")
	if chosen {
		query = "?" + query
	}
	return folder + name + "." + ext + query
}

// path is where the feed's newest document is.
func (c *Channel) path(ext string) string { return pathIn(cmp.Or(c.Folder, "/feeds/"), c.Feed.ID, ext) }

// maxAge is how long readers and caches may take a document for new. It is
// short because it is the one sign of pace that all of them heed, and the same
// in Cache-Control and in the ttl of RSS.
const maxAge = 5 * time.Minute

const (
	generator    = "bantin"
	summaryLimit = 600 // characters; a lead is rarely longer
)

// never is the time of change of a feed that never had an entry. Atom demands
// one (RFC 4287 4.1.1), and the time of rendering would change the bytes.
func never() time.Time { return time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC) }

// ID is the feed's permanent id, independent of title and address.
func (c *Channel) ID() string {
	name := "bantin feed " + c.Instance + " " + cmp.Or(c.Born, c.Feed.ID)
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)).URN()
}

// Changed is when the feed last changed: the latest of Updated and its entries.
func (c *Channel) Changed() time.Time {
	changed := c.Updated
	for i := range c.Entries {
		if t := updated(&c.Entries[i]); t.After(changed) {
			changed = t
		}
	}
	if changed.IsZero() {
		return never()
	}
	return changed.UTC()
}

func (c *Channel) title() string {
	if c.Feed.Title != "" {
		return oneLine(c.Feed.Title)
	}
	return oneLine(c.Site.Title)
}

func (c *Channel) description() string {
	return c.title() + " – " + oneLine(c.Site.Title)
}

// subscription is where the feed's newest document is.
func (c *Channel) subscription(ext string) string { return c.Site.Link(c.path(ext)) }

// rights is what can be said of all a publisher's feeds without a lawyer. A
// year would make new bytes each January.
func (c *Channel) rights() string { return "© " + oneLine(c.Site.Title) }

// Pictures of the publisher that the site serves: a square one, its small
// copy, and one twice as wide as high (RFC 4287 4.2.5 and 4.2.8; 144 pixels
// wide, the most that RSS allows).
const (
	IconPath    = "/static/icon.png"
	FaviconPath = "/static/favicon.png"
	LogoPath    = "/static/logo.png"

	logoWidth, logoHeight = 144, 72
)

func (c *Channel) home() string { return c.Site.Link("/") }

// placeScheme, clusterScheme and topicScheme name the vocabularies of our categories. They
// are addresses where people find all terms.
func (c *Channel) placeScheme() string   { return c.Site.Link("/feeds") + "#places" }
func (c *Channel) clusterScheme() string { return c.Site.Link("/feeds") + "#clusters" }
func (c *Channel) topicScheme() string   { return c.Site.Link("/feeds") + "#topics" }
