package alarm

import (
	"context"
	"fmt"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// heldEditions finds what is held: editions and domains, each for a person to look at,
// and all mailing.
func (a *Alarms) heldEditions(ctx context.Context, _ []bantin.Trouble) ([]bantin.Trouble, error) {
	held, err := a.DB.Editions().OpenHolds(ctx)
	if err != nil {
		return nil, err
	}
	var list []bantin.Trouble
	for i := range held {
		list = append(list, heldEdition(&held[i]))
	}
	why, err := a.DB.Deliveries().HoldReason(ctx)
	if err != nil || why == store.NotHeld {
		return list, err
	}
	hold := &bantin.Hold{Reason: bantin.HeldCopy}
	if why == store.HeldByPerson {
		hold.Reason = bantin.HeldByPerson
	}
	return append(list, bantin.Trouble{
		Kind: bantin.TroubleEditionHeld, Object: "mailing", Subject: bantin.Words{VI: "Mọi việc gửi thư", EN: "All mailing"},
		What: mailer.HoldWords(hold), Hint: mailer.HoldAdvice("", hold),
	}), nil
}

// heldEdition is the trouble of one hold. Its object has the hold's number: an edition
// that is held again is another trouble.
func heldEdition(h *store.OpenHold) bantin.Trouble {
	t := bantin.Trouble{
		Kind: bantin.TroubleEditionHeld, Object: fmt.Sprintf("%s #%d", h.Edition, h.Number), Digest: h.Digest, Since: h.Hold.Since,
		Subject: bantin.Words{VI: "Kỳ " + h.Edition + " bị giữ lại", EN: "Edition " + h.Edition + " is held"},
		What:    mailer.HoldWords(&h.Hold), Hint: mailer.HoldAdvice(h.Edition, &h.Hold),
	}
	if h.Hold.Domain != "" {
		t.Subject = bantin.Words{VI: "Kỳ " + h.Edition + " chờ ở " + h.Hold.Domain, EN: "Edition " + h.Edition + " waits at " + h.Hold.Domain}
	}
	return t
}

// lateEditions finds editions that are not settled and should be: in two hours within
// their hours, and before the digest is due again.
func (a *Alarms) lateEditions(ctx context.Context, _ []bantin.Trouble) ([]bantin.Trouble, error) {
	late, err := a.DB.Editions().Late(ctx)
	if err != nil {
		return nil, err
	}
	var list []bantin.Trouble
	for _, id := range late {
		e, err := a.DB.Editions().Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if e.Status != bantin.EditionHeld { // of which there is an alarm
			list = append(list, a.lateEdition(&e))
		}
	}
	return list, nil
}

func (a *Alarms) lateEdition(e *bantin.Edition) bantin.Trouble {
	t := bantin.Trouble{
		Kind: bantin.TroubleEditionLate, Object: e.ID, Digest: e.Digest,
		Subject: bantin.Words{VI: "Kỳ " + e.ID + " chưa gửi xong", EN: "Edition " + e.ID + " is not finished"},
		Hint:    bantin.Say("Xem: bantin editions show %s --status deferred.", "See: bantin editions show %s --status deferred.", e.ID),
	}
	due := func(l bantin.Language) string { return mailer.FormatTime(l, e.Due.In(a.Zone)) }
	t.What = bantin.Words{
		VI: fmt.Sprintf("Đến hạn lúc %s, lẽ ra đã gửi xong.", due(bantin.Vietnamese)),
		EN: fmt.Sprintf("Due at %s, it should be finished by now.", due(bantin.English)),
	}
	switch {
	case e.Status == bantin.EditionPaused:
		t.What.VI += " Có người đã cho dừng."
		t.What.EN += " A person paused it."
		t.Hint = bantin.Say("Để gửi tiếp: bantin editions resume %s.", "To continue: bantin editions resume %s.", e.ID)
	case e.Waiting != nil:
		still := *e.Waiting
		still.Until = time.Time{} // what is told does not change with each try
		words := mailer.WaitWords(&still, a.Zone)
		t.What.VI += " " + words.VI
		t.What.EN += " " + words.EN
	}
	return t
}
