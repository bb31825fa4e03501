package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
)

func TestBadKeys(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0") // Go itself makes none so short
	small, err := rsa.GenerateKey(rand.Reader, 512)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New("example.org", "s1", small); err == nil || !strings.Contains(err.Error(), "512 bits") {
		t.Errorf("an RSA key of 512 bits: %v", err)
	}
	if _, err := New("example.org", "s1", nil); err == nil {
		t.Error("no key was taken")
	}
}

// The example of RFC 6376 3.4.5, and bodies whose end is not as it should be.
func TestRelaxed(t *testing.T) {
	for field, want := range map[string]string{
		"A: X\r\n":             "a:X\r\n",
		"B : Y\t\r\n\tZ  \r\n": "b:Y Z\r\n",
	} {
		if got := string(RelaxHeader([]byte(field))); got != want {
			t.Errorf("field %q: %q, want %q", field, got, want)
		}
	}
	for body, want := range map[string]string{
		" C \r\nD \t E\r\n\r\n\r\n":        " C\r\nD E\r\n",
		"Gia đình \t học tập\r\n\r\nSố 12": "Gia đình học tập\r\n\r\nSố 12\r\n",
		"\r\n \r\n": "",
		"":          "",
	} {
		if got := string(RelaxBody([]byte(body))); got != want {
			t.Errorf("body %q: %q, want %q", body, got, want)
		}
	}
}

// The longest record of the DNS is cut into strings that it can hold.
func TestDNSRecord(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		t.Fatal(err)
	}
	short, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for begin, key := range map[string]crypto.PublicKey{"v=DKIM1; k=rsa; p=": long.Public(), "v=DKIM1; k=ed25519; p=": short} {
		record, err := Record(key)
		if err != nil || !strings.HasPrefix(record, begin) {
			t.Errorf("%q does not begin with %q: %v", record, begin, err)
		}
		parts := SplitTXT(record)
		if strings.Join(parts, "") != record {
			t.Errorf("%q was cut into %q", record, parts)
		}
		for _, part := range parts {
			if len(part) > 255 {
				t.Errorf("a string of %d octets", len(part))
			}
		}
	}
	if _, err := Record("không phải khóa"); err == nil {
		t.Error("no key has a record")
	}
}
