package feed

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"bantin/fetch"
)

// Publisher tells WebSub hubs that a document changed, in the way that all of
// them understand: a form with hub.mode=publish and hub.url (the W3C leaves it
// to hub and publisher; this is what PubSubHubbub 0.4 section 7 said).
//
// A hub is named by the office and may stand inside its network. Where it
// redirects to is named by somebody else: it may not be.
type Publisher struct {
	named, elsewhere *fetch.Client
}

// hubTimeout is how long a hub may take to answer: it has to take a note, no
// more.
const hubTimeout = 15 * time.Second

// NewPublisher makes a publisher that calls itself userAgent.
func NewPublisher(userAgent string) *Publisher {
	opt := fetch.Options{UserAgent: userAgent, Timeout: hubTimeout, AllowPrivate: true}
	named := fetch.New(opt)
	opt.AllowPrivate = false
	return &Publisher{named, fetch.New(opt)}
}

// maxHubRedirects is one for https and one for a hub whose address changed.
const maxHubRedirects = 3

// Notify tells a hub of a topic, once. An error is one of the hub or of the way
// there; it may be tried again.
func (p *Publisher) Notify(ctx context.Context, hub, topic string) error {
	form := url.Values{"hub.mode": {"publish"}, "hub.url": {topic}}
	client, address := p.named, hub
	for range maxHubRedirects + 1 {
		res, err := client.Post(ctx, address, form)
		if err != nil {
			return fmt.Errorf("tell hub: %w", err)
		}
		if res.Location == "" || res.Status == http.StatusSeeOther { // 303: taken, and here is a page about it
			return nil
		}
		client, address = p.elsewhere, res.Location
	}
	return fmt.Errorf("tell hub: %w", fetch.ErrRedirects)
}
