package office

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"path"
	"sync"
	"time"

	"bantin"
	"bantin/feed"
	"bantin/mailer"
	"bantin/place"
	"bantin/store"
	"bantin/templates"
	"bantin/web"
)

// Options are the dependencies and settings of the office's pages. All fields are
// required but Digests, Sources, Feeds, Problems, AnswerWithin, TrustedProxies and Now.
type Options struct {
	Site         *bantin.Site
	Store        *store.DB
	Templates    *templates.Set
	Tokens       *mailer.Tokens
	Atlas        *place.Atlas
	People       []string                      // addresses of those who may sign in
	Digests      []Digest                      // in the order of the file
	Sources      []Source                      // in the order of the file
	Understood   func(*bantin.Bulletin) []Mark // words of a bulletin from which something was understood; nil: none are marked
	Feeds        func() []bantin.Feed          // the feeds there are now; nil: they are named by their ids
	Settings     func() Settings
	Problems     func(context.Context) []SettingProblem                              // what check finds without a line of the YAML; nil: nothing
	Renew        func(ctx context.Context, bulletin string) (bantin.Bulletin, error) // makes what it says now a new bulletin
	AddBulletin  func(context.Context, NewBulletin) (bantin.Bulletin, error)         // an UnreadableError where a file makes none
	KeepFile     func(ctx context.Context, path string) (*bantin.LinkedFile, error)  // that an edition is to link to; an UnreadableError where it may not
	Import       func(context.Context, ImportList) (*ImportReport, error)            // an uploaded list of contacts
	Collect      func(ctx context.Context, source string) error                      // reads a source now; ErrBeingRead, ErrManyReads, or why it cannot be read, which its state says too
	AnswerWithin time.Duration                                                       // of requests of people about their data; 0: bantin.AnswerWithin
	Dir          string                                                              // for uploads while they are looked at
	Images       fs.FS                                                               // has the site's logo; nil where there is none
	Log          *slog.Logger

	// Approve lets a draft be sent, if it is still of the version that they saw.
	Approve func(ctx context.Context, edition string, version int, who string) (bantin.Edition, error)

	TrustedProxies []netip.Prefix // peers whose X-Forwarded-For is trusted; none: no peer
	Now            func() time.Time
}

// Digest is a digest as the pages show it.
type Digest struct {
	ID, Title string
	OnNews    bool // it is due when there is news; Next and Times are nil
	Zone      *time.Location
	Between   string   // hours of the day in which it is sent; "" for all
	Skip      []string // days and spans of days on which it is not due, as the YAML has them

	Approve   bool       // its editions wait as drafts until a person approves them
	Tests     []string   // who gets tests
	Composing *Composing // nil: its next edition is not shown

	Audience func() store.Audience // who gets it now without having asked

	Next  func(context.Context) time.Time          // next due time, zero where there is none; nil: sent by command
	Times func(after, until time.Time) []time.Time // due times between the two; nil with Next
}

// Composing is what pages do with the next edition of a digest.
type Composing struct {
	Next     func(context.Context) (bantin.Edition, []bantin.Bulletin, error)   // as it would be now, or its draft
	Message  func(ctx context.Context, edition, contact string) ([]byte, error) // of the next edition ("") or one that waits, as a contact ("": nobody in particular) would get it, with stand-ins for links of their own
	SendTest func(ctx context.Context, contact, to string) error
	Send     func(context.Context) (bantin.Edition, error) // makes it now
	Special  func(ctx context.Context, at time.Time, c bantin.Composition) (bantin.Edition, error)
}

// Source is a source of bulletins as the pages show it.
type Source struct{ ID, Kind, Where string }

// office is the Options and what is derived from them once.
type office struct {
	Options
	assets map[string]*feed.Document // by name
	looks  looks

	importing sync.Mutex // of lists, one at a time
}

// New returns the handler of all pages under /office.
func New(opt Options) http.Handler {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.AnswerWithin == 0 {
		opt.AnswerWithin = bantin.AnswerWithin
	}
	o := &office{Options: opt, assets: web.Assets()}
	maps.Copy(o.assets, ownAssets())
	o.loadLogo()
	return o.routes()
}

// logoAsset is the logo among the assets: an office at an address of its own has no other
// pictures.
const logoAsset = "logo"

func (o *office) loadLogo() {
	logo := o.Site.Logo
	if logo == nil || o.Images == nil {
		return
	}
	body, err := fs.ReadFile(o.Images, path.Base(logo.Src))
	if err != nil {
		o.Log.Warn("logo is not shown", "error", err)
		return
	}
	o.assets[logoAsset] = feed.NewDocument(body, logo.Type, o.Now())
}

//go:embed static
var static embed.FS

// ownAssets are the files that only the office's pages use. They are embedded, so one
// that cannot be read is a fault of the build.
func ownAssets() map[string]*feed.Document {
	assets := map[string]*feed.Document{}
	for name, mediaType := range map[string]string{"office.css": "text/css; charset=utf-8", "office.js": "text/javascript; charset=utf-8"} {
		body, err := static.ReadFile(path.Join("static", name))
		if err != nil {
			panic("office: " + err.Error())
		}
		assets[name] = feed.NewDocument(body, mediaType, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
	}
	return assets
}

// zone is that of a digest; of one that is gone, the site's.
func (o *office) zone(digest string) *time.Location {
	for _, d := range o.Digests {
		if d.ID == digest && d.Zone != nil {
			return d.Zone
		}
	}
	return o.Site.Location
}
