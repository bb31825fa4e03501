package delivery

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/smtptest"
)

// One recipient at the end of a list is refused with words that may be about us: the
// others got theirs, so it is no reason to hold the edition.
func TestLastOneIsDoubted(t *testing.T) {
	for _, reply := range []string{"554 5.7.1 thư bị chặn theo chính sách", "554 không nhận thư này"} {
		t.Run(reply, func(t *testing.T) {
			addresses := at(30, "mot.example", "hai.example")
			o := judgedFor(t, addresses...)
			server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
				if stage == smtptest.Rcpt && strings.HasPrefix(to, "c29@") {
					return smtptest.Answer{Reply: reply}
				}
				return smtptest.Answer{}
			})
			e, d := o.edition(), o.deliverer(server)
			d.Connections = 1
			o.run(d, &e)
			now := o.Reload(&e)
			if now.Status != bantin.EditionDone {
				t.Errorf("it is %s for %+v", now.Status, now.Held)
			}
			if diff := cmp.Diff(bantin.Counts{Sent: 29, Failed: 1}, now.Counts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Those who waited for a second try may be few and all be refused so, when everybody
// else was done long ago.
func TestDoubtedAtTheSecondTry(t *testing.T) {
	addresses := at(60, "mot.example", "hai.example")
	o := judgedFor(t, addresses...)
	tries := map[string]int{}
	server := smtptest.Start(t, func(stage smtptest.Stage, to string) smtptest.Answer {
		var i int
		if _, err := fmt.Sscanf(to, "c%d@", &i); stage != smtptest.Rcpt || err != nil || i < 52 {
			return smtptest.Answer{}
		}
		if tries[to]++; tries[to] == 1 {
			return smtptest.Answer{Reply: "451 4.7.1 thử lại sau"}
		}
		return smtptest.Answer{Reply: "550 5.7.1 hộp thư không nhận thư của danh sách"}
	})
	e, d := o.edition(), o.deliverer(server)
	d.Connections = 1
	o.run(d, &e)
	o.Skew.Add(int64(2 * time.Minute))
	o.run(d, &e)
	now := o.Reload(&e)
	if now.Status != bantin.EditionDone {
		t.Errorf("it is %s for %+v", now.Status, now.Held)
	}
	if err := d.RelayError(); err != nil {
		t.Errorf("the mail server counts as away: %v", err)
	}
	if diff := cmp.Diff(bantin.Counts{Sent: 52, Failed: 8}, now.Counts); diff != "" {
		t.Error(diff)
	}
}
