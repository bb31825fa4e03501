package mailer

import "bantin"

// RecipientFields are what differs between the messages of a segment.
type RecipientFields struct {
	Name, Address     string
	MessageID         string // its left side, as long as MessageIDPlaceholder
	UnsubscribeToken  string // as long as TokenPlaceholder
	UnsubscribeDetail string // signed detail of the address to unsubscribe by mail, as long as UnsubscribeDetailPlaceholder; "" without Sender.BounceAddress
	ReturnPath        string // envelope sender, a VERP address; "" for the sender's own
}

// RecipientFields makes the fields of an edition's message to one contact.
// contactKey is bantin.Contact.Key; ErrInvalidToken where it is malformed.
func (t *Tokens) RecipientFields(s Sender, e *bantin.Edition, name, address, contactKey string) (RecipientFields, error) {
	r := RecipientFields{Name: name, Address: address, MessageID: t.MessageID(e.Digest, e.Due, address)}
	var err error
	if r.UnsubscribeToken, err = t.UnsubscribeToken(contactKey, e.Digest); err != nil || s.BounceAddress == "" {
		return r, err
	}
	if r.UnsubscribeDetail, err = t.UnsubscribeDetail(contactKey, e.Digest); err != nil {
		return r, err
	}
	r.ReturnPath, err = t.VERP(s.BounceAddress, contactKey, EditionCode(e.Digest, e.Due))
	return r, err
}
