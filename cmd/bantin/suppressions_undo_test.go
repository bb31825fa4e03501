package main

import (
	"strings"
	"sync/atomic"
	"testing"

	"bantin/internal/smtptest"
)

// A receiver was wrong about two of many: the office looks at what undoing would do,
// does it, and sends the edition to them after all.
func TestSuppressionsUndo(t *testing.T) {
	t.Parallel()
	var mended atomic.Bool
	server := smtptest.Start(t, func(stage smtptest.Stage, arg string) smtptest.Answer {
		if stage == smtptest.Rcpt && !mended.Load() && (strings.Contains(arg, "c7@") || strings.Contains(arg, "c8@")) {
			return smtptest.Answer{Reply: "550 5.1.1 không có hộp thư này"}
		}
		return smtptest.Answer{}
	})
	f := mailFolder(t, mailYAML(server.Port(), noTLS))
	f.crowd(25)
	f.fails(1, []string{"2 thư hỏng"}, "digest", "send", "hang-tuan")
	if got := f.suppressed(); got != "c7@example.org user-unknown, c8@example.org user-unknown" {
		t.Fatalf("suppressed at settlement: %s", got)
	}
	f.ok("suppressions", "add", "c9@example.org", "--reason", "gọi điện xin thôi")
	f.tells(map[string]string{
		"suppressions list --json":                                                               `"email":"c7@example.org","address":"c7@example.org","reason":"user-unknown","origin":"hard"`,
		"suppressions list c7@example.org --json":                                                `"edition":"hang-tuan-1","by":"refusal"`,
		"suppressions undo --since 2020-01-01 --dry-run":                                         "Sẽ gỡ chặn 2 địa chỉ:\n  example.org, không có người này: 2\n",
		"suppressions undo --since 2020-01-01 --dry-run --lang en":                               "Would remove the suppressions of 2 addresses:\n  example.org, no such user: 2\n",
		"suppressions undo --since 2020-01-01T07:00 --domain gmail.com --dry-run":                "Từ lúc ấy không có địa chỉ nào",
		"suppressions undo --since 2099-01-01T07:00:00+07:00 --lang en":                          "Since then no address was suppressed",
		"suppressions undo --since 2020-01-01 --reason user-unknown --dry-run --json":            `{"dry_run":true,"removed":2,"forgotten":0,"groups":[{"domain":"example.org","reason":"user-unknown","count":2}],"retry":["hang-tuan-1"]}`,
		"suppressions undo --since 2020-01-01 --domain Example.org --reason host-unknown --json": `{"removed":0,"forgotten":0}`,
	})
	f.fails(2, []string{"--since"}, "suppressions", "undo")
	f.fails(2, []string{"hôm qua"}, "suppressions", "undo", "--since", "hôm qua")
	f.fails(2, []string{"--reason"}, "suppressions", "undo", "--since", "2020-01-01", "--reason", "khong-ro")
	f.fails(2, []string{"--domain"}, "suppressions", "undo", "--since", "2020-01-01", "--domain", "không phải")
	e := f.bantin("suppressions", "undo", "--since", "2020-01-01")
	if e.status != 0 || !strings.Contains(e.out, "Đã gỡ chặn 2 địa chỉ:") || !strings.Contains(e.err, "bantin editions retry --failed hang-tuan-1") {
		t.Errorf("status %d\n%s%s", e.status, e.out, e.err)
	}
	if got := f.suppressed(); got != "c9@example.org gọi điện xin thôi" {
		t.Errorf("after it was undone: %s", got)
	}
	if out := f.ok("contacts", "show", "c7@example.org"); !strings.Contains(out, "được gửi lại, do văn phòng") {
		t.Errorf("the record: %s", out)
	}
	mended.Store(true)
	f.ok("editions", "retry", "--failed", "hang-tuan-1")
	f.ok("digest", "send", "hang-tuan")
	got := map[string]int{}
	for _, m := range server.Messages() {
		got[m.To]++
	}
	if got["c7@example.org"] != 1 || got["c8@example.org"] != 1 || len(got) != 28 {
		t.Errorf("%d got it, %v", len(got), got)
	}
}
