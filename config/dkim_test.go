package config_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"strings"
	"testing"

	"bantin"
	"bantin/config"
)

func keyPEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func edKey(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keyPEM(t, key)
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// What cannot sign is an error when the file is checked, with its place, what
// is wrong and what to do; what is doubtful is a warning.
func TestKeysThatSign(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0") // Go itself makes no key of 512 bits
	elliptic256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := rsaKey(t, 2048)
	older := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(good)}))
	public, err := x509.MarshalPKIXPublicKey(good.Public())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, key, want string }{
		{"RSA", keyPEM(t, good), ""},
		{"RSA as PKCS #1", older, ""},
		{"Ed25519", edKey(t), ""},
		{"512 bits", keyPEM(t, rsaKey(t, 512)), `the key file "dkim.pem": an RSA key of 512 bits is too short`},
		{"1024 bits", keyPEM(t, rsaKey(t, 1024)), `warning: an RSA key of 1024 bits is weak`},
		{"elliptic", keyPEM(t, elliptic256), `neither RSA nor Ed25519`},
		{"public", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})), "this is the public key"},
		{"password", string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})), "protected by a password"},
		{"no PEM", "khóa đâu?\n", "not a PEM key"},
		{"empty", "", "not a PEM key"},
		{"cut", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})), "damaged or of an unknown type"},
		{"huge", strings.Repeat("x", 100<<10), "too large for a key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, report := loadIn(t, map[string]string{"dkim.pem": c.key, "bantin.yaml": "site: {url: https://bantin.example.org}\nsmtp: {host: localhost, from: Hội <a@bantin.example.org>, dkim: {domain: example.org, selector: s1, key_file: dkim.pem}}\n"})
			text := written(t, report, bantin.English)
			if c.want == "" && len(report.Problems) > 0 || !strings.Contains(text, c.want) {
				t.Errorf("want %q:\n%s", c.want, text)
			}
			if c.want != "" && !strings.Contains(text, "bantin.yaml:2:") {
				t.Errorf("it does not say where:\n%s", text)
			}
		})
	}
}

func TestDKIMAndBounces(t *testing.T) {
	files := map[string]string{"a.pem": keyPEM(t, rsaKey(t, 2048)), "b.pem": edKey(t), "open.pem": edKey(t)}
	files["bantin.yaml"] = `
site: {url: https://bantin.example.org}
smtp:
  host: localhost
  from: a@example.org
  bounces: tra-lai@example.org
  dkim:
    - {domain: example.org, selector: s1, key_file: a.pem}
    - {domain: example.org, selector: s2, key_file: b.pem}
`
	c, report := loadIn(t, files)
	if len(report.Problems) > 0 || len(c.SMTP.DKIM) != 2 || c.SMTP.Bounces != "tra-lai@example.org" {
		t.Fatalf("%+v\n%s", c.SMTP, written(t, report, bantin.English))
	}
	files["bantin.yaml"] = `
site: {url: https://bantin.example.org}
smtp:
  host: localhost
  from: a@example.org
  bounces: hoi-khuyen-hoc-viet-nam@example.org
  dkim:
    - {domain: hội, selector: "s 1", key_file: a.pem}
    - {domain: example.net, selector: s2, key_file: c.pem}
    - {domain: example.net, selector: s3, key_file: open.pem}
    - {selector: s4, key_file: b.pem}
`
	_, report = loadIn(t, files)
	text := written(t, report, bantin.English)
	for _, want := range []string{"bantin.yaml:6:12: the part before the @ has 23 characters; the limit is 17", `"hội" is not a domain`, `"s 1" cannot be a selector`,
		`the file "c.pem": does not exist`, `"example.net" is not the domain of from (a@example.org)`, `the key "domain" is missing`, "everyone on this machine can read the key", "chmod 600 open.pem"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q:\n%s", want, text)
		}
	}
}

// loadIn loads bantin.yaml out of a folder of files; open.pem is for all to read.
func loadIn(t *testing.T, files map[string]string) (*config.Config, *config.Report) {
	t.Helper()
	return config.Load(filepath.Join(folder(t, files), "bantin.yaml"))
}
