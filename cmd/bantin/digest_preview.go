package main

import (
	"context"
	"errors"
	"net/mail"
	"time"

	"github.com/spf13/cobra"

	"bantin"
	"bantin/contact"
	"bantin/mailer"
	"bantin/publish/delivery"
	"bantin/publish/edition"
	"bantin/store"
)

// previewFlags are the flags of `bantin digest preview`.
type previewFlags struct{ contact, out, to string }

func (a digestCommands) previewCommand() *cobra.Command {
	var f previewFlags
	c := &cobra.Command{
		Use:   "preview ID --contact ADDRESS",
		Short: a.text("Xem thư mà một người sẽ nhận; không gửi gì, trừ thư thử với --to", "Show the digest a contact would get now; with --to, mail it as a test"),
		Example: asTyped(
			"bantin digest preview hang-tuan --contact lan@example.org",
			"bantin digest preview hang-tuan --contact lan@example.org --to toi@example.org",
			"bantin digest preview hang-tuan --contact lan@example.org --to tests"),
		PreRunE:           func(*cobra.Command, []string) error { return f.check() },
		ValidArgsFunction: a.completes(1, digestIDs),
		RunE:              a.doesWithDigest(func(ctx context.Context, w *deps, d *edition.DigestPlan) error { return a.preview(ctx, w, d, f) }),
	}
	c.Flags().StringVar(&f.contact, "contact", "", a.text("địa chỉ của người nhận (`ADDRESS`)", "the contact's `ADDRESS`"))
	c.Flags().StringVar(&f.out, "out", "", a.text("ghi thư vào `FILE` (.eml)", "write the message to `FILE` (.eml)"))
	c.Flags().StringVar(&f.to, "to", "", a.text("gửi thư thử tới `ADDRESS`, có ghi là thử; tests: tới mọi địa chỉ ở khóa tests", "mail it to `ADDRESS`, marked as a test; tests: to all addresses of the key tests"))
	return c
}

// toTests is the value of --to that stands for the digest's key tests.
const toTests = "tests"

// check refuses flags that make no preview.
func (f *previewFlags) check() error {
	if f.contact == "" {
		return wrongUsage("thiếu --contact ADDRESS: xem thư của ai?", "--contact ADDRESS is missing: whose digest?")
	}
	if _, err := mail.ParseAddress(f.to); f.to != "" && f.to != toTests && err != nil {
		return wrongUsage("--to %q không phải địa chỉ thư điện tử", "--to %q is not an e-mail address", f.to)
	}
	return nil
}

func (a digestCommands) preview(ctx context.Context, w *deps, d *edition.DigestPlan, f previewFlags) error {
	contact, err := w.db.Contacts().Get(ctx, contact.AsStored(f.contact))
	if err != nil {
		return contactNotFound(err, f.contact)
	}
	e, bulletins, err := w.nextEdition(ctx, d)
	if err != nil {
		return err
	}
	if len(bulletins) == 0 && d.WhenEmpty != bantin.WhenEmptySend {
		if e, bulletins, err = w.lastEdition(ctx, d.ID); errors.Is(err, bantin.ErrNotFound) {
			a.note("Chưa có tin nào.", "No bulletins yet.")
			return nil
		}
		if err != nil {
			return err
		}
		a.note("Không có tin mới: kỳ tới sẽ không lập. Dưới đây là kỳ gần nhất, %s.",
			"No news: no edition would be made. This is the last one, %s.", e.ID)
	}
	to := []string{f.to}
	if f.to == toTests {
		if to = d.Tests; len(to) == 0 {
			return wrongUsage("--to tests: bản tin %q không có khóa tests trong bantin.yaml", "--to tests: the digest %q has no key tests in bantin.yaml", d.ID)
		}
	}
	for _, f.to = range to {
		letter, rendered, personal, err := w.compose(d, &e, bulletins, &contact, f.to)
		if err != nil {
			return err
		}
		if f.to != "" {
			if err := w.note(ctx, bantin.ActionTestMail, d.ID, f.to); err != nil {
				return err
			}
		}
		if err := a.showPreview(ctx, w, f, letter, rendered, personal); err != nil {
			return err
		}
	}
	return nil
}

