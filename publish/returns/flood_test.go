package returns

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/store"
)

// kept is what is kept of all that came back.
func (o *office) kept() (messages, size int) {
	o.T.Helper()
	err := o.DB.Returns().Since(o.T.Context(), time.Unix(0, 0), func(r store.Return) error {
		messages, size = messages+1, size+len(r.Raw)
		return nil
	})
	if err != nil {
		o.T.Fatal(err)
	}
	return messages, size
}

// Somebody who has one message of ours can send any number of bounces to its return path: some
// are kept, and what they say is decided once. A complaint among them still counts.
func TestFloodOfOneReturnPath(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(3)
	e := o.sent("Phú Thọ tổng kết năm học")
	flood := 2000
	if testing.Short() {
		flood = 200
	}
	padding := strings.Repeat("a", 100<<10)
	for i := range flood {
		said := fmt.Sprintf("550 5.1.1 User unknown %d", i)
		if i%2 == 0 {
			said = fmt.Sprintf("452 4.2.2 mailbox full %d", i)
		}
		o.take(bounced(o.verp(&e, "c0@example.org"), "c0@example.org", said[4:9], said, padding))
	}
	if messages, size := o.kept(); messages != 20 || size > 20*maxKept {
		t.Errorf("%d messages with %d bytes are kept", messages, size)
	}
	if got := o.Reload(&e); got.Status != bantin.EditionDone || got.Returned != 1 {
		t.Errorf("%s, %d returned", got.Status, got.Returned)
	}
	complaint := func(i int) []byte {
		return fmt.Appendf(nil, "From: fbl@example.net\nTo: khieu-nai@example.org\nX-So: %d\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n--f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <%s>\n\n--f--\n", i, o.verp(&e, "c0@example.org"))
	}
	for i := range 20 {
		o.take(complaint(i))
	}
	if got := o.suppressed("c0@example.org"); got != "abuse" {
		t.Errorf("a complaint in the flood: %q", got)
	}
	if messages, _ := o.kept(); messages != 21 {
		t.Errorf("%d messages are kept with the complaints", messages)
	}
	o.take(bounced(o.verp(&e, "c1@example.org"), "c1@example.org", "5.1.1", "550 5.1.1 User unknown", ""))
	if got := o.undecided("c1@example.org"); got != "pending user-unknown return-path" {
		t.Errorf("another contact: %q", got)
	}
}

// Forged bounces leave nothing behind and act on nobody, by whatever signature they try.
func TestFloodOfForgeries(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(4)
	e := o.sent("Sơn La khai giảng")
	path := o.verp(&e, "c0@example.org")
	id := o.Tokens.MessageID(e.Digest, e.Due, "c0@example.org")
	flood := 2000
	if testing.Short() {
		flood = 200
	}
	for i := range flood {
		at := strings.IndexByte(path, '+') + 1 + i%46
		letter := byte('a' + i%25)
		if path[at] == letter || path[at] == '.' {
			continue
		}
		forged := []byte(path)
		forged[at] = letter
		wrong := fmt.Sprintf("%04x%s", i, id[4:])
		original := "Message-ID: <" + wrong + "@bantin.example.org>\nTo: c0@example.org"
		if wrong == id {
			continue
		}
		if taken := o.take(bounced(string(forged), "c0@example.org", "5.1.1", "550 5.1.1 User unknown", original)); taken.Ours {
			t.Fatalf("%s and %s prove %q", forged, wrong, taken.Proof)
		}
	}
	if messages, _ := o.kept(); messages != 0 {
		t.Errorf("%d messages are kept", messages)
	}
	if got := o.Reload(&e); got.Returned != 0 {
		t.Errorf("%d returned", got.Returned)
	}
}

// A notice of 20 MB costs what its first megabyte costs.
func TestHugeNotice(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(1)
	e := o.sent("Lào Cai vùng cao")
	head := bounced(o.verp(&e, "c0@example.org"), "c0@example.org", "5.1.1", "550 5.1.1 User unknown", "")
	raw := append(head, bytes.Repeat([]byte("Một dòng dài của thư gốc.\n"), 20<<20/30)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	taken := o.take(raw)
	runtime.ReadMemStats(&after)
	if taken.Done != store.DonePending || len(taken.Raw) > maxKept {
		t.Errorf("%s, %d bytes kept", taken.Done, len(taken.Raw))
	}
	if made := after.TotalAlloc - before.TotalAlloc; made > 48<<20 {
		t.Errorf("%d MB were allocated", made>>20)
	}
}
