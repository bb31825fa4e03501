package mailer

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
)

var (
	storedDue = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	storedKey = strings.Repeat("0f", keyBytes)
)

func storedTokens() *Tokens { return NewTokens([]byte("bí mật của một máy")) }

// storedMessages are messages with each field that recipients differ in.
func storedMessages(t testing.TB) map[string]*ComposedMessage {
	t.Helper()
	all := map[string]*ComposedMessage{}
	for name, bounces := range map[string]string{"plain": "", "bounces": "tra-lai@example.org"} {
		m := message()
		m.Sender.BounceAddress = bounces
		composed, err := Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = composed
	}
	return all
}

// What was stored is read as the message that each recipient got.
func TestStoredMessage(t *testing.T) {
	tokens, e := storedTokens(), &bantin.Edition{Digest: "hang-tuan", Due: storedDue}
	for name, composed := range storedMessages(t) {
		stored, err := ReadStored(composed.AppendStored(nil, e.Digest, tokens))
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []Recipient{{"", "a@example.org"}, {"Nguyễn Thị Ánh Tuyết, Hội Khuyến học xã Đức Lương", "Anh.Tuyet@example.org"}, {`"Bảy" O'Brien`, "lan@bưu-điện.example.org"}} {
			sender := Sender{BounceAddress: "tra-lai@example.org"}
			if name == "plain" {
				sender = Sender{}
			}
			fields, err := tokens.RecipientFields(sender, e, to.Name, to.Email, storedKey)
			if err != nil {
				t.Fatal(err)
			}
			if fields.Address, _, err = envelopeAddress(to.Email); err != nil { // as a session does
				t.Fatal(err)
			}
			again, isWhole, err := stored.RecipientFields(tokens, e.Due, to.Name, to.Email, storedKey)
			if err != nil || !isWhole {
				t.Fatal(isWhole, err)
			}
			if diff := cmp.Diff(string(file(t, composed, fields)), string(stored.AppendFile(nil, again))); diff != "" {
				t.Errorf("%s to %s (-sent +stored):\n%s", name, to.Email, diff)
			}
		}
	}
}

// What cannot be made any more is a placeholder, and said to be one.
func TestStoredMessageInPart(t *testing.T) {
	for name, composed := range storedMessages(t) {
		stored, err := ReadStored(composed.AppendStored(nil, "hang-tuan", storedTokens()))
		if err != nil {
			t.Fatal(err)
		}
		for what, with := range map[string]struct {
			tokens      *Tokens
			key, wanted string
		}{
			"another secret": {NewTokens([]byte("bí mật khác")), storedKey, "Message-ID: <" + MessageIDPlaceholder},
			"no key":         {storedTokens(), "", TokenPlaceholder},
		} {
			fields, isWhole, err := stored.RecipientFields(with.tokens, storedDue, "Lan", "lan@example.org", with.key)
			got := strings.ReplaceAll(string(stored.AppendFile(nil, fields)), "=\r\n", "")
			if err != nil || isWhole || !strings.Contains(got, with.wanted) {
				t.Errorf("%s, %s: whole %v, %v\n%s", name, what, isWhole, err, got)
			}
		}
		if _, _, err := stored.RecipientFields(storedTokens(), storedDue, "Lan", "", storedKey); err == nil {
			t.Error("of a delivery without an address there is a message")
		}
		if _, _, err := stored.RecipientFields(storedTokens(), storedDue, "Lan", "lan@example.org", "x"); !errors.Is(err, ErrInvalidToken) {
			t.Errorf("of a key that is none: %v", err)
		}
	}
}

var updateStored = flag.Bool("update-stored", false, "write the stored messages of this version anew: only where the version is a new one")

// Messages that earlier versions have stored are read for years, and are what they were.
func TestStoredMessageOfEarlierVersions(t *testing.T) {
	tokens := storedTokens()
	for name, composed := range storedMessages(t) {
		base := filepath.Join("testdata", "stored-1-"+name)
		if *updateStored {
			stored := composed.AppendStored(nil, "hang-tuan", tokens)
			fields, err := tokens.RecipientFields(Sender{BounceAddress: "b@example.org"}, &bantin.Edition{Digest: "hang-tuan", Due: storedDue}, "Nguyễn Thị Ánh Tuyết, Hội Khuyến học xã Đức Lương", "anh.tuyet@example.org", storedKey)
			if err = errors.Join(err, os.WriteFile(base+".bin", stored, 0o644), os.WriteFile(base+".eml", file(t, composed, fields), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(base + ".bin")
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(base + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		stored, err := ReadStored(data)
		if err != nil {
			t.Fatal(err)
		}
		fields, _, err := stored.RecipientFields(tokens, storedDue, "Nguyễn Thị Ánh Tuyết, Hội Khuyến học xã Đức Lương", "anh.tuyet@example.org", storedKey)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(stored.AppendFile(nil, fields))); diff != "" {
			t.Errorf("%s (-sent +read):\n%s", base, diff)
		}
	}
}

// Whatever is stored is read or refused, and what is read makes a message.
func FuzzReadStored(f *testing.F) {
	for _, composed := range storedMessages(f) {
		data := composed.AppendStored(nil, "hang-tuan", storedTokens())
		f.Add(data)
		f.Add(data[:len(data)/2])
		f.Add(append(data, byte(token), 50, 40, 0))
		f.Add(append(data, 200, 0, 0, 0))
	}
	f.Add([]byte{storedVersion + 1})
	f.Add([]byte{storedVersion, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		stored, err := ReadStored(data)
		if err != nil {
			return
		}
		fields, _, err := stored.RecipientFields(storedTokens(), storedDue, "Lan", "lan@example.org", storedKey)
		if err != nil {
			t.Fatal(err)
		}
		stored.AppendFile(nil, fields)
	})
}
