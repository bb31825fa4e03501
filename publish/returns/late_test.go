package returns

import (
	"fmt"
	"testing"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/store"
)

// Bounces that come when the edition is done wait for the batch that they are in.
func TestLateBounces(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(40)
	e := o.sent("Phú Thọ tổng kết năm học")
	o.pass(time.Hour)
	o.bounces(&e, "c1@example.org")
	o.pass(store.ReturnDelay - time.Second)
	o.wantSuppressed("before the delay is over")
	o.pass(time.Second)
	o.wantSuppressed("when it is over", "c1@example.org")

	// A domain that is held is waited for, and others are not.
	o.Import([]bantin.Contact{{Email: "la@khac.example"}})
	next := o.sent("Hà Giang trao học bổng")
	o.bounces(&next, "la@khac.example", "c2@example.org")
	o.hold(&next, "khac.example")
	o.pass(store.ReturnDelay)
	o.wantSuppressed("c2 was reached before, and the domain is held", "c1@example.org")
	o.resume(&next, true)
	o.wantSuppressed("when the domain is accepted", "c1@example.org", "la@khac.example")
}

// A wave that is found when its edition has settled takes back what it did.
func TestWaveFoundLater(t *testing.T) {
	for _, test := range []struct {
		what   string
		found  time.Duration // after the suppressions
		after  func(o *office, e *bantin.Edition)
		stays  bool
		domain string
	}{
		{what: "held", found: time.Hour},
		{what: "its domain is held", found: time.Hour, domain: "example.org"},
		{what: "another domain is held", found: time.Hour, domain: "example.com", stays: true},
		{what: "found too late", found: 25 * time.Hour, stays: true},
		{what: "resumed", found: time.Hour, after: func(o *office, e *bantin.Edition) { o.resume(e, false) }},
		{what: "accepted", found: time.Hour, after: func(o *office, e *bantin.Edition) { o.resume(e, true) }, stays: true},
	} {
		t.Run(test.what, func(t *testing.T) {
			o := newOffice(t)
			o.AddContacts(200)
			e := o.sent("Sơn La khai giảng")
			wave := addresses(0, 19)
			o.bounces(&e, wave...)
			o.pass(store.ReturnDelay)
			o.wantSuppressed("before it is known", wave...)
			o.pass(test.found)
			o.hold(&e, test.domain)
			if test.stays && test.after == nil {
				o.wantSuppressed(test.what, wave...)
				return
			}
			o.wantSuppressed("when it is held")
			if test.after == nil {
				return
			}
			o.pass(time.Hour)
			test.after(o, &e)
			if test.stays {
				o.wantSuppressed(test.what, wave...)
			} else {
				o.wantSuppressed(test.what)
			}
		})
	}
}

// Messages outside editions are an edition of one.
func TestBounceOfNotice(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(2)
	bounce := func() {
		path, err := o.Tokens.VERP("tra-lai@example.org", o.contact("c0@example.org").Key, mailer.EditionCode("khong-co", o.Now()))
		if err != nil {
			t.Fatal(err)
		}
		o.take(bounced(path, "c0@example.org", "5.1.1", userUnknown, fmt.Sprint("X: ", o.Now())))
		o.pass(store.ReturnDelay)
	}
	bounce()
	o.wantSuppressed("after one")
	o.pass(2 * day)
	bounce()
	o.wantSuppressed("after two", "c0@example.org")
}
