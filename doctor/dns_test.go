package doctor

import (
	"crypto/ed25519"
	"crypto/rand"
	"net/netip"
	"strings"
	"testing"

	"bantin"
	"bantin/internal/dnstest"
	"bantin/mailer/dkim"
)

// goodDNS is what the domain of an office should publish; KEY stands for the signing key.
const goodDNS = `
	example.org MX 10 mx.example.org
	mx.example.org A 203.0.113.9
	smtp.example.org A 203.0.113.5
	example.org TXT v=spf1 a:smtp.example.org -all
	s1._domainkey.example.org TXT KEY
	_dmarc.example.org TXT v=DMARC1; p=quarantine
`

// signingKey makes a key and its record.
func signingKey(t *testing.T) (Key, string) {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := dkim.Record(public)
	if err != nil {
		t.Fatal(err)
	}
	return Key{"example.org", "s1", public}, text
}

func TestDNS(t *testing.T) {
	t.Parallel()
	key, published := signingKey(t)
	_, other := signingKey(t)
	for _, test := range []struct {
		name     string
		from, to string // what is replaced in goodDNS
		change   func(o *Options)
		check    string
		status   Status
		says     string
	}{
		{name: "all is well", check: "dns_mx", status: OK},
		{name: "all is well", check: "dns_spf", status: OK, says: "203.0.113.5"},
		{name: "all is well", check: "dns_dkim", status: OK},
		{name: "all is well", check: "dns_dmarc", status: OK, says: "by DKIM"},
		{name: "all is well", check: "dns_ptr", status: Skipped},

		// MX
		{name: "no MX", from: "example.org MX 10 mx.example.org", check: "dns_mx", status: Warning, says: "no MX record"},
		{name: "null MX", from: "MX 10 mx.example.org", to: "MX 0 .", check: "dns_mx", status: Warning, says: "accepts no mail"},
		{name: "an MX without address", from: "mx.example.org A 203.0.113.9", check: "dns_mx", status: Warning, says: "does not know"},
		{name: "return paths elsewhere", change: func(o *Options) { o.Mail.Bounces = "tra-lai@thu.example.org" }, check: "dns_mx", status: Warning, says: "thu.example.org"},

		// SPF
		{name: "no SPF", from: "v=spf1 a:smtp.example.org -all", to: "hello", check: "dns_spf", status: Failed, says: "no SPF record"},
		{name: "two records", from: "example.org TXT v=spf1 a:smtp.example.org -all", to: "example.org TXT v=spf1 mx -all\nexample.org TXT v=spf1 a -all", check: "dns_spf", status: Failed, says: "2 SPF records"},
		{name: "another relay", from: "a:smtp.example.org", to: "ip4:198.51.100.1", check: "dns_spf", status: Warning, says: "does not name smtp.example.org (203.0.113.5)"},
		{name: "nobody may send", from: "v=spf1 a:smtp.example.org -all", to: "v=spf1  -all", check: "dns_spf", status: Failed, says: "does not name"},
		{name: "an invalid record", from: "a:smtp.example.org", to: "ipv4:1.2.3.4", check: "dns_spf", status: Failed, says: "invalid"},
		{name: "by CNAME", from: "smtp.example.org A 203.0.113.5", to: "smtp.example.org CNAME mx.example.org", check: "dns_spf", status: OK, says: "203.0.113.9"},
		{name: "this machine sends", change: sendsItself, check: "dns_spf", status: Failed, says: "198.51.100.7"},
		{name: "this machine sends and is named", from: "a:smtp", to: "ip4:198.51.100.7 a:smtp", change: sendsItself, check: "dns_spf", status: OK},

		// DKIM
		{name: "no signature", change: func(o *Options) { o.Mail.Keys = nil }, check: "dns_dkim", status: Warning, says: "not signed"},
		{name: "no key", from: "s1._domainkey", to: "s2._domainkey", check: "dns_dkim", status: Failed, says: "no s1._domainkey.example.org"},
		{name: "another key", from: "KEY", to: other, check: "dns_dkim", status: Failed, says: "not the one that signs"},
		{name: "a revoked key", from: "KEY", to: "v=DKIM1; p=", check: "dns_dkim", status: Failed, says: "not the one that signs"},
		{name: "no base64", from: "KEY", to: "v=DKIM1; p=!!", check: "dns_dkim", status: Failed, says: "not the one that signs"},
		{name: "a trial", from: "KEY", to: "t=s:y; KEY", check: "dns_dkim", status: Warning, says: "t=y"},
		{name: "spaces within the key", from: "KEY", to: strings.Replace(published, "p=", "p= ", 1), check: "dns_dkim", status: OK},

		// DMARC
		{name: "no policy", from: "_dmarc.", to: "_dmarca.", check: "dns_dmarc", status: Failed, says: "no DMARC record"},
		{name: "an invalid policy", from: "p=quarantine", to: "p=perhaps", check: "dns_dmarc", status: Failed, says: "invalid"},
		{name: "by the return path", change: func(o *Options) { o.Mail.Keys = nil }, check: "dns_dmarc", status: OK, says: "by SPF"},
		{name: "of the organization", change: func(o *Options) { o.Mail.From = "bantin@thu.example.org" }, check: "dns_dmarc", status: OK, says: "DMARC of example.org"},
		{name: "strict", from: "p=quarantine", to: "p=none; adkim=s; aspf=s", change: func(o *Options) { o.Mail.From = "bantin@thu.example.org"; o.Mail.Bounces = "a@example.org" }, check: "dns_dmarc", status: Failed, says: "neither"},
		{name: "a relay's domains", change: func(o *Options) { o.Mail.Keys, o.Mail.Bounces = nil, "a@relay.example.net" }, check: "dns_dmarc", status: Failed, says: "neither"},

		// PTR
		{name: "no PTR", change: sendsItself, check: "dns_ptr", status: Failed, says: "198.51.100.7 has no PTR"},
		{name: "a PTR that leads back", to: "198.51.100.7 PTR mx2.example.org\nmx2.example.org A 198.51.100.7", change: sendsItself, check: "dns_ptr", status: OK, says: "mx2.example.org"},
		{name: "a PTR that leads elsewhere", to: "198.51.100.7 PTR mx.example.org", change: sendsItself, check: "dns_ptr", status: Failed, says: "does not lead back"},
		{name: "behind a NAT", change: func(o *Options) {
			sendsItself(o)
			o.Addresses = func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("192.168.1.4")} }
		}, check: "dns_ptr", status: Skipped, says: "no public address"},
	} {
		t.Run(test.check+" "+test.name, func(t *testing.T) {
			t.Parallel()
			records := goodDNS + test.to
			if test.from != "" {
				records = strings.Replace(goodDNS, test.from, test.to, 1)
			}
			dns := dnstest.Start(t, strings.ReplaceAll(records, "KEY", published))
			o := &Options{Mail: &Mail{Host: "smtp.example.org", From: "bantin@example.org", Keys: []Key{key}}, Resolver: dns.Addr, Addresses: func() []netip.Addr { return nil }}
			if test.change != nil {
				test.change(o)
			}
			expect(t, look(t, o, test.check), test.status, test.says)
		})
	}
}

