// Package source reads bulletins from where they come from: a folder of files,
// a NukeViet site, a feed, a mailbox. A kind is a file here and a line in [Open].
//
// A source is asked what changed since it was last read and yields items. An error
// of one item is in the item, and the reading goes on; an error beside an item means
// that the source itself could not be read.
//
// What a document says is found in the rooms below: package charset decodes its
// text, package document makes a draft of it, whatever its format. Here the draft
// gets an identity (identity.go) and becomes a bulletin. The places that a bulletin
// is about are found later, where the configured clusters are known; here only
// those are taken that its front matter names.
package source

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"iter"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/mailbox"
	"bantin/picture"
	"bantin/source/attempt"
	"bantin/source/document"
	"bantin/source/document/convert"
)

// Source is where bulletins come from: a folder, a site, a feed, a mailbox.
type Source interface {
	// ID is the source's name in the configuration.
	ID() string

	// Read yields what is new, changed or gone since the last read. seen has the
	// Version of each item ID as it was yielded then; an item that still has that
	// version is not yielded. An error ends the sequence: the source could not be
	// read, or ctx is done, and nothing is known of what was not yielded.
	Read(ctx context.Context, seen map[string]string) iter.Seq2[Item, error]
}

// Item is one bulletin of a source, or the reason why something gives none.
type Item struct {
	ID       string           // what the source calls it: a path in a folder, with slashes; any bytes, so quote it in messages
	Version  string           // changes when the item may have changed; empty: read it again next time
	Key      string           // which bulletin it is: "url:" and its canonical address, else "file:SOURCE/PATH"
	Before   string           // the key that earlier versions of the program gave it; "": the same
	Digest   string           // SHA-256 of the raw bytes in hex, by which a copy under a second name is found
	Bulletin *bantin.Bulletin // nil where Gone or Err
	Gone     bool             // it is in seen and no longer there; its bulletin stays
	Absorbed bool             // beside Gone: nobody need be told; it is an attachment now, or it never gave a bulletin
	Err      error            // why it gives no bulletin, a *Problem
	Missing  *Problem         // what of it was not read, beside the Bulletin; nil: all was
	Mended   bool             // no item: what was wrong with it is over
	Shows    []string         // pictures of the folder that it shows, by their paths

	Moved    bool              // something of the source is gone, and this may be that under a new name
	Absorbs  []string          // items that it now includes: documents that were alone until this text came
	History  bool              // its bulletin is too old to be news
	Vanished bool              // its site has it no longer, as two reads found: its bulletin is to be withdrawn
	Seen     bool              // unchanged; only its Version is to be stored
	Notes    map[string]string // no item: to be stored once all items before it are; an empty value deletes
}

// Spec is the configuration of a source to open.
type Spec struct {
	ID       string
	Kind     string            // "folder", "nukeviet", "feed", "mailbox"
	Path     string            // of the folder
	URL      string            // of the site, feed or mailbox
	Location *time.Location    // time zone of the times that bulletins give; nil: UTC
	Pictures *picture.Store    // where pictures go; nil: only their captions are kept
	Files    *picture.Files    // where attached documents go; nil: they are not kept
	Programs *convert.Programs // that read documents for which bantin has no reader; nil: none
	Attempts *attempt.Log      // notes what is being read; nil: nothing is noted
	Rest     time.Duration     // how long a changed file must be at rest; 0: half a second

	Senders   []string          // whose mails are accepted
	Addresses []string          // a mail that is to none of these is held; none: to any
	Trust     Trust             // what proves the sender; default TrustDKIM
	Password  string            // of the mailbox
	TLS       *tls.Config       // of the connection to it; nil: the system's authorities
	LookupTXT mailbox.LookupTXT // finds keys of signatures; nil: the DNS

	Web      *fetch.Client // fetches sites and feeds, and pictures that files and mails show from elsewhere
	Since    bantin.Day    // read a site back to this day, in Location; zero: what is new
	Now      func() time.Time
	Notes    func(context.Context) (map[string]string, error)             // the stored Notes of its items; nil: none
	Problems func(context.Context) (map[string]bantin.ProblemKind, error) // items that were not read, or in part; nil: none
	Progress func(Progress)                                               // called during a long read; may be nil
}

// documents are the options that the source's documents are read with.
func (s *Spec) documents() *document.Options {
	o := &document.Options{Location: s.Location, Pictures: s.Pictures, Files: s.Files, Web: s.Web, Now: s.Now, Programs: s.Programs}
	if s.Attempts != nil {
		o.Attempt = func(raw []byte, decode func()) error {
			return s.attempt(context.Background(), asImage, raw, decode) // a trial of one ends within a minute
		}
	}
	return o
}

// Open opens the source. That a folder or site is missing is an error of Read,
// because it may come later.
func Open(spec Spec) (Source, error) {
	if spec.Location == nil {
		spec.Location = time.UTC
	}
	spec.Rest = cmp.Or(spec.Rest, 500*time.Millisecond)
	if spec.Now == nil {
		spec.Now = time.Now
	}
	switch spec.Kind {
	case "folder":
		return &folder{spec: spec, documents: spec.documents()}, nil
	case "nukeviet":
		return newNukeViet(spec)
	case "feed":
		return newWebFeed(spec)
	case "mailbox":
		return newMailSource(spec)
	}
	return nil, fmt.Errorf("open source %q: unknown kind %q", spec.ID, spec.Kind)
}
