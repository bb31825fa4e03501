package mailer

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/mail"
	"strings"
	"testing"
	"time"

	"bantin"
)

func randomKey() string {
	var b [keyBytes]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// A return path says whose delivery came back, in whatever case a server on the
// way writes it; nothing else is taken for one.
func TestVERP(t *testing.T) {
	tokens, foreign := NewTokens([]byte("bí mật của một máy")), NewTokens([]byte("bí mật khác"))
	due := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	longest := strings.Repeat("t", MaxBounceLocalPart) + "@example.org"
	for range 200 {
		key, delivery := randomKey(), EditionCode("hang-tuan", due)
		address, err := tokens.VERP(longest, key, delivery)
		if err != nil {
			t.Fatal(err)
		}
		if local, _, _ := strings.Cut(address, "@"); len(local) != 64 {
			t.Fatalf("%s: a local part of %d octets, RFC 5321 4.5.3.1.1 allows 64", address, len(local))
		}
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			t.Fatalf("net/mail reads %s as %v, %v", address, parsed, err)
		}
		for _, form := range []string{address, strings.ToUpper(address), "<" + address + ">\r\n"} {
			gotKey, got, err := tokens.ParseVERP(form)
			if err != nil || gotKey != key || got != delivery {
				t.Fatalf("ParseVERP(%q) = %q, %q, %v", form, gotKey, got, err)
			}
		}
		leave, err := tokens.UnsubscribeDetail(key, "hang-tuan")
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(address, "+") + 1
		other := "a"
		if address[at] == 'a' {
			other = "b"
		}
		bad := []string{"", "@", "tra-lai@example.org", address[1:at-1] + "@example.org", address[:len(address)-14],
			address[:at] + other + address[at+1:], strings.Replace(address, delivery, EditionCode("hang-tuan", due.Add(time.Minute)), 1),
			addDetail("tra-lai@example.org", leave), "\x00" + strings.ReplaceAll(address, ".", "\x00")}
		for _, b := range bad {
			if _, _, err := tokens.ParseVERP(b); !errors.Is(err, ErrInvalidToken) {
				t.Fatalf("ParseVERP(%q) = %v", b, err)
			}
		}
		if _, _, err := foreign.ParseVERP(address); !errors.Is(err, ErrInvalidToken) {
			t.Fatalf("the return path of another installation was taken: %v", err)
		}
	}
}

// The address to leave by is no return path: a bounce unsubscribes nobody.
func TestLeaveByMail(t *testing.T) {
	tokens := NewTokens([]byte("bí mật của một máy"))
	e := &bantin.Edition{Digest: "hang-tuan", Due: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	key := randomKey()
	p, err := tokens.RecipientFields(Sender{BounceAddress: "tra-lai@example.org"}, e, "Nguyễn Thị Ánh", "anh@example.org", key)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.UnsubscribeDetail) != len(UnsubscribeDetailPlaceholder) || len(p.UnsubscribeToken) != len(TokenPlaceholder) {
		t.Fatalf("%q does not fit where %q stands", p.UnsubscribeDetail, UnsubscribeDetailPlaceholder)
	}
	gotKey, digest, err := tokens.ParseUnsubscribeAddress(addDetail("tra-lai@example.org", p.UnsubscribeDetail), []string{"hang-thang", "hang-tuan"})
	if err != nil || gotKey != key || digest != "hang-tuan" {
		t.Fatalf("ParseLeave = %q, %q, %v", gotKey, digest, err)
	}
	for _, bad := range []string{p.ReturnPath, addDetail("tra-lai@example.org", strings.Repeat("a", addressLength)), "tra-lai@example.org"} {
		if _, _, err := tokens.ParseUnsubscribeAddress(bad, []string{"hang-tuan"}); !errors.Is(err, ErrInvalidToken) {
			t.Errorf("ParseLeave(%q) = %v", bad, err)
		}
	}
	if _, _, err := tokens.ParseUnsubscribeAddress(addDetail("tra-lai@example.org", p.UnsubscribeDetail), []string{"hang-thang"}); !errors.Is(err, ErrInvalidToken) {
		t.Errorf("a digest that never was is left: %v", err)
	}
	if p, err := tokens.RecipientFields(Sender{}, e, "", "anh@example.org", key); err != nil || p.UnsubscribeDetail != "" || p.ReturnPath != "" {
		t.Errorf("without bounces: %+v, %v", p, err)
	}
	if _, err := tokens.VERP("tra-lai@example.org", "không phải khóa", EditionCode("hang-tuan", time.Now())); !errors.Is(err, ErrInvalidToken) {
		t.Errorf("VERP of no key: %v", err)
	}
}

