package doctor

import (
	"context"
	"crypto"
	"crypto/x509"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"bantin"
	"bantin/clock"
	"bantin/internal/disk"
	"bantin/mailer"
	"bantin/store"
)

// Options are what is examined. Only Site is required: a check whose part is missing is
// skipped.
type Options struct {
	Site      *bantin.Site
	Mail      *Mail // nil: messages are written to files
	Mailboxes []Mailbox
	Store     *store.DB // nil: StoreErr says why
	StoreErr  error
	Tokens    *mailer.Tokens // of this installation's secret; nil: site_url and one_click cannot prove anything
	Digests   []Digest
	Templates func() error // loads the templates; nil error: all of them parse
	Clocks    []clock.Source
	Data      string // the data directory
	Outbox    bool   // each message becomes a file there
	Files     []File
	Contacts  string   // the list that is imported; "" for none
	Sources   []string // their ids
	Topics    []Topic
	Version   string

	Resolver string // HOST:PORT of a name server to ask; "" for the system's
	TestTo   string // an address to mail a test message to; "" for none

	// What tests replace; the zero values are right elsewhere.
	RootCAs   *x509.CertPool             // of the site; nil: those of the system
	MXPort    int                        // 0: 25
	Addresses func() []netip.Addr        // of this machine; nil: those of its interfaces
	Now       func() time.Time           // nil: time.Now
	Free      func() (disk.Space, error) // of the data directory; nil: what the system says
}

// Mail is how mail is sent.
type Mail struct {
	Host     string
	From     string // the sender's address
	Bounces  string // base of the return paths; "" for From
	TLS      bool   // the connection is to be encrypted
	Keys     []Key
	Relay    func(*net.Resolver) (*mailer.SMTP, error) // the mail server, found by a resolver
	TestMail func(now time.Time) (*mailer.ComposedMessage, mailer.RecipientFields, error)
	Problem  func(mailer.SetupProblem) bantin.Words // what to do about a trouble with the mail server
}

// Key is a key that signs messages (DKIM).
type Key struct {
	Domain, Selector string
	Public           crypto.PublicKey
}

// Mailbox is a mailbox that is read.
type Mailbox struct {
	Key      string // of the configuration, such as bounces.mailbox
	Name     string // its address without a password
	Try      func(ctx context.Context, r *net.Resolver) error
	IsReturn bool // returned mail comes here, to addresses with a detail behind a +
}

// Digest is a digest of the configuration.
type Digest struct {
	ID        string
	Nobody    func(ctx context.Context) (bantin.Words, error) // why nobody gets it; empty where somebody does
	Templates func() error                                    // composes it with its templates
}

// File is a file of the installation with what it holds.
type File struct {
	Path   string
	Key    string // of the configuration; "" for the configuration itself
	Secret bool   // nobody else may read it
}

func (o *Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// domain is the part of an address behind the @, as it stands in the DNS.
func domain(address string) string {
	_, after, _ := strings.Cut(address, "@")
	after = strings.ToLower(strings.TrimSuffix(after, "."))
	if ascii, err := idna.Lookup.ToASCII(after); err == nil {
		return ascii
	}
	return after
}

// envelopeDomain is the domain of the return paths, which SPF is about.
func (m *Mail) envelopeDomain() string {
	if m.Bounces != "" {
		return domain(m.Bounces)
	}
	return domain(m.From)
}
