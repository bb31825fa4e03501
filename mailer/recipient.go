package mailer

import "bantin"

// RecipientFields are what differs between the messages of a segment.
type RecipientFields struct {
	Name, Address     string
	MessageID         string // its left side, as long as MessageIDPlaceholder
	UnsubscribeToken  string // as long as TokenPlaceholder
	UnsubscribeDetail string // signed detail of the address to unsubscribe by mail, as long as UnsubscribeDetailPlaceholder; "" without Sender.BounceAddress
	ProviderTag       string // what Sender.ProviderHeaders tell the provider, as long as ProviderTagPlaceholder; "" without them
	ReturnPath        string // envelope sender, a VERP address; "" for the sender's own
}

// RecipientFields makes the fields of an edition's message to one contact.
// contactKey is bantin.Contact.Key; ErrInvalidToken where it is malformed.
func (t *Tokens) RecipientFields(s Sender, e *bantin.Edition, name, address, contactKey string) (RecipientFields, error) {
	r := RecipientFields{Name: name, Address: address, MessageID: t.MessageID(e.Digest, e.Due, address)}
	var err error
	if r.UnsubscribeToken, err = t.UnsubscribeToken(contactKey, e.Digest); err != nil || s.BounceAddress == "" && len(s.ProviderHeaders) == 0 {
		return r, err
	}
	signed, err := signAddress(t.returnPath, contactKey, EditionCode(e.Digest, e.Due))
	if err != nil {
		return r, err
	}
	r.ProviderTag = tagOf(signed)
	if s.BounceAddress == "" {
		return r, nil
	}
	r.ReturnPath = addDetail(s.BounceAddress, signed)
	r.UnsubscribeDetail, err = t.UnsubscribeDetail(contactKey, e.Digest)
	return r, err
}
