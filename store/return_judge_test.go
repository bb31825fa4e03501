package store

import (
	"testing"
	"time"

	"bantin"
)

// The rules of judge, a case a line. The return is about edition 5, at hour 100.
func TestJudge(t *testing.T) {
	const hour = int64(time.Hour / time.Millisecond)
	at := func(h int64) time.Time { return fromMillis(h * hour) }
	edition := func(change func(*returnEdition)) returnEdition {
		e := returnEdition{n: 5, status: bantin.EditionDone, recipients: 500}
		if change != nil {
			change(&e)
		}
		return e
	}
	few := func(e *returnEdition) { e.recipients = 19 }
	held := func(domain string, ended int64) func(*returnEdition) {
		return func(e *returnEdition) { e.holds = []returnHold{{domain, ended * hour}} }
	}
	first := func(edition, h int64) Return { return Return{Edition: edition, At: at(h), Done: DoneFirst} }
	refusal := Return{Edition: 5, At: at(100), Address: "Lan@Example.org", Kind: "hard", Proof: ProofReply}
	soft, bounce := refusal, refusal
	soft.Kind, bounce.Proof = "soft", "return-path"
	reached := addressHistory{accepted: []acceptedMessage{{edition: 3, at: 50 * hour}}}
	own := acceptedMessage{edition: 5, at: 80 * hour, returned: true}

	for _, test := range []struct {
		what string
		r    Return
		e    returnEdition
		past addressHistory
		want string
	}{
		{"among many", refusal, edition(nil), addressHistory{}, DoneSuppressed},
		{"among exactly as many as show a wave", refusal, edition(func(e *returnEdition) { e.recipients = 20 }), addressHistory{}, DoneSuppressed},
		{"among few", refusal, edition(few), addressHistory{}, DoneFirst},
		{"outside editions", refusal, returnEdition{}, addressHistory{}, DoneFirst},
		{"reached before", refusal, edition(nil), reached, DoneFirst},
		{"accepted before, and returned", refusal, edition(nil), addressHistory{accepted: []acceptedMessage{{edition: 3, at: 50 * hour, returned: true}}}, DoneSuppressed},

		{"a second one", refusal, edition(few), addressHistory{firsts: []Return{first(4, 76)}}, DoneSuppressed},
		{"a second one, of one who was reached before both", refusal, edition(nil), addressHistory{reached.accepted, []Return{first(4, 76)}}, DoneSuppressed},
		{"a second one, reached in between", refusal, edition(nil), addressHistory{[]acceptedMessage{{edition: 4, at: 50 * hour}}, []Return{first(3, 10)}}, DoneFirst},
		{"a second one, the first reached when it was retried", refusal, edition(nil), addressHistory{[]acceptedMessage{{edition: 4, at: 90 * hour}}, []Return{first(4, 70)}}, DoneFirst},
		{"a second one, less than a day later", refusal, edition(few), addressHistory{firsts: []Return{first(4, 77)}}, DoneFirst},
		{"a second one of the same edition", refusal, edition(few), addressHistory{firsts: []Return{first(5, 10)}}, DoneFirst},
		{"a second one of an earlier edition", refusal, edition(few), addressHistory{firsts: []Return{first(6, 10)}}, DoneFirst},
		{"a second one after a notice", refusal, edition(few), addressHistory{firsts: []Return{first(0, 10)}}, DoneSuppressed},
		{"a second one after a notice, reached in between", refusal, edition(few), addressHistory{reached.accepted, []Return{first(0, 10)}}, DoneFirst},
		{"a later edition reached it", refusal, edition(nil), addressHistory{accepted: []acceptedMessage{{edition: 6, at: 99 * hour}}}, DoneNoted},
		{"the edition itself reached it, retried", refusal, edition(nil), addressHistory{accepted: []acceptedMessage{{edition: 5, at: 101 * hour}}}, DoneNoted},

		{"not settled", refusal, edition(func(e *returnEdition) { e.status = bantin.EditionSending }), addressHistory{}, DonePending},
		{"held", refusal, edition(held("", 0)), addressHistory{}, DonePending},
		{"its domain is held", refusal, edition(held("example.org", 0)), addressHistory{}, DonePending},
		{"another domain is held", refusal, edition(held("example.com", 0)), addressHistory{}, DoneSuppressed},
		{"before the resume", refusal, edition(held("", 100)), addressHistory{firsts: []Return{first(4, 10)}}, DoneHeld},
		{"before the resume of its domain", refusal, edition(held("example.org", 101)), addressHistory{}, DoneHeld},
		{"before the resume of another domain", refusal, edition(held("example.com", 101)), addressHistory{}, DoneSuppressed},
		{"after the resume", refusal, edition(held("", 99)), addressHistory{}, DoneSuppressed},
		{"a bounce after the resume, of a message from before", bounce, edition(held("", 90)), addressHistory{accepted: []acceptedMessage{own}}, DoneHeld},
		{"a bounce after the resume, of a message from after", bounce, edition(held("", 70)), addressHistory{accepted: []acceptedMessage{own}}, DoneSuppressed},

		{"cancelled", refusal, edition(func(e *returnEdition) { e.status = bantin.EditionCancelled }), addressHistory{firsts: []Return{first(4, 10)}}, DoneFirst},
		{"cancelled while it was held", refusal, edition(func(e *returnEdition) { held("", 0)(e); e.status = bantin.EditionCancelled }), addressHistory{}, DoneHeld},

		{"soft ones that add up", soft, edition(few), reached, DoneSuppressed},
		{"soft ones that add up, held", soft, edition(held("", 0)), reached, DonePending},
		{"soft ones that add up, resumed", soft, edition(held("", 100)), reached, DoneHeld},
		{"soft ones that add up, reached since", soft, edition(nil), addressHistory{accepted: []acceptedMessage{{edition: 6, at: 99 * hour}}}, DoneNoted},
	} {
		if got := judge(&test.r, &test.e, &test.past, bantin.HoldLimits{Share: 0.1, Least: 20}); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
}
