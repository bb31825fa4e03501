// Package oauth2 gets access tokens for a log-in with XOAUTH2 from a token server (RFC
// 6749) and renews them: [Tokens], which all connections share. The requests are those of
// golang.org/x/oauth2; what is ours is when a token is renewed, that one request serves
// all who wait, what is worth another try ([Error]), and a file whose refresh token is
// replaced with each use ([RefreshToken]).
package oauth2

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	xoauth2 "golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// Options describe the token server (RFC 6749) and what we show it.
type Options struct {
	TokenURL     string
	ClientID     string
	ClientSecret string         // "" for a public client, which has a refresh token only
	Refresh      *RefreshToken  // nil: the grant is client credentials (RFC 6749 4.4), else refresh token (6)
	Scope        string         // scopes, with spaces between them
	RootCAs      *x509.CertPool // trusted authorities; nil: those of the system
	Now          func() time.Time
	Log          *slog.Logger
}

// Tokens gets access tokens for XOAUTH2 from a token server. All connections
// share one token and, while it is renewed, one request. A token is renewed some
// minutes before it ends; where that fails it is used to its end. It is safe for
// concurrent use.
type Tokens struct {
	opt         Options
	client      *http.Client
	credentials clientcredentials.Config // of the one grant
	refresh     xoauth2.Config           // of the other

	mu      sync.Mutex
	token   accessToken
	pending *tokenRequest // nil: none
}

// accessToken is a token and its life, by our clock.
type accessToken struct {
	text              string
	from, renew, ends time.Time // ends is zero where the server did not say
}

// tokenRequest is one request to the token server. done closes when it has ended,
// with a token or an error.
type tokenRequest struct {
	done chan struct{}
	text string
	err  error
}

const (
	// maxRenewBefore is how long before its end a token is renewed; a short-lived one
	// after three quarters of its life.
	maxRenewBefore = 5 * time.Minute

	// minRefusedAge is how old a refused token must be for a new one to be worth a
	// try: right after a renewal another would be refused as well.
	minRefusedAge = time.Minute
)

// New makes a token source. It asks for nothing before Token.
func New(opt Options) *Tokens {
	scopes := strings.Fields(opt.Scope)
	return &Tokens{
		opt:         opt,
		client:      newTokenClient(opt.RootCAs),
		credentials: clientcredentials.Config{ClientID: opt.ClientID, ClientSecret: opt.ClientSecret, TokenURL: opt.TokenURL, Scopes: scopes},
		refresh:     xoauth2.Config{ClientID: opt.ClientID, ClientSecret: opt.ClientSecret, Endpoint: xoauth2.Endpoint{TokenURL: opt.TokenURL}, Scopes: scopes},
	}
}

// Token returns a token that is valid now. refused, where it is not "", is one that
// the mail server has refused: it is returned again only right after it was got,
// when another would be no better. The error is a *Error, or that of ctx.
func (o *Tokens) Token(ctx context.Context, refused string) (string, error) {
	for {
		text, request, mine := o.begin(refused)
		if request == nil {
			return text, nil
		}
		if mine {
			o.renew(ctx, request)
		}
		select {
		case <-request.done:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if request.err == nil {
			return request.text, nil
		}
		if !mine && isContextError(request.err) {
			continue // the caller that asked has stopped, and we have not
		}
		if text, ok := o.stillValid(refused); ok {
			return text, nil
		}
		return "", request.err
	}
}

func isContextError(err error) bool {
	token := (*Error)(nil)
	return !errors.As(err, &token)
}

// begin returns the token where it will do, else the request to wait for; mine says
// that the caller is to make it.
func (o *Tokens) begin(refused string) (text string, request *tokenRequest, mine bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.opt.Now()
	if o.token.serves(refused, now) && (o.token.ends.IsZero() || now.Before(o.token.renew)) {
		return o.token.text, nil, false
	}
	if o.pending == nil {
		o.pending, mine = &tokenRequest{done: make(chan struct{})}, true
	}
	return "", o.pending, mine
}

// stillValid returns the old token where it has not ended.
func (o *Tokens) stillValid(refused string) (text string, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.token.text, o.token.serves(refused, o.opt.Now())
}

// serves reports whether a token can be used now.
func (t *accessToken) serves(refused string, now time.Time) bool {
	if t.text == "" || !t.ends.IsZero() && !now.Before(t.ends) {
		return false
	}
	return t.text != refused || now.Before(t.from.Add(minRefusedAge))
}

// renew makes the request, and keeps the token for the others.
func (o *Tokens) renew(ctx context.Context, request *tokenRequest) {
	started := time.Now()
	answer, err := o.ask(context.WithValue(ctx, xoauth2.HTTPClient, o.client))
	switch {
	case err != nil && ctx.Err() != nil:
		err = ctx.Err()
	case err != nil:
		err = o.tokenError(err)
	case len(answer.AccessToken) > maxTokenBytes:
		err = o.tokenError(errors.New("too long"))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	defer close(request.done)
	o.pending, request.err = nil, err
	if err != nil {
		return
	}
	o.token = accessToken{text: answer.AccessToken, from: o.opt.Now()}
	if !answer.Expiry.IsZero() {
		life := answer.Expiry.Sub(started)
		o.token.ends = o.token.from.Add(life)
		o.token.renew = o.token.ends.Add(-min(maxRenewBefore, life/4))
	}
	request.text = o.token.text
}
