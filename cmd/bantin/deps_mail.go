package main

import (
	"crypto/x509"
	"net"
	"net/mail"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bantin/config"
	"bantin/mailbox"
	"bantin/mailer"
	"bantin/mailer/bounce"
	"bantin/mailer/oauth2"
	"bantin/publish/delivery"
	"bantin/publish/returns"
	"bantin/store"
)

// sender is who mails: of `smtp`, else the site, for the outbox.
func (w *deps) sender() (mailer.Sender, error) {
	s := mailer.Sender{Name: w.site.Title, Address: w.site.Contact}
	if w.config.SMTP != nil {
		s.Name, s.Address = splitAddress(w.config.SMTP.From)
		_, s.ReplyTo = splitAddress(w.config.SMTP.ReplyTo)
		s.BounceAddress = w.config.SMTP.Bounces
		s.ProviderHeaders = providerHeaders(w.config.SMTP)
	}
	var err error
	s.Signers, err = w.signers()
	if s.Address == "" {
		s.Address = "bantin@" + mailer.ListDomain(w.site)
	}
	if s.Name == "" {
		s.Name = w.site.Title
	}
	return s, err
}

func splitAddress(text string) (name, address string) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return "", text
	}
	return a.Name, a.Address
}

// transport is the mail server, or the outbox where there is none.
func (w *deps) transport() (mailer.Transport, error) {
	if w.asSent {
		return mailer.Discard{}, nil
	}
	if w.config.SMTP == nil {
		return mailer.NewOutbox(filepath.Join(w.config.Data, "outbox")), nil
	}
	relay, err := w.relay(nil)
	if err != nil {
		return nil, err
	}
	return relay, nil
}

// relay is the mail server of `smtp`, found by a resolver; nil: that of the system.
func (w *deps) relay(resolver *net.Resolver) (*mailer.SMTP, error) {
	s := w.config.SMTP
	password, err := s.Password()
	if err != nil {
		return nil, err
	}
	roots, err := s.RootCAs()
	if err != nil {
		return nil, err
	}
	tokens, err := w.accessTokens(s.OAuth2, roots)
	if err != nil {
		return nil, err
	}
	_, from := splitAddress(s.From)
	return mailer.NewSMTP(mailer.SMTPOptions{
		Host: s.Host, Port: s.Port, TLSMode: mailer.TLSMode(s.TLS), RootCAs: roots, Auth: mailer.AuthMechanism(s.Auth),
		Username: s.Username, CurrentPassword: currentPassword(s, password), Tokens: tokens, EnvelopeFrom: from, Hello: s.Hello, Resolver: resolver,
	}), nil
}

// currentPassword gives the password as its file has it now: once it is corrected, what
// waits for it goes on without a reload. A file that cannot be read for a moment leaves
// it at the last one.
func currentPassword(s *config.SMTP, last string) func() string {
	var mu sync.Mutex
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		if password, err := s.Password(); err == nil && password != "" {
			last = password
		}
		return last
	}
}

// accessTokens is what gets tokens for the log-in; nil where none are used.
func (w *deps) accessTokens(o *config.OAuth2, roots *x509.CertPool) (*oauth2.Tokens, error) {
	if o == nil {
		return nil, nil
	}
	secret, err := o.ClientSecret()
	if err != nil {
		return nil, err
	}
	opt := oauth2.Options{TokenURL: o.TokenURL, ClientID: o.ClientID, ClientSecret: secret, Scope: o.Scope, RootCAs: roots, Now: time.Now, Log: w.log}
	if file := o.RefreshTokenFile; file != "" {
		if w.refreshToken == nil || w.refreshToken.Name() != file {
			w.refreshToken = oauth2.NewRefreshToken(file, o.RefreshToken)
		}
		opt.Refresh = w.refreshToken
	}
	return oauth2.New(opt), nil
}

// deliverer makes the one that delivers under the name of a node.
func (w *deps) deliverer(node string) (*delivery.Deliverer, error) {
	transport, err := w.transport()
	if err != nil {
		return nil, err
	}
	if w.process != nil {
		transport = mailer.Counted(transport, w.process.countReply)
	}
	c := &delivery.Deliverer{
		DB: w.db, Freeze: w.editor.Freeze, Refused: w.returns().Refused, Log: w.log, Composer: w.composer, Tokens: w.tokens, Transport: transport,
		Connections: 1, Node: node, Zone: w.zone, Now: w.now, Retry: []time.Duration{time.Minute},
	}
	if w.config.Journal.Deliveries {
		c.Journal = &store.SentJournal{DB: w.db, Secret: w.tokens.ErasedKey(), Fingerprint: w.tokens.Fingerprint()}
	}
	if s := w.config.SMTP; s != nil && !w.asSent {
		c.Connections = s.Connections
		c.Retry = nil
		for _, d := range s.Retry {
			c.Retry = append(c.Retry, d.Std())
		}
		c.Limit = delivery.NewRate(w.db, "smtp", s.Rate.PerSecond())
		c.Domains = map[string]*delivery.Rate{}
		for _, d := range s.Domains {
			c.Domains[d.Name] = delivery.NewRate(w.db, "domain "+d.Name, d.Rate.PerSecond())
		}
	}
	return c, nil
}

// noticeSender makes the one that sends notices, as the courier sends digests.
func (w *deps) noticeSender(c *delivery.Deliverer) *delivery.NoticeSender {
	return &delivery.NoticeSender{
		DB: w.db, Log: w.log, Site: w.site, Tokens: w.tokens, Sender: w.composer.Sender, Transport: c.Transport,
		Limit: c.Limit, Retry: c.Retry, Node: c.Node, Now: w.now,
		Render: func(m *mailer.NoticeMail) (mailer.Rendered, error) { return mailer.RenderNotice(w.templates, m) },
	}
}

// returns makes what takes mail that comes back.
func (w *deps) returns() *returns.Returns {
	return &returns.Returns{DB: w.db, Log: w.log, Tokens: w.tokens, Hold: w.config.SMTP.HoldLimits(), Ours: w.ourNames(), Now: w.now, LookupTXT: mailbox.DNS}
}

// ourNames are the addresses and host names by which a receiver may speak of us.
func (w *deps) ourNames() []string {
	s := w.config.SMTP
	if s == nil {
		return nil
	}
	_, from := splitAddress(s.From)
	_, answers := splitAddress(s.ReplyTo)
	return slices.DeleteFunc([]string{from, answers, s.Bounces, s.Hello}, func(name string) bool { return name == "" })
}

// inbox is where mail comes back; nil where none is read.
func (w *deps) inbox() (*returns.Inbox, error) {
	b := w.config.Bounces
	if b == nil || b.Mailbox == "" {
		return nil, nil
	}
	password, err := b.Password()
	if err != nil {
		return nil, err
	}
	box, err := mailbox.Open(b.Mailbox, mailbox.Options{Password: password, MaxBytes: bounce.MaxMessageBytes})
	if err != nil {
		return nil, err
	}
	return &returns.Inbox{Returns: w.returns(), Box: box, Address: b.Mailbox, Schedule: b.Due}, nil
}