// nextEdition is what the digest's next edition would be now: its draft, where one waits.
func (w *deps) nextEdition(ctx context.Context, d *edition.DigestPlan) (bantin.Edition, []bantin.Bulletin, error) {
	if draft, ok, err := w.db.Editions().Draft(ctx, d.ID); ok || err != nil {
		if err != nil {
			return draft, nil, err
		}
		list, err := w.db.Editions().Bulletins(ctx, draft.Row)
		return draft, list, err
	}
	number, err := w.db.Editions().NextNumber(ctx, d.ID, d.FirstNumber)
	if err != nil {
		return bantin.Edition{}, nil, err
	}
	e := bantin.Edition{
		ID: bantin.EditionID(d.ID, number), Digest: d.ID, Number: number, Due: time.Now().Truncate(time.Second),
		Title: d.Title, Subject: d.Subject, Max: d.Max,
	}
	composed, err := w.db.Compositions().Current(ctx, d.ID)
	if err != nil {
		return e, nil, err
	}
	e.Composed = &composed.Composition
	e.Subject = store.SubjectTemplate(composed.Subject, d.Subject)
	if e.Corrections, err = w.db.Digests().Corrections(ctx, d.ID); err != nil {
		return e, nil, err
	}
	ids, err := w.db.Compositions().Next(ctx, d.ID, w.atlas.SelectTags(d.Select))
	if err != nil {
		return e, nil, err
	}
	var bulletins []bantin.Bulletin
	for _, id := range ids {
		b, err := w.db.Bulletins().Get(ctx, id)
		if err != nil {
			return e, nil, err
		}
		bulletins = append(bulletins, b)
	}
	return e, bulletins, nil
}

// lastEdition is the newest edition of a digest with its bulletins, so that a
// preview has something to show; bantin.ErrNotFound.
func (w *deps) lastEdition(ctx context.Context, digest string) (bantin.Edition, []bantin.Bulletin, error) {
	editions, err := w.db.Editions().List(ctx, digest, 1)
	if err != nil {
		return bantin.Edition{}, nil, err
	}
	if len(editions) == 0 {
		return bantin.Edition{}, nil, bantin.ErrNotFound
	}
	bulletins, err := w.db.Editions().Bulletins(ctx, editions[0].Row)
	return editions[0], bulletins, err
}

// composeLetter makes what a contact, or nobody in particular, would get, without what is
// theirs alone.
func (w *deps) composeLetter(d *edition.DigestPlan, e *bantin.Edition, bulletins []bantin.Bulletin, c *bantin.Contact, to string) (*mailer.ComposedMessage, mailer.Rendered, error) {
	why := "office"
	for _, s := range c.Subscriptions {
		if s.Digest == d.ID && s.Status == bantin.SubscriptionActive {
			why = "signup"
		}
	}
	language := c.Language
	if !language.Known() {
		language = w.site.Language
	}
	m := w.composer.Mail(e, w.zone(d.ID), bulletins, delivery.Segment{Place: c.Place, Language: language, Why: why, Reads: store.JoinReads(c.Reads, c.Topics)}).
		For(mailer.Recipient{Name: c.Name, Email: c.Email})
	m.Test = to != ""
	if e.Row == 0 || !e.IsPublic() { // its page does not exist yet
		m.Edition.URL = w.site.LinkIn(language, "/digests/"+d.ID)
	}
	return w.composer.Compose(e, m, time.Now())
}

// compose makes the contact's message; for a test it goes to another address,
// under a Message-ID of its own and with links that leave nothing.
func (w *deps) compose(d *edition.DigestPlan, e *bantin.Edition, bulletins []bantin.Bulletin, c *bantin.Contact, to string) (*mailer.ComposedMessage, mailer.Rendered, mailer.RecipientFields, error) {
	letter, rendered, err := w.composeLetter(d, e, bulletins, c, to)
	if err != nil {
		return nil, rendered, mailer.RecipientFields{}, err
	}
	p, err := w.tokens.RecipientFields(w.composer.Sender, e, c.Name, c.Email, c.Key)
	if to != "" {
		p = mailer.RecipientFields{Address: to, UnsubscribeToken: mailer.TokenPlaceholder, UnsubscribeDetail: mailer.UnsubscribeDetailPlaceholder, ProviderTag: mailer.ProviderTagPlaceholder,
			MessageID: w.tokens.MessageID("test "+e.Digest, time.Now(), to)}
	}
	return letter, rendered, p, err
}
