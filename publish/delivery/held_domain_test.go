package delivery

import (
	"strings"
	"sync/atomic"
	"testing"

	"bantin"
	"bantin/internal/smtptest"
)

// gmailRefuses is a mail server that calls everybody of gmail.example unknown as long
// as bad holds.
func gmailRefuses(t testing.TB, bad *atomic.Bool, first func(to string)) *smtptest.Server {
	bad.Store(true)
	return smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		if stage != smtptest.Rcpt {
			return smtptest.Answer{}
		}
		first(to)
		if bad.Load() && strings.HasSuffix(to, "@gmail.example") {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này (user unknown)"}
		}
		return smtptest.Answer{}
	})
}

// A person resumes a domain while a node still works on the chunk: what waited for the
// domain is due when the chunk is given back.
func TestHeldDomainResumedMeanwhile(t *testing.T) {
	addresses := append(at(60, "gmail.example"), at(120, "truong.example", "tinh.example")...)
	for i := range addresses { // mixed as in a list
		j := (i * 37) % len(addresses)
		addresses[i], addresses[j] = addresses[j], addresses[i]
	}
	o := judgedFor(t, addresses...)
	last := addresses[len(addresses)-1]
	var bad atomic.Bool
	var e bantin.Edition
	server := gmailRefuses(t, &bad, func(to string) {
		if to != last || o.Reload(&e).Waiting == nil && len(heldDomains(o, &e)) == 0 {
			return
		}
		bad.Store(false)
		if _, err := o.DB.Editions().Resume(t.Context(), e.ID, false); err != nil {
			t.Error(err)
		}
	})
	e = o.edition()
	d := o.deliverer(server)
	d.Connections = 1
	o.run(d, &e)
	if bad.Load() {
		t.Fatal("the domain was not held while the chunk was worked on")
	}
	o.run(d, &e)
	if now := o.Reload(&e); now.Counts.Unsettled() > 0 {
		t.Errorf("after a resume %d wait for ever: %s, waiting %+v", now.Counts.Unsettled(), now.Status, now.Waiting)
	}
}

func heldDomains(o *office, e *bantin.Edition) []string {
	list, err := o.DB.Editions().HeldDomains(o.T.Context(), e.Row)
	if err != nil {
		o.T.Error(err)
	}
	return list
}

// A domain waits for a person while others wait for their second try: it is the domain
// that is told, since nobody but the person can end that.
func TestHeldDomainBesideRetries(t *testing.T) {
	addresses := append(at(60, "gmail.example"), at(120, "truong.example", "tinh.example")...)
	for i := range addresses { // mixed as in a list
		j := (i * 37) % len(addresses)
		addresses[i], addresses[j] = addresses[j], addresses[i]
	}
	o := judgedFor(t, addresses...)
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		switch {
		case stage == smtptest.Rcpt && strings.HasSuffix(to, "@gmail.example"):
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		case stage == smtptest.Rcpt && strings.HasSuffix(to, "@tinh.example"):
			return smtptest.Answer{Reply: "450 4.2.1 bận, thử lại sau"}
		}
		return smtptest.Answer{}
	})
	e := o.edition()
	o.run(o.deliverer(server), &e)
	now := o.Reload(&e)
	if w := now.Waiting; w == nil || w.Domain != "gmail.example" || w.Hold == nil || !w.Until.After(o.Now()) || now.Counts.Deferred != 60 {
		t.Errorf("it waits for %+v, %+v", w, now.Counts)
	}
}
