package mailer

import "bantin"

// RecipientFields gives what a digest's message to one contact has of its own.
func (t *Tokens) RecipientFields(s Sender, e *bantin.Edition, name, address, contactKey string) (RecipientFields, error) {
	p := RecipientFields{Name: name, Address: address, MessageID: t.MessageID(e.Digest, e.Due, address)}
	var err error
	if p.UnsubscribeToken, err = t.UnsubscribeToken(contactKey, e.Digest); err != nil || s.BounceAddress == "" {
		return p, err
	}
	if p.UnsubscribeDetail, err = t.UnsubscribeDetail(contactKey, e.Digest); err != nil {
		return p, err
	}
	p.ReturnPath, err = t.VERP(s.BounceAddress, contactKey, EditionCode(e.Digest, e.Due))
	return p, err
}
