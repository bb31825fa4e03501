package nukeviet

import (
	"context"
	"net/url"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/source/attempt"
	"bantin/source/document"
)

// Options say how a site is read.
type Options struct {
	Location  *time.Location    // zone of the times that the site shows
	Documents *document.Options // of its stories
	Web       *fetch.Client     // fetches its pages
	Since     bantin.Day        // read back to this day, in Location; zero: what is new
	Now       func() time.Time
	Attempts  *attempt.Log   // notes what is being read; nil: nothing is noted
	Progress  func(Progress) // called during a long read; may be nil
}

// Progress is how far a long read has come.
type Progress struct {
	Read int        // stories
	Day  bantin.Day // of the last one
}

// Site is a site made with NukeViet.
type Site struct {
	options Options
	base    *url.URL
}

// New makes the site of an address: that of its list of news, or of one category.
func New(address *url.URL, o Options) *Site { return &Site{options: o, base: address} }

// Look is what is known of a site before it is read.
type Look struct {
	Seen  map[string]string // the Version of each item that was yielded
	Notes map[string]string // what was to be stored; Read changes it
	First time.Time         // when the site was first read
}

// Item is what a read says of one story, or what it has to remember.
type Item struct {
	ID       string            // number of the story
	Version  string            // to be stored with the ID
	Key      string            // which bulletin it is: "url:" and its canonical address
	Digest   string            // changes when the story does
	Draft    *document.Draft   // what the story says; nil where it says nothing new
	Err      error             // why the story gives no draft, a *document.Problem
	History  bool              // it is too old to be news
	Vanished bool              // the site has it no longer, as two visits found
	Seen     bool              // unchanged; only its Version is to be stored
	Mended   bool              // no story: what could not be read under this ID was read now
	Notes    map[string]string // no story: to be stored once all items before it are
}

// Read yields new stories from the oldest on, then changed and vanished ones, then,
// where the Options say Since, older ones from the newest on. An error of yield ends
// it and is returned; any other is a *fetch.SiteError, or that of ctx.
func (s *Site) Read(ctx context.Context, look Look, yield func(Item) error) error {
	v := &visit{Site: s, Look: look, ctx: ctx, yield: yield, now: s.options.Now()}
	return v.run()
}
