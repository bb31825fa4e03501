package returns

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bantin/mailer/bounce"
	"bantin/store"
)

// TestUnknown counts what was not understood by its words, without addresses.
func TestUnknown(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(5)
	e := o.sent("Lạng Sơn mở lớp học đêm")
	for i, said := range []string{"550 5.1.1 User unknown", "550 <c1@example.org> quả cầu xanh 192.0.2.9", "550 <c2@example.org> quả cầu xanh 192.0.2.77"} {
		address := fmt.Sprintf("c%d@example.org", i)
		o.take(bounced(o.verp(&e, address), address, "5.0.0", said, ""))
	}
	if err := o.returns().Refused(t.Context(), e.Row, o.contact("c3@example.org").Key, "c3@example.org", "554 hãy hỏi ông gác cổng"); err != nil {
		t.Fatal(err)
	}
	o.take(fmt.Appendf(nil, "Return-Path: <>\nFrom: postmaster@example.net\nTo: %s\nSubject: Chuyện lạ\n\nMột câu không ai hiểu.\n", o.verp(&e, "c4@example.org")))

	got, err := o.returns().Unknown(t.Context(), o.Now().Add(-time.Hour))
	want := []Unknown{
		{Shape: "550 … quả cầu xanh …", Kind: bounce.Soft, Count: 2},
		{Shape: "554 hãy hỏi ông gác cổng", Kind: bounce.Soft, Count: 1},
		{Shape: "Chuyện lạ", Kind: bounce.Other, Count: 1},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Unknown{}, "Last")); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	if got, err := o.returns().Unknown(t.Context(), o.Now().Add(time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("of the time to come: %v, %v", got, err)
	}
}

// TestAmazonByMail proves whom an event of Amazon SES is about by the envelope sender or
// the tag that it gives back, and by nothing else.
func TestAmazonByMail(t *testing.T) {
	o := newOffice(t)
	o.AddContacts(4)
	e := o.sent("Điện Biên tặng sách")
	path := func(address string) string { return o.verp(&e, address) }
	tag := func(address string) string {
		p := path(address)
		return strings.ReplaceAll(p[len("tra-lai+"):len(p)-len("@example.org")], ".", "-")
	}
	gone := map[string]any{"bounceType": "Permanent", "bounceSubType": "NoEmail", "bouncedRecipients": []any{map[string]any{"emailAddress": "ai-do@example.org"}}}
	for _, step := range []struct {
		what        string
		source, tag string
		done        string
		about       string
	}{
		{"our return path", path("c0@example.org"), "", store.DonePending, "c0@example.org"},
		{"a tag of ours", "tin@example.org", tag("c1@example.org"), store.DonePending, "c1@example.org"},
		{"neither", "tin@example.org", "", store.DoneNothing, ""},
		{"a tag that somebody made", "tin@example.org", tag("c2@example.org") + "x", store.DoneNothing, ""},
	} {
		event, err := json.Marshal(map[string]any{"notificationType": "Bounce", "bounce": gone,
			"mail": map[string]any{"source": step.source, "tags": map[string]any{"bantin": []string{step.tag}}, "destination": []string{"ai-do@example.org"}}})
		if err != nil {
			t.Fatal(err)
		}
		sns, err := json.Marshal(map[string]string{"Type": "Notification", "Message": string(event)})
		if err != nil {
			t.Fatal(err)
		}
		taken := o.take(fmt.Appendf(nil, "From: AWS Notifications <no-reply@sns.amazonaws.com>\nTo: tra-lai@example.org\nSubject: AWS Notification Message\n\n%s\n\n--\nunsubscribe: https://example.com/\n", sns))
		if taken.Done != step.done || taken.Ours != (step.about != "") || taken.Ours && taken.Contact != o.contact(step.about).Key {
			t.Errorf("%s: %+v", step.what, taken)
		}
	}
}
