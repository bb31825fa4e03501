package alarm

import (
	"context"
	"slices"

	"bantin"
	"bantin/store"
)

// Mail is the way for an installation that has no other: a mail to the admins of the
// digests, as `report` names them, and where there is none to the site's contact. It says
// that a trouble began and that it is over, and not each day that it lasts: a mail stays.
func Mail(db *store.DB, language bantin.Language, to MailTo) Way {
	return Way{Name: MailWay, Once: true, Takes: to.takes, Tell: func(ctx context.Context, t *bantin.Trouble, _ Message) error {
		for _, address := range to.of(t) {
			if err := db.Notices().TellTrouble(ctx, address, t, language); err != nil {
				return err
			}
		}
		return nil
	}}
}

// MailWay is the name of the way by mail.
const MailWay = "mail"

// MailTo says who gets the mails about troubles.
type MailTo struct {
	Reports map[string]string // by digest: the address of its `report`
	Contact string            // the site's; "": none
}

// of gives the addresses for a trouble.
func (to MailTo) of(t *bantin.Trouble) []string {
	if address := to.Reports[t.Digest]; address != "" {
		return []string{address}
	}
	return to.All()
}

// All gives the addresses for what concerns no digest.
func (to MailTo) All() []string {
	var all []string
	for _, address := range to.Reports {
		if address != "" && !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	if len(all) == 0 && to.Contact != "" {
		all = append(all, to.Contact)
	}
	slices.Sort(all)
	return all
}

// takes leaves out what a report tells already, and a mail server that takes no mail.
func (to MailTo) takes(t *bantin.Trouble) bool {
	switch t.Kind {
	case bantin.TroubleEditionHeld, bantin.TroubleEditionLate:
		return to.Reports[t.Digest] == "" && len(to.of(t)) > 0
	case bantin.TroubleRelay:
		return t.Object != RelayObject && len(to.of(t)) > 0
	}
	return len(to.of(t)) > 0
}
