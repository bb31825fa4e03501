package mailer

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"bantin"
)

func TestGeneralReply(t *testing.T) {
	for reply, want := range map[string]string{
		"550 5.1.1 <lan.phutho@example.org>: Recipient address rejected": "550 5.1.1 …: Recipient address rejected",
		"451 4.7.1 Greylisted, try again in 300 seconds":                 "451 4.7.1 Greylisted, try again in 300 seconds",
		"552-5.2.2 hộp thư đầy\n552 5.2.2 4Rk2f93mZyz1vKL - gsmtp":       "552-5.2.2 hộp thư đầy 552 5.2.2 … - gsmtp",
		"550 blocked [203.0.113.25]":                                     "550 blocked […]",
		"":                                                               "",
	} {
		if got := GeneralReply(reply); got != want {
			t.Errorf("%q becomes %q, want %q", reply, got, want)
		}
	}
}

func FuzzGeneralReply(f *testing.F) {
	f.Add("550 5.1.1 <lan@example.org>: không có hộp thư này\r\nBcc: ai@example.org")
	f.Add("\x00\xff\u202e5xx")
	f.Add(strings.Repeat("đầy ", 500))
	f.Fuzz(func(t *testing.T, reply string) {
		got := GeneralReply(reply)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || utf8.RuneCountInString(got) > bantin.MaxOneLine {
			t.Errorf("%q becomes %q", reply, got)
		}
	})
}
