package mailer

import "bantin"

// RecipientFields gives what a digest's message to one contact has of its own.
func (t *Tokens) RecipientFields(s Sender, e *bantin.Edition, name, address, contactKey string) (RecipientFields, error) {
	p := RecipientFields{Name: name, Address: address, MessageID: t.MessageID(e.Digest, e.Due, address)}
	var err error
	if p.Token, err = t.Unsubscribe(contactKey, e.Digest); err != nil || s.Bounces == "" {
		return p, err
	}
	if p.Leave, err = t.LeaveAddress(contactKey, e.Digest); err != nil {
		return p, err
	}
	p.ReturnPath, err = t.VERP(s.Bounces, contactKey, EditionCode(e.Digest, e.Due))
	return p, err
}
