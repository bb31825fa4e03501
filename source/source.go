// Package source reads bulletins from where they come from: a folder of files,
// a NukeViet site, a feed, a mailbox. A kind is a file here and a line in [Open].
//
// A source is asked what is new since the last look and yields items. What is
// wrong with one item is in the item, and the reading goes on; an error beside
// an item means that the source itself could not be read.
//
// What a document says is found in the rooms below: package charset decodes its
// text, package document makes a draft of it, whatever its format. Here the draft
// gets an identity (identity.go) and becomes a bulletin. The places that a bulletin
// is about are found later, where the configured clusters are known; here only
// those are taken that its front matter names.
package source

import (
	"context"
	"crypto/tls"
	"fmt"
	"iter"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/mailbox"
	"bantin/picture"
	"bantin/source/document"
)

// Source is a place that bulletins come from.
type Source interface {
	// ID is the source's name in the configuration.
	ID() string

	// Read yields what is new, changed or gone since the last look. seen has
	// the Version of each item ID as it was yielded then; what has the same
	// version again is not yielded. An error ends the sequence: the source
	// could not be read, or ctx is done, and what was not yielded is unknown.
	Read(ctx context.Context, seen map[string]string) iter.Seq2[Item, error]
}

// Item is one thing of a source: a bulletin, or why it is none.
type Item struct {
	ID       string           // what the source calls it: a path in a folder, with slashes; any bytes, so quote it in messages
	Version  string           // changes when the item may have; empty: look again next time
	Key      string           // which bulletin it is: "url:" and its canonical address, else "file:SOURCE/PATH"
	Digest   string           // SHA-256 of the raw bytes in hex: the same under a second name is known by it
	Bulletin *bantin.Bulletin // nil where Gone or Err
	Gone     bool             // it was in seen and is there no more; its bulletin stays
	Taken    bool             // beside Gone: it is there, as a part of another item
	Err      error            // why it gives no bulletin, a *Problem

	Instead  []string          // items that it now takes in: a document that was alone until its text came
	History  bool              // its bulletin is too old to be news
	Vanished bool              // its site no longer shows it, as was made sure of: its bulletin is to be withdrawn
	Seen     bool              // it says nothing new; its Version is to be remembered
	Notes    map[string]string // no item: to be remembered once all items before are stored; "" forgets
}

// Problem says why an item gives no bulletin, in both languages.
type Problem = document.Problem

// Spec says which source to open.
type Spec struct {
	ID       string
	Kind     string          // "folder", "nukeviet", "feed", "mailbox"
	Path     string          // of the folder
	URL      string          // of the site, feed or mailbox
	Location *time.Location  // zone of the times that bulletins give; nil: UTC
	Language bantin.Language // of warnings
	Pictures *picture.Store  // where pictures go; nil: only their captions are kept
	Files    *picture.Files  // where attached documents go; nil: they are not kept
	Rest     time.Duration   // how long a changed file must be at rest; 0: half a second

	Senders   []string          // whose mails are taken
	Trust     Trust             // what a mail must show; default TrustDKIM
	Password  string            // of the mailbox
	TLS       *tls.Config       // of the connection to it; nil: the system's authorities
	LookupTXT mailbox.LookupTXT // finds keys of signatures; nil: the DNS

	Web      *fetch.Client // asks sites
	Since    bantin.Day    // read a site back to this day, in Location; zero: what is new
	Now      func() time.Time
	Notes    func(context.Context) (map[string]string, error) // what was to be remembered; nil: nothing
	Progress func(Progress)                                   // told of a long read; nil: nobody is
}

// documents are the options that the source's documents are read with.
func (s *Spec) documents() *document.Options {
	return &document.Options{Location: s.Location, Language: s.Language, Pictures: s.Pictures, Files: s.Files, Now: s.Now}
}

// Open opens the source. A folder or site that is not there is found out by
// Read, because it may come later.
func Open(spec Spec) (Source, error) {
	if spec.Location == nil {
		spec.Location = time.UTC
	}
	if spec.Rest == 0 {
		spec.Rest = 500 * time.Millisecond
	}
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
