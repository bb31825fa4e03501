package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"bantin"
	"bantin/clock"
	"bantin/config"
	"bantin/doctor"
	"bantin/mailbox"
	"bantin/mailer"
	"bantin/place"
	"bantin/publish/delivery"
	"bantin/store"
	"bantin/templates"
)

// examine examines the installation for the daemon.
func (w *deps) examine(ctx context.Context) []store.Checkup {
	var list []store.Checkup
	for _, f := range doctor.Examine(ctx, w.examination(nil)) {
		list = append(list, store.Checkup{Name: f.Check, Status: string(f.Status), What: bantin.NewNote(f.What.VI, f.What.EN), Hint: bantin.NewNote(f.Hint.VI, f.Hint.EN)})
	}
	return list
}

// examination says what to examine, as far as the configuration has it. unopened says why
// there is no database.
func (w *deps) examination(unopened error) *doctor.Options {
	c := w.config
	o := &doctor.Options{
		Site: w.site, Store: w.db, StoreErr: unopened, Tokens: w.tokens, Templates: w.loadTemplates,
		Data: c.Data, Outbox: c.SMTP == nil, Files: w.privateFiles(), Contacts: c.Contacts, Version: builtFrom().Version,
		Clocks: append([]clock.Source{clock.Synchronized()}, w.clocks()...),
	}
	for i := range c.Sources {
		o.Sources = append(o.Sources, c.Sources[i].ID)
	}
	for _, t := range c.Topics {
		o.Topics = append(o.Topics, doctor.Topic{ID: t.ID, Tag: place.TopicTag + t.ID})
	}
	for _, plan := range w.digests {
		d := doctor.Digest{ID: plan.ID, Templates: func() error { return w.tryTemplates(plan.Subject) }}
		if w.db != nil {
			d.Nobody = func(ctx context.Context) (bantin.Words, error) {
				return w.editor.WhyNobody(ctx, &plan.Digest, time.Now())
			}
		}
		o.Digests = append(o.Digests, d)
	}
	o.Mail, o.Mailboxes = w.examinedMail(), w.examinedMailboxes()
	return o
}

// examinedMail is how mail is sent; nil where it is not.
func (w *deps) examinedMail() *doctor.Mail {
	s := w.config.SMTP
	if s == nil {
		return nil
	}
	_, from := splitAddress(s.From)
	m := &doctor.Mail{Host: s.Host, From: from, Bounces: s.Bounces, TLS: s.TLS != config.TLSNone, Relay: w.relay, Problem: setupHint}
	for i := range s.DKIM {
		d := &s.DKIM[i]
		if key, err := d.Key(); err == nil { // else the configuration was refused
			m.Keys = append(m.Keys, doctor.Key{Domain: d.Domain, Selector: d.Selector, Public: key.Public()})
		}
	}
	return m
}

// examinedMailboxes are the mailboxes that are read.
func (w *deps) examinedMailboxes() []doctor.Mailbox {
	var list []doctor.Mailbox
	if b := w.config.Bounces; b != nil && b.Mailbox != "" {
		box := mailboxToTry("bounces.mailbox", b.Mailbox, b.Password)
		box.IsReturn = true
		list = append(list, box)
	}
	for i := range w.config.Sources {
		if s := &w.config.Sources[i]; s.Kind == config.Mailbox {
			list = append(list, mailboxToTry("sources "+s.ID, s.URL, s.Password))
		}
	}
	return list
}

func mailboxToTry(key, address string, password func() (string, error)) doctor.Mailbox {
	name := address
	if u, err := url.Parse(address); err == nil {
		name = u.Redacted()
	}
	return doctor.Mailbox{Key: key, Name: name, Try: func(ctx context.Context, r *net.Resolver) error {
		secret, err := password()
		if err != nil {
			return err
		}
		return mailbox.Try(ctx, address, mailbox.Options{Password: secret, Resolver: r})
	}}
}

// privateFiles are the files that nobody else should read or change.
func (w *deps) privateFiles() []doctor.File {
	c := w.config
	hasPassword := false
	if u, err := url.Parse(c.Database); err == nil && u.User != nil {
		_, hasPassword = u.User.Password()
	}
	files := []doctor.File{{Path: c.Path, Secret: hasPassword}}
	add := func(key, path string) {
		if path != "" {
			files = append(files, doctor.File{Path: path, Key: key, Secret: true})
		}
	}
	add("site.secret_file", c.Site.SecretFile)
	add("database_password_file", c.DatabasePasswordFile)
	for _, file := range c.Site.FormerSecrets {
		add("site.former_secrets", file)
	}
	if s := c.SMTP; s != nil {
		add("smtp.password_file", s.PasswordFile)
		for i := range s.DKIM {
			add("smtp.dkim", s.DKIM[i].KeyFile)
		}
		if s.OAuth2 != nil {
			add("smtp.oauth2", s.OAuth2.ClientSecretFile)
			add("smtp.oauth2", s.OAuth2.RefreshTokenFile)
		}
	}
	if c.Bounces != nil {
		add("bounces.password_file", c.Bounces.PasswordFile)
		for _, h := range c.Bounces.Webhooks {
			add("bounces.webhooks "+h.Provider, h.SecretFile)
		}
	}
	for i := range c.Sources {
		add("sources "+c.Sources[i].ID, c.Sources[i].PasswordFile)
	}
	return files
}

func (w *deps) loadTemplates() error {
	_, err := templates.Load(w.config.Templates)
	return err
}

// tryTemplates composes a digest that stands for any.
func (w *deps) tryTemplates(subject string) error {
	set, err := templates.Load(w.config.Templates)
	if err != nil {
		return err
	}
	_, _, err = mailer.PersonalizationCost(set, subject, w.site)
	return err
}

// testMail makes the message that shows whether mail arrives.
func (w *deps) testMail(to string) func(now time.Time) (*mailer.ComposedMessage, mailer.RecipientFields, error) {
	return func(now time.Time) (*mailer.ComposedMessage, mailer.RecipientFields, error) {
		recipient := mailer.RecipientFields{Address: to, UnsubscribeToken: mailer.TokenPlaceholder, UnsubscribeDetail: mailer.UnsubscribeDetailPlaceholder}
		if w.tokens == nil {
			return nil, recipient, errors.New("there is no database yet")
		}
		recipient.MessageID = w.tokens.NoticeMessageID("doctor", to+" "+now.Format(time.RFC3339Nano))
		set, err := templates.Load(w.config.Templates)
		if err != nil {
			return nil, recipient, err
		}
		sender, err := w.sender()
		if err != nil {
			return nil, recipient, err
		}
		rendered, err := mailer.RenderNotice(set, delivery.TestMail(w.site.Language, w.site, strings.TrimSpace(to)))
		if err != nil {
			return nil, recipient, err
		}
		composed, err := mailer.Compose(mailer.Message{Sender: sender, Rendered: rendered, ListDomain: mailer.ListDomain(w.site), Date: now})
		return composed, recipient, err
	}
}
