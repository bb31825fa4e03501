package config_test

import (
	"crypto/x509"
	"path/filepath"
	"testing"

	"bantin/config"
	"bantin/internal/certtest"
)

func TestHelloIsTheDomainOfFrom(t *testing.T) {
	for keys, want := range map[string]string{
		"from: bantin@example.org":                                    "example.org",
		"from: Hội Khuyến học <bantin@Hội.example.org>":               "xn--hi-79s.example.org",
		"from: bantin@example.org, hello: thu.example.org":            "thu.example.org",
		"from: bantin@example.org, hello: '[192.0.2.5]'":              "[192.0.2.5]",
		"from: bantin@example.org, hello: '[IPv6:2001:db8::5]'":       "[IPv6:2001:db8::5]",
		"from: bantin@localhost":                                      "localhost",
		"from: bantin@example.org, username: null":                    "example.org",
		"from: bantin@example.org, auth: auto, ca_file: '', hold: {}": "example.org",
	} {
		c, report := load(t, "site: {url: 'https://bantin.example.org'}\nsmtp: {host: localhost, "+keys+"}\n")
		if err := report.Err(); err != nil || c.SMTP.Hello != want {
			t.Errorf("%s: hello %q, %v, want %q", keys, c.SMTP.Hello, err, want)
		}
	}
}

func TestOwnAuthorityIsTrusted(t *testing.T) {
	own := certtest.New(t)
	dir := folder(t, map[string]string{"ca.crt": "# Hội Khuyến học\n" + own.Cert, "bantin.yaml": "site: {url: 'https://bantin.example.org'}\nsmtp: {host: localhost, from: a@example.org, ca_file: ca.crt}\n"})
	c, report := config.Load(filepath.Join(dir, "bantin.yaml"))
	if len(report.Problems) > 0 {
		t.Fatal(report.Problems)
	}
	pool, err := c.SMTP.RootCAs()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := own.Verify(x509.VerifyOptions{Roots: pool}); err != nil {
		t.Error(err)
	}
	system, err := x509.SystemCertPool()
	if err == nil {
		system.AddCert(own.Certificate)
		if !pool.Equal(system) {
			t.Error("the authorities of the system are not trusted beside it")
		}
	}
	c.SMTP.CAFile = ""
	if pool, err := c.SMTP.RootCAs(); pool != nil || err != nil {
		t.Errorf("without the key: %v, %v", pool, err)
	}
}

func TestSecretsOfTokens(t *testing.T) {
	dir := folder(t, map[string]string{"khoa": "bí mật\r\n", "lam-moi": "${BANTIN_TEST_REFRESH}\n", "bantin.yaml": `
site: {url: "https://bantin.example.org"}
smtp:
  host: localhost
  from: a@example.org
  auth: xoauth2
  username: a@example.org
  oauth2: {token_url: "http://127.0.0.1:8080/token", client_id: bantin, client_secret_file: khoa, refresh_token_file: lam-moi, scope: "a b"}
`})
	t.Setenv("BANTIN_TEST_REFRESH", "làm mới")
	c, report := config.Load(filepath.Join(dir, "bantin.yaml"))
	if len(report.Problems) > 0 {
		t.Fatal(report.Problems)
	}
	o := c.SMTP.OAuth2
	if got, err := o.ClientSecret(); got != "bí mật" || err != nil {
		t.Errorf("ClientSecret() = %q, %v", got, err)
	}
	if got, err := o.RefreshToken(); got != "làm mới" || err != nil {
		t.Errorf("RefreshToken() = %q, %v", got, err)
	}
}
