package oauth2

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"

	xoauth2 "golang.org/x/oauth2"
)

const (
	// tokenTimeout bounds a request to the token server, with all of its answer.
	tokenTimeout = 30 * time.Second

	// maxTokenBytes is more than any token has: a line of AUTH may have 12288 octets
	// (RFC 4954 4).
	maxTokenBytes = 9 << 10
)

// newTokenClient makes the client for requests to the token server. It uses no proxy
// and follows no redirect, since either would be handed the secret.
func newTokenClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout: tokenTimeout,
		Transport: &http.Transport{
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true, // one request an hour
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ask makes one request with the grant that the options give.
func (o *Tokens) ask(ctx context.Context) (*xoauth2.Token, error) {
	if o.opt.Refresh == nil {
		return o.credentials.Token(ctx)
	}
	shown, err := o.opt.Refresh.Load()
	if err != nil {
		return nil, err
	}
	answer, err := o.refresh.TokenSource(ctx, &xoauth2.Token{RefreshToken: shown}).Token()
	if err != nil {
		return nil, err
	}
	if answer.RefreshToken != "" && answer.RefreshToken != shown {
		if err := o.opt.Refresh.Store(answer.RefreshToken); err != nil {
			o.opt.Log.Warn("new refresh token cannot be stored; it is kept in memory only", "error", err)
		}
	}
	return answer, nil
}
