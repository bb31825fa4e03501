package bantin

import (
	"strings"
	"testing"
)

func TestRedacted(t *testing.T) {
	for _, text := range []string{
		"postgres://bantin:MẬT@db.example.org/bantin",
		"postgres://bantin:a/MẬT@db.example.org/bantin",         // no URL
		"postgres://bantin:a@MẬT@db.example.org/bantin",         // nor is this
		"postgres://bantin:a b MẬT@db.example.org:x/bantin",     // nor this
		"postgres:/bantin:MẬT@db.example.org/bantin",            // a slash is missing
		"imaps://:MẬT@imap.example.org",                         // no name
		`parse "https://lan:MẬT%zz@example.org": invalid`,       // as url.Parse says it
		"host=db.example.org user=bantin password=MẬT dbname=b", // another form
		"password = 'a MẬT' user=bantin",
		"postgres://db.example.org/bantin?user=bantin&password=MẬT&sslmode=require",
	} {
		if got := Redacted(text); strings.Contains(got, "MẬT") || !strings.Contains(got, "xxxxx") {
			t.Errorf("%s\n→ %s", text, got)
		}
	}
	for _, text := range []string{
		"postgres://bantin@db.example.org:5432/bantin", "http://127.0.0.1:8080/x", "maildir:/var/mail/tra-lai",
		"chị Lan <lan@example.org>: không có", "imaps://tra-lai@imap.example.org:993",
	} {
		if got := Redacted(text); got != text {
			t.Errorf("%s\n→ %s", text, got)
		}
	}
}
