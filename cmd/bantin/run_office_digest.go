package main

import (
	"context"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/publish/edition"
	"bantin/web/office"
)

// testTimeout bounds how long a page waits for the mail server to take a test.
const testTimeout = time.Minute

// composing is what the office's pages do with the next edition of a digest.
func (w *deps) composing(d *edition.DigestPlan) *office.Composing {
	return &office.Composing{
		Next: func(ctx context.Context) (bantin.Edition, []bantin.Bulletin, error) { return w.nextEdition(ctx, d) },
		Message: func(ctx context.Context, edition, contact string) ([]byte, error) {
			letter, fields, err := w.previewed(ctx, d, edition, contact, "")
			if err != nil {
				return nil, err
			}
			return letter.AppendFile(nil, fields)
		},
		SendTest: func(ctx context.Context, contact, to string) error {
			ctx, cancel := context.WithTimeout(ctx, testTimeout)
			defer cancel()
			letter, fields, err := w.previewed(ctx, d, "", contact, to)
			if err != nil {
				return err
			}
			_, err = w.sendTest(ctx, letter, fields)
			return err
		},
		Send: func(ctx context.Context) (bantin.Edition, error) { return w.sendNext(ctx, d) },
		Special: func(ctx context.Context, at time.Time, c bantin.Composition) (bantin.Edition, error) {
			return w.editor.Special(ctx, d, at, c)
		},
	}
}

// previewed is the message of the next edition ("") or one that waits for a contact, "" for
// nobody in particular, with stand-ins for links of their own; as a test where it goes to
// somebody.
func (w *deps) previewed(ctx context.Context, d *edition.DigestPlan, edition, address, to string) (*mailer.ComposedMessage, mailer.RecipientFields, error) {
	var contact bantin.Contact
	var fields mailer.RecipientFields
	if address != "" {
		var err error
		if contact, err = w.db.Contacts().Get(ctx, address); err != nil {
			return nil, fields, err
		}
	}
	e, bulletins, err := w.previewedEdition(ctx, d, edition)
	if err != nil {
		return nil, fields, err
	}
	letter, _, err := w.composeLetter(d, &e, bulletins, &contact, to)
	fields = mailer.RecipientFields{
		Name: contact.Name, Address: contact.Email, UnsubscribeToken: mailer.TokenPlaceholder, UnsubscribeDetail: mailer.UnsubscribeDetailPlaceholder,
		ProviderTag: mailer.ProviderTagPlaceholder, MessageID: w.tokens.MessageID("test "+e.Digest, time.Now(), to),
	}
	if to != "" {
		fields.Name, fields.Address = "", to
	}
	return letter, fields, err
}

// previewedEdition is an edition as it would go, with its bulletins; "" is the next one.
func (w *deps) previewedEdition(ctx context.Context, d *edition.DigestPlan, id string) (bantin.Edition, []bantin.Bulletin, error) {
	if id == "" {
		return w.nextEdition(ctx, d)
	}
	e, err := w.db.Editions().Get(ctx, id)
	if err != nil {
		return e, nil, err
	}
	list, err := w.db.Editions().Bulletins(ctx, e.Row)
	return e, list, err
}

// sendNext makes the next edition of a digest now, or gives the draft that waits.
func (w *deps) sendNext(ctx context.Context, d *edition.DigestPlan) (bantin.Edition, error) {
	if e, ok, err := w.db.Editions().Draft(ctx, d.ID); ok || err != nil {
		return e, err
	}
	return w.makeNow(ctx, d)
}
