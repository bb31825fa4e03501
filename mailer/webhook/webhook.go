package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"bantin/mailer"
	"bantin/mailer/bounce"
)

// MaxBody is the largest request that is read. SNS sends at most 256 KB, twice that once
// its quotation marks are escaped; Brevo at most 500 events.
const MaxBody = 1 << 20

// MaxAge is how old a request may be: providers try again for eleven hours at most
// (Brevo: after 10 minutes, 1, 2 and 8 hours), and yesterday's is somebody else's.
const MaxAge = 12 * time.Hour

// maxAhead is by how much a provider's clock may be ahead of ours.
const maxAhead = time.Hour

// Kind is what bantin knows of a provider.
type Kind struct {
	Name string // in the YAML and in /returns/NAME

	// Relays are patterns (path.Match) of the hosts by which its customers send.
	Relays []string

	// BusyStatus is the HTTP status that has it try again later.
	BusyStatus int

	// Headers are what our mail carries, with mailer.ProviderTagPlaceholder.
	// configurationSet is of Amazon SES.
	Headers func(configurationSet string) []mailer.Header

	// New makes what opens its requests.
	New func(Options) (Provider, error)

	// Classify says what an event means that its Provider returned. ours are as in
	// bounce.Classify. Any bytes are accepted.
	Classify func(event []byte, ours ...string) *bounce.Classification
}

// Kinds lists the providers.
func Kinds() []Kind { return []Kind{sesKind(), mailgunKind(), brevoKind()} }

// KindOf finds a provider by its name.
func KindOf(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// KindOfRelay finds the provider that a mail server belongs to; the zero Kind where it is
// none of theirs.
func KindOfRelay(host string) Kind {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, k := range Kinds() {
		for _, pattern := range k.Relays {
			if ok, err := path.Match(pattern, host); ok && err == nil {
				return k
			}
		}
	}
	return Kind{}
}

// Options are what the YAML says of a webhook, and what a provider may use.
type Options struct {
	TopicARN string // of Amazon SES
	Secret   string // of the others
	Now      func() time.Time

	// Get fetches an address, without following a redirect; any other status than 200 is
	// an error. It must refuse addresses inside the network.
	Get func(ctx context.Context, address string) ([]byte, error)
}

// Provider opens the requests of one provider.
type Provider interface {
	// Open checks that a request is the provider's and returns its events; none where it
	// reports nothing that came back. The error is ErrForeign for a request that is not
	// the provider's, another account's or too old, ErrMalformed for one that cannot be
	// read, and temporary otherwise: the provider should try again.
	Open(ctx context.Context, header http.Header, body []byte) ([]Event, error)
}

// Errors of Provider.Open. What wraps them says why.
var (
	ErrForeign   = errors.New("not the provider's request")
	ErrMalformed = errors.New("not a request that can be read")
)

// Event is one thing that a provider reports.
type Event struct {
	Provider string
	Nonce    string // what may come once, with one event: a token, or the event itself
	ID       string // the same for each copy of the event
	JSON     []byte
	Original bounce.Original // the message that it is about
}

// newEvent makes an event. id and nonce are the provider's names for it and for its
// request; "" for the event's own bytes.
func newEvent(provider, id, nonce string, json []byte, original bounce.Original) Event {
	e := Event{Provider: provider, ID: hashOf(provider, "event", id), JSON: json, Original: original}
	if id == "" {
		e.ID = hashOf(provider, "bytes", string(json))
	}
	e.Nonce = e.ID
	if nonce != "" {
		e.Nonce = hashOf(provider, "nonce", nonce)
	}
	return e
}

func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Classify reads an event again that was stored. One of a provider that is not known any
// more means nothing.
func Classify(provider string, event []byte, ours ...string) *bounce.Classification {
	if k, ok := KindOf(provider); ok {
		return k.Classify(event, ours...)
	}
	return meaning(bounce.Original{}, bounce.Recipient{Kind: bounce.Other, Reason: bounce.NotABounce})
}

// maxDiagnostic bounds what is kept of a provider's words.
const maxDiagnostic = 300

// meaning is the classification of an event about one recipient.
func meaning(original bounce.Original, r bounce.Recipient) *bounce.Classification {
	return &bounce.Classification{Kind: r.Kind, Recipients: []bounce.Recipient{r}, Original: original}
}

// foreign is an ErrForeign that says why, for the log: never what was said.
func foreign(why string) error { return fmt.Errorf("%w: %s", ErrForeign, why) }

func malformed(why string) error { return fmt.Errorf("%w: %s", ErrMalformed, why) }

// checkAge refuses a request of yesterday, or of a future day.
func checkAge(said, now time.Time) error {
	switch age := now.Sub(said); {
	case age > MaxAge:
		return foreign("it is older than 12 hours")
	case age < -maxAhead:
		return foreign("its time is in the future")
	}
	return nil
}
