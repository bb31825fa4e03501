package web

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/mailer"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
)

// Options is what the site is made of. All fields but Digests,
// Renamed, RenamedFeeds, Gets, Proxies, Ready and Now are needed.
type Options struct {
	Site         *bantin.Site
	Store        *store.DB
	Templates    *templates.Set
	Atlas        *place.Atlas
	Tokens       *mailer.Tokens
	Feeds        *feed.Library
	FeedList     func() []bantin.Feed // what there is now, in the order of the list
	Digests      []Offer              // what may be subscribed to, in the order of the form; none: no form
	Renamed      map[string]string    // old id of a digest: its id now; links in old mails bear the old one
	RenamedFeeds map[string]string    // the same of feeds
	Images       fs.FS                // the pictures of bulletins, by name
	Files        Files                // the documents attached to bulletins
	Log          *slog.Logger

	// Gets reports whether a contact who said nothing of a digest gets it; nil: nobody does.
	Gets    func(ctx context.Context, digest, address string) (bool, error)
	Proxies []netip.Prefix // whose X-Forwarded-For is believed; none: nobody's

	Ready func(context.Context) error // nil error: ready to serve; default: always
	Now   func() time.Time            // default time.Now
}

// Offer is a digest that visitors may subscribe to.
type Offer struct {
	ID, Title string
	Next      func(time.Time) time.Time // its next due time, zero where there is none; nil: sent by hand
}

// site is Options with what is made of them once.
type site struct {
	Options
	assets map[string]*feed.Document // by name
}

// New gives the handler of the whole site.
func New(opt Options) http.Handler {
	if opt.Ready == nil {
		opt.Ready = func(context.Context) error { return nil }
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &site{Options: opt, assets: loadAssets()}
	return s.routes()
}
