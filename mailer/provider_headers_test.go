package mailer

import (
	"bytes"
	"errors"
	mrand "math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"bantin"
)

// providerHeaders are headers as providers want them.
func providerHeaders() []Header {
	return []Header{
		{"X-SES-MESSAGE-TAGS", "bantin=" + ProviderTagPlaceholder},
		{"X-SES-CONFIGURATION-SET", "bantin"},
		{"X-Mailgun-Variables", `{"bantin": "` + ProviderTagPlaceholder + `"}`},
		{"X-Mailin-custom", "bantin:" + ProviderTagPlaceholder},
	}
}

// withoutHeaders is a message as a provider passes it on.
func withoutHeaders(raw []byte, list []Header) []byte {
	for _, h := range list {
		raw = regexp.MustCompile(`(?m)^`+h.Name+`:.*\r\n(?:[ \t].*\r\n)*`).ReplaceAll(raw, nil)
	}
	return raw
}

// Each message carries a tag that proves its recipient and edition when it comes back, and
// the provider may remove it: it is not signed.
func TestProviderHeaders(t *testing.T) {
	k := newKeyring(t)
	tokens := NewTokens([]byte("bí mật của một máy"))
	random := mrand.New(mrand.NewPCG(1, 2))
	for _, bounces := range []string{"", "tra-lai@example.org"} {
		m := message()
		m.Sender.Signers, m.Sender.BounceAddress, m.Sender.ProviderHeaders = k.signers, bounces, providerHeaders()
		composed, err := Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			to, err := anyone(random, tokens, m.Sender)
			if err != nil {
				t.Fatal(err)
			}
			raw := file(t, composed, to)
			for _, h := range providerHeaders() {
				if want := h.Name + ": " + strings.ReplaceAll(h.Value, ProviderTagPlaceholder, to.ProviderTag); !strings.Contains(unfolded(raw), want+"\r\n") {
					t.Fatalf("want %q in\n%s", want, raw)
				}
			}
			key, code, err := tokens.ParseVERP(AddressOfTag(to.ProviderTag))
			if err != nil || key == "" || code == "" {
				t.Fatalf("the tag %q proves nothing: %v", to.ProviderTag, err)
			}
			if to.ReturnPath != "" && AddressOfTag(to.ProviderTag)[4:4+addressLength] != strings.Split(to.ReturnPath, "+")[1][:addressLength] {
				t.Fatalf("tag %q, return path %q", to.ProviderTag, to.ReturnPath)
			}
			k.verify(t, raw, 2)
			passed := withoutHeaders(raw, providerHeaders())
			if len(passed) == len(raw) || bytes.Contains(passed, []byte(to.ProviderTag)) {
				t.Fatal("the provider removed nothing")
			}
			k.verify(t, passed, 2)
		}
	}
}

func unfolded(raw []byte) string { return strings.ReplaceAll(string(raw), "\r\n ", " ") }

// A stored message has the tag of its recipient again, and says so where it cannot have it.
func TestStoredProviderHeaders(t *testing.T) {
	tokens, e := storedTokens(), &bantin.Edition{Digest: "hang-tuan", Due: storedDue}
	m := message()
	m.Sender.ProviderHeaders = providerHeaders()
	composed, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := ReadStored(composed.AppendStored(nil, e.Digest, tokens))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := tokens.RecipientFields(m.Sender, e, "Lan", "lan@example.org", storedKey)
	if err != nil {
		t.Fatal(err)
	}
	again, isWhole, err := stored.RecipientFields(tokens, e.Due, "Lan", "lan@example.org", storedKey)
	if err != nil || !isWhole || again.ProviderTag != fields.ProviderTag || !bytes.Equal(file(t, composed, fields), stored.AppendFile(nil, again)) {
		t.Errorf("%+v, %v, %v", again, isWhole, err)
	}
	if again, isWhole, err = stored.RecipientFields(tokens, e.Due, "Lan", "lan@example.org", ""); isWhole || again.ProviderTag != ProviderTagPlaceholder {
		t.Errorf("of an erased contact: %+v, %v, %v", again, isWhole, err)
	}
}

// A notice has no tag: nobody's subscription follows from it. A placeholder proves nothing.
func TestProviderHeadersOfNotices(t *testing.T) {
	m := message()
	m.Digest, m.Sender.ProviderHeaders = "", providerHeaders()
	composed, err := Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	raw := string(file(t, composed, RecipientFields{Address: "lan@example.org", MessageID: MessageIDPlaceholder, UnsubscribeToken: TokenPlaceholder}))
	if strings.Contains(raw, "X-SES-MESSAGE-TAGS") || !strings.Contains(raw, "X-SES-CONFIGURATION-SET: bantin\r\n") {
		t.Error(raw)
	}
	if _, _, err := NewTokens(nil).ParseVERP(AddressOfTag(ProviderTagPlaceholder)); !errors.Is(err, ErrInvalidToken) {
		t.Error(err)
	}
}