// FuzzParseVERP: whatever comes in as an address, what is taken is signed.
func FuzzParseVERP(f *testing.F) {
	tokens := NewTokens([]byte("bí mật của một máy"))
	valid, err := tokens.VERP("tra-lai@example.org", strings.Repeat("0f", keyBytes), EditionCode("hang-tuan", time.Unix(0, 0)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(valid)
	f.Add("<" + strings.ToUpper(valid) + ">")
	f.Add("+..@")
	f.Add("tra-lai+" + UnsubscribeDetailPlaceholder + "@example.org")
	f.Fuzz(func(t *testing.T, address string) {
		key, delivery, err := tokens.ParseVERP(address)
		if err != nil {
			return
		}
		again, err := tokens.VERP("tra-lai@example.org", key, delivery)
		if err != nil || again != valid {
			t.Errorf("%q was taken as %q, %q", address, key, delivery)
		}
	})
}

// TestForgedReturnPaths makes a million return paths without the secret, each a change of a
// real one: none is taken for ours.
func TestForgedReturnPaths(t *testing.T) {
	tokens := NewTokens([]byte("bí mật của Hội, ít nhất ba mươi hai byte"))
	forged := mathrand.New(mathrand.NewPCG(1, 2))
	path, err := tokens.VERP("tra-lai@example.org", strings.Repeat("0a", keyBytes), EditionCode("hang-tuan", time.Unix(0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	start, end := strings.IndexByte(path, '+')+1, strings.IndexByte(path, '@')
	tries := 1_000_000
	if testing.Short() {
		tries = 50_000
	}
	for range tries {
		try := []byte(path)
		for range 1 + forged.IntN(5) {
			if i := start + forged.IntN(end-start); try[i] != '.' {
				try[i] = letters[forged.IntN(len(letters))]
			}
		}
		if _, _, err := tokens.ParseVERP(string(try)); err == nil && string(try) != path {
			t.Fatalf("%s is taken for ours", try)
		}
	}
}

// TestForgedMessageIDs tries a message's Message-ID for a million other addresses, as
// somebody can who got that message: it is that of none of them.
func TestForgedMessageIDs(t *testing.T) {
	tokens := NewTokens([]byte("bí mật của Hội, ít nhất ba mươi hai byte"))
	due := time.Unix(0, 0)
	id := tokens.MessageID("hang-tuan", due, "lan@example.org")
	forged := 1_000_000
	if testing.Short() {
		forged = 50_000
	}
	for i := range forged {
		if address := fmt.Sprintf("lan%d@example.org", i); tokens.MessageID("hang-tuan", due, address) == id {
			t.Fatalf("it is that of %s too", address)
		}
	}
	for _, other := range []string{tokens.MessageID("hang-thang", due, "lan@example.org"), tokens.MessageID("hang-tuan", due.Add(time.Minute), "lan@example.org"),
		NewTokens([]byte("bí mật khác")).MessageID("hang-tuan", due, "lan@example.org")} {
		if other == id {
			t.Error("it is that of another edition, or of another installation")
		}
	}
	ids := map[string]bool{}
	for _, e := range []bantin.Edition{{Digest: "hang-tuan", Due: due}, {Digest: "hang-tuan", Due: due.Add(7 * 24 * time.Hour)}, {Digest: "hang-thang", Due: due}} {
		p, err := tokens.RecipientFields(message().Sender, &e, "Lan", "lan@example.org", randomKey())
		if err != nil {
			t.Fatal(err)
		}
		if ids[p.MessageID] = true; p.MessageID != tokens.MessageID(e.Digest, e.Due, "lan@example.org") {
			t.Errorf("the message of %s, %s has the id %s", e.Digest, e.Due, p.MessageID)
		}
	}
	if len(ids) != 3 {
		t.Errorf("three editions have the ids %v", ids)
	}
}

// FuzzTokens: of all that may stand in a link, only what was made is taken for a token.
func FuzzTokens(f *testing.F) {
	tokens := NewTokens([]byte("bí mật của một máy"))
	key := strings.Repeat("0f", keyBytes)
	leave, err := tokens.UnsubscribeToken(key, "hang-tuan")
	if err != nil {
		f.Fatal(err)
	}
	confirm, err := tokens.LinkToken(PurposeConfirm, key, time.Unix(2_000_000_000, 0))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{leave, confirm, leave + "=", strings.ToUpper(leave), leave[:len(leave)-1], "", "\x00", strings.Repeat("A", tokenLength)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, digest, err := tokens.ParseUnsubscribeToken(text, []string{"hang-thang", "hang-tuan"}); err == nil && (got != key || digest != "hang-tuan") {
			t.Errorf("%q unsubscribes %q from %q", text, got, digest)
		}
		for _, p := range []LinkPurpose{PurposeConfirm, PurposeAccount, PurposeSignIn, PurposeChangeAddress, PurposeReturn("hang-tuan")} {
			if got, err := tokens.ParseLinkToken(p, text, time.Unix(1_900_000_000, 0)); err == nil && (p != PurposeConfirm || got != key) {
				t.Errorf("%q is a link to %s of %q", text, p, got)
			}
		}
		if got, digest, err := tokens.ParseUnsubscribeAddress(text, []string{"hang-tuan"}); err == nil {
			t.Errorf("%q unsubscribes %q from %q", text, got, digest)
		}
	})
}
