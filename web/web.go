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

// Options are the dependencies and settings of the site. All fields are required
// but Crop, Digests, RenamedDigests, RenamedFeeds, InAudience, Webhooks, TrustedProxies,
// Readers, Ready, Writable and Now.
type Options struct {
	Site           *bantin.Site
	Store          *store.DB
	Templates      *templates.Set
	Atlas          *place.Atlas
	Tokens         *mailer.Tokens
	Feeds          *feed.Library
	FeedList       func() []bantin.Feed            // the feeds there are now, in the order of the list
	Digests        []Digest                        // open to subscription, in the order of the form; none: no form
	RenamedDigests map[string]string               // current id by former id; links in old mails carry the former one
	RenamedFeeds   map[string]string               // the same for feeds
	Images         fs.FS                           // images of bulletins, by name
	Crop           func(name string) (bool, error) // sees to it that Images has a cropped image, where it has the whole one
	Files          Files                           // the documents attached to bulletins
	Log            *slog.Logger

	// InAudience reports whether a contact without a subscription to a digest
	// belongs to its audience; nil: nobody does.
	InAudience     func(ctx context.Context, digest, address string) (bool, error)
	Webhooks       map[string]*Webhook // by provider; none: nothing is taken at /returns
	TrustedProxies []netip.Prefix      // peers whose X-Forwarded-For is trusted; none: no peer

	Readers *feed.Readers // counts who reads which feed; nil: nobody does

	Ready    func(context.Context) error // nil error: ready to serve; default: always
	Writable func(context.Context) error // nil error: the database and the disk can be written; default: always
	Now      func() time.Time            // default time.Now
}

// Digest is a digest that visitors may subscribe to.
type Digest struct {
	ID, Title string
	Frequency bantin.Words              // how often it comes: "Hằng tuần"; empty where that has no name
	Next      func(time.Time) time.Time // next due time, zero where there is none or nobody knows; nil: sent manually
	Welcome   bool                      // who confirms a sign-up gets a mail with its last edition
}

// site is the Options and what is derived from them once.
type site struct {
	Options
	assets   map[string]*feed.Document // by name
	overview *overview
	reports  chan struct{} // holds one for each request of a provider in hand
}

// New returns the handler of the whole site.
func New(opt Options) http.Handler {
	if opt.Ready == nil {
		opt.Ready = func(context.Context) error { return nil }
	}
	if opt.Writable == nil {
		opt.Writable = func(context.Context) error { return nil }
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &site{Options: opt, assets: loadAssets(), reports: make(chan struct{}, maxOpenReports)}
	s.overview = newOverview(opt.Store, opt.Atlas, opt.Site.Location)
	return s.routes()
}
