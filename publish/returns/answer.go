package returns

import (
	"context"
	"slices"
	"strings"

	"bantin/mailer/bounce"
)

// asksToLeave reports whether a person answers and asks for no more mail.
func asksToLeave(said bounce.Recipient) bool {
	return said.Kind == bounce.Other && said.Reason == bounce.AsksToLeave
}

// answer returns the digest about which the contact gets the mail with the button to leave
// by; "" for none: they have had it, they left already, or the edition is not known. The
// mail goes to the contact's own address, and so tells nothing to anybody else.
// Nothing is answered that comes from ourselves.
func (r *Returns) answer(ctx context.Context, p proof) (digest string, err error) {
	if p.contact == "" || p.digest == "" || r.isOurs(p.address) {
		return "", nil
	}
	ok, err := r.DB.Returns().MayAnswer(ctx, p.contact, p.digest)
	if err != nil || !ok {
		return "", err
	}
	return p.digest, nil
}

func (r *Returns) isOurs(address string) bool {
	return slices.ContainsFunc(r.Ours, func(ours string) bool { return strings.EqualFold(ours, address) })
}
