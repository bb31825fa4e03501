//go:build unix

package delivery

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/internal/smtptest"
)

// Postfix and Exim as Debian has them take a pipelined run in which every
// fourteenth recipient is refused, and each message is accounted for from what
// they hold.
func TestRealRelays(t *testing.T) {
	for name, startOne := range map[string]func(testing.TB) *smtptest.Real{"Postfix": smtptest.StartPostfix, "Exim": smtptest.StartExim} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startOne(t)
			o := newOffice(t)
			o.AddBulletin("a", "Phú Thọ tổng kết phong trào", "phu-tho")
			const n = 420
			want := map[string]int{}
			var list []bantin.Contact
			for i := range n {
				address := fmt.Sprintf("c%d@example.org", i)
				if i%14 == 3 {
					address = fmt.Sprintf("%s-%d@example.org", smtptest.RefusedPrefix, i)
				} else {
					want[address] = 1
				}
				list = append(list, bantin.Contact{Email: address, Name: "Nguyễn Thị Ánh Tuyết", Place: "phu-tho"})
			}
			o.Import(list)
			e, start := o.edition(), time.Now()
			if err := o.delivererTo(server.Port, 4).Run(t.Context(), &e); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d messages in %s", n, time.Since(start))
			if diff := cmp.Diff(bantin.Counts{Sent: n - n/14, Failed: n / 14}, o.Counts(&e)); diff != "" {
				t.Errorf("the ledger (-want +got):\n%s", diff)
			}
			if got := server.Received(t); !maps.Equal(want, got) {
				t.Errorf("what it holds (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	}
}
