package config

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/mail"
	"os"
	"strings"

	"golang.org/x/net/idna"
)

// smtp checks the keys of smtp against each other, and fills in hello.
func (k *checker) smtp() {
	s := k.c.SMTP
	if s == nil {
		return
	}
	k.dkim(s)
	k.login(s)
	k.authorities(s)
	k.ports(s)
	if s.Hello == "" {
		s.Hello = domainOf(s.From)
	}
}

// domainOf is the domain of an address as it stands in the DNS; "" where the address
// is invalid and was reported.
func domainOf(from string) string {
	a, err := mail.ParseAddress(from)
	if err != nil {
		return ""
	}
	_, domain, _ := strings.Cut(a.Address, "@")
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !dnsName(ascii) {
		return ""
	}
	return ascii
}

// hello checks a name to say in EHLO: a host name, or an address in brackets
// (RFC 5321 4.1.3).
func (k *checker) hello(text *string, path string) {
	if literal, ok := strings.CutPrefix(*text, "["); ok {
		if _, err := parseNetwork(strings.TrimPrefix(strings.TrimSuffix(literal, "]"), "IPv6:")); err == nil && strings.HasSuffix(literal, "]") && !strings.Contains(literal, "/") {
			return
		}
	}
	if !dnsName(*text) {
		k.wrong(path, "%q không phải tên máy", "%q is not a host name", both("viết như thu.example.org, tên mà DNS biết; chữ có dấu viết dạng xn--…", "write it as mail.example.org, a name that the DNS knows; non-ASCII letters as xn--…"))
	}
}

// ports warns of a port whose protection is another by custom (RFC 8314 3): each
// side would wait for the other to begin.
func (k *checker) ports(s *SMTP) {
	const implicit, submission = 465, 587
	switch {
	case s.Port == implicit && s.TLS == TLSStart:
		k.report.warn(k.at("smtp.port"), both("cổng 465 thường mã hóa ngay từ đầu", "port 465 usually expects TLS from the first byte"), both("thêm tls: tls, hoặc dùng cổng 587", "add tls: tls, or use port 587"))
	case s.Port == submission && s.TLS == TLSFull:
		k.report.warn(k.at("smtp.tls"), both("cổng 587 thường bắt đầu không mã hóa rồi mới STARTTLS", "port 587 usually begins in the clear, then STARTTLS"), both("dùng tls: starttls, hoặc cổng 465", "use tls: starttls, or port 465"))
	}
}

// authorities checks the file of smtp.ca_file.
func (k *checker) authorities(s *SMTP) {
	if _, err := os.Stat(s.CAFile); s.CAFile == "" || err != nil {
		return // it was reported
	}
	if _, err := s.RootCAs(); err != nil {
		k.report.add(k.at("smtp.ca_file"), both("tệp %q không có chứng chỉ nào dùng được", "the file %q contains no usable certificate", k.at("smtp.ca_file").raw),
			both("cần chứng chỉ của nơi cấp, dạng PEM: -----BEGIN CERTIFICATE-----", "it must hold the authority's certificate in PEM: -----BEGIN CERTIFICATE-----"))
	}
}

// RootCAs returns the authorities that are trusted: those of the system and that of
// ca_file. It returns nil, which means the system's, without the key.
func (s *SMTP) RootCAs() (*x509.CertPool, error) {
	if s.CAFile == "" {
		return nil, nil
	}
	text, err := read(s.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a machine without any
	}
	found := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read ca_file %s: %w", s.CAFile, err)
		}
		pool.AddCert(certificate)
		found++
	}
	if found == 0 {
		return nil, fmt.Errorf("read ca_file %s: there is no certificate in it", s.CAFile)
	}
	return pool, nil
}
