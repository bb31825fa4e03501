package returns

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// tag is what an edition's message to a contact carried for its provider.
func (o *office) tag(e *bantin.Edition, address string) string {
	_, detail, _ := strings.Cut(strings.TrimSuffix(o.verp(e, address), "@example.org"), "+")
	return strings.ReplaceAll(detail, ".", "-")
}

// report has a provider report something, as the pages store it, and acts on it.
func (o *office) report(provider, id, json string) {
	o.T.Helper()
	err := o.DB.ReturnEvents().Add(o.T.Context(), []store.ReturnEvent{{Nonce: provider + id, ID: id, At: o.Now(), Provider: provider, Content: []byte(json)}})
	if err != nil {
		o.T.Fatal(err)
	}
	if err := o.returns().TakeEvents(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
}

func (o *office) undecided(address string) string {
	o.T.Helper()
	list, err := o.DB.Returns().Undecided(o.T.Context(), o.contact(address).Key)
	if err != nil {
		o.T.Fatal(err)
	}
	var done []string
	for _, u := range list {
		done = append(done, u.Done+" "+u.Reason+" "+u.Proof)
	}
	return strings.Join(done, ", ")
}

// What providers report does what a bounce does: a dead address is pending and waits for a
// second refusal, a complaint acts at once.
func TestEvents(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(4)
	e := o.sent("Phú Thọ tổng kết năm học")
	gone := func(address, tag, id string) string {
		return fmt.Sprintf(`{"id": %q, "event": "failed", "severity": "permanent", "reason": "bounce", "recipient": %q,
			"delivery-status": {"code": 550, "message": "5.1.1 user unknown"}, "user-variables": {"bantin": %q}}`, id, address, tag)
	}
	o.report("mailgun", "1", gone("c0@example.org", o.tag(&e, "c0@example.org"), "1"))
	if got := o.undecided("c0@example.org"); got != "pending user-unknown webhook-mailgun" {
		t.Errorf("a dead address: %q", got)
	}
	o.report("brevo", "2", fmt.Sprintf(`{"event": "spam", "email": "c1@example.org", "X-Mailin-custom": "bantin:%s"}`, o.tag(&e, "c1@example.org")))
	if got := o.suppressed("c1@example.org"); got != "abuse" {
		t.Errorf("a complaint: %q", got)
	}
	o.report("brevo", "3", fmt.Sprintf(`{"event": "unsubscribed", "email": "c2@example.org", "X-Mailin-custom": "bantin:%s"}`, o.tag(&e, "c2@example.org")))
	if c := o.contact("c2@example.org"); c.Suppressed != "" || len(c.Subscriptions) != 1 || c.Subscriptions[0].Status != bantin.SubscriptionUnsubscribed {
		t.Errorf("who leaves: %+v", c)
	}
	// A provider's word proves the Message-ID that it gives back, which a mail's does not.
	o.report("ses", "4", fmt.Sprintf(`{"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "NoEmail",
		"bouncedRecipients": [{"emailAddress": "c3@example.org"}]}, "mail": {"destination": ["c3@example.org"], "headers": [{"name": "Message-ID", "value": "<%s@bantin.example.org>"}]}}`,
		o.Tokens.MessageID(e.Digest, e.Due, "c3@example.org")))
	if got := o.undecided("c3@example.org"); got != "pending user-unknown webhook-ses" {
		t.Errorf("by its Message-ID: %q", got)
	}
	o.pass(store.ReturnDelay)
	o.settle()
	if got := o.undecided("c0@example.org"); got != "first user-unknown webhook-mailgun" {
		t.Errorf("when it is settled: %q", got)
	}
	o.pass(25 * time.Hour)
	next := o.sent("Hà Giang trao học bổng")
	o.report("mailgun", "5", gone("c0@example.org", o.tag(&next, "c0@example.org"), "5"))
	o.pass(store.ReturnDelay)
	o.settle()
	if got := o.suppressed("c0@example.org"); got != "user-unknown" {
		t.Errorf("the second time: %q", got)
	}
}

// What is forged, unknown or of old mail changes nothing.
func TestEventsThatChangeNothing(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(2)
	e := o.sent("Sơn La khai giảng")
	spam := func(tag string) string {
		return fmt.Sprintf(`{"event": "spam", "email": "c0@example.org", "X-Mailin-custom": "bantin:%s"}`, tag)
	}
	mine, others := o.tag(&e, "c0@example.org"), o.tag(&e, "c1@example.org")
	o.report("brevo", "1", spam(mine[:35]+others[35:]))
	o.report("brevo", "2", spam(""))
	o.report("unheard", "3", spam(mine))
	o.report("brevo", "4", `{"event": 7}`)
	o.pass(101 * 24 * time.Hour)
	o.report("brevo", "5", spam(mine))
	if got := o.suppressed("c0@example.org"); got != "" {
		t.Errorf("suppressed %q", got)
	}
}

// What comes by mail and by HTTP counts once: three of eight are no wave, six would be.
func TestEventsThatComeByMailToo(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(8)
	e := o.sent("Lào Cai vùng cao")
	for i := range 3 {
		address := fmt.Sprintf("c%d@example.org", i)
		o.report("brevo", address, fmt.Sprintf(`{"event": "hard_bounce", "email": %q, "reason": "550 5.1.1 user unknown", "X-Mailin-custom": "bantin:%s"}`, address, o.tag(&e, address)))
		o.take(bounced(o.verp(&e, address), address, "5.1.1", "550 5.1.1 User unknown", ""))
	}
	if got := o.Reload(&e); got.Status != bantin.EditionDone || got.Returned != 3 {
		t.Errorf("%s, %d returned", got.Status, got.Returned)
	}
}

// What a provider reported and nobody understood is counted by its words.
func TestUnknownEvents(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(1)
	e := o.sent("Cần Thơ tặng sách")
	o.report("brevo", "1", fmt.Sprintf(`{"event": "soft_bounce", "email": "c0@example.org", "reason": "550 zxqv 12 nonsense", "X-Mailin-custom": "bantin:%s"}`, o.tag(&e, "c0@example.org")))
	list, err := o.returns().Unknown(t.Context(), o.Now().Add(-time.Hour))
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Shape, "zxqv") {
		t.Errorf("%+v, %v", list, err)
	}
}