// sendsItself has the mail server run on this machine, which has a public address.
func sendsItself(o *Options) {
	o.Mail.Host = "127.0.0.1"
	o.Addresses = func() []netip.Addr {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.0.0.4"), netip.MustParseAddr("198.51.100.7")}
	}
}

// look runs one check.
func look(t *testing.T, o *Options, check string) Finding {
	t.Helper()
	if o.Site == nil {
		o.Site = &bantin.Site{Title: "Hội Khuyến học", URL: "https://bantin.example.org"}
	}
	for _, e := range examinations() {
		for i, name := range e.names {
			if name == check {
				return e.look(t.Context(), o)[i]
			}
		}
	}
	t.Fatalf("there is no check %q", check)
	return Finding{}
}

// expect compares a finding with what it should say in English. Both languages say
// something, and so does the hint of what is not well.
func expect(t *testing.T, f Finding, status Status, says string) {
	t.Helper()
	if f.Status != status || !strings.Contains(f.What.EN, says) {
		t.Errorf("%s: %s: %s; want %s: … %s …", f.Check, f.Status, f.What.EN, status, says)
	}
	if f.What.VI == "" || f.What.EN == "" || (f.Hint.VI == "") != (f.Hint.EN == "") {
		t.Errorf("%s is not said in both languages: %+v", f.Check, f)
	}
	if (f.Status == Warning || f.Status == Failed) && f.Hint.EN == "" {
		t.Errorf("%s does not say what to do: %s", f.Check, f.What.EN)
	}
}

// A name server that fails says nothing about a domain. Long answers come over TCP.
func TestNameServers(t *testing.T) {
	t.Parallel()
	key, published := signingKey(t)
	dns := dnstest.Start(t, strings.ReplaceAll(goodDNS, "KEY", published))
	o := &Options{Mail: &Mail{Host: "smtp.example.org", From: "bantin@example.org", Keys: []Key{key}}, Resolver: dns.Addr}
	dns.OnlyTCP.Store(true)
	for _, check := range []string{"dns_mx", "dns_spf", "dns_dkim", "dns_dmarc"} {
		expect(t, look(t, o, check), OK, "")
	}
	dns.Fails.Store(true)
	for _, check := range []string{"dns_mx", "dns_spf", "dns_dkim", "dns_dmarc", "dns_ptr"} {
		expect(t, look(t, o, check), Skipped, "does not answer")
	}
	o.Mail = nil
	for _, check := range []string{"dns_mx", "dns_spf", "dns_dkim", "dns_dmarc", "dns_ptr", "smtp_connect", "smtp_tls", "smtp_login"} {
		expect(t, look(t, o, check), Skipped, "no smtp")
	}
}

// What the DNS holds for a key is written by strangers.
func FuzzKeyRecord(f *testing.F) {
	f.Add("v=DKIM1; k=rsa; p=MIGf")
	f.Add("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	f.Add("p==;;t=y:s")
	f.Fuzz(func(_ *testing.T, text string) { publicKey(parseTags(text)["p"]) })
}
