package main

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"net/url"
	"time"

	"bantin"
	"bantin/mailer"
	"bantin/publish/alarm"
)

// certificates are those whose end is watched: of the mail server and of the site.
func (w *deps) certificates() ([]alarm.Certificate, error) {
	transport, err := w.transport()
	if err != nil {
		return nil, err
	}
	var list []alarm.Certificate
	if relay, ok := transport.(*mailer.SMTP); ok && w.config.SMTP.TLS != "none" {
		list = append(list, alarm.Certificate{
			Kind: bantin.TroubleRelay, Object: "certificate", Ends: relay.CertificateEnds,
			Subject: bantin.Words{VI: "Chứng chỉ của máy chủ gửi thư", EN: "Certificate of the mail server"},
			Hint: bantin.Words{VI: "Người quản lý máy chủ ở smtp.host phải thay chứng chỉ; hết hạn thì không gửi thư được.",
				EN: "The operator of the mail server in smtp.host must renew it; once it has expired no mail goes."},
		})
	}
	if address, name, ok := siteAddress(w.site.URL); ok {
		list = append(list, alarm.Certificate{
			Kind: bantin.TroubleTask, Object: alarm.SiteCertificate, Subject: bantin.Words{VI: "Chứng chỉ của trang " + name, EN: "Certificate of " + name},
			Ends: func(ctx context.Context) (time.Time, error) { return mailer.TLSCertificateEnds(ctx, address, name) },
			Hint: bantin.Words{VI: "Hãy xem máy chủ web trước bantin (nginx, Caddy) vì sao không tự thay chứng chỉ.",
				EN: "See why the web server before bantin (nginx, Caddy) does not renew it."},
		})
	}
	return list, nil
}

// siteAddress is where the site's certificate can be looked at; ok is false where it has
// none or has no public name.
func siteAddress(site string) (address, name string, ok bool) {
	u, err := url.Parse(site)
	if err != nil || u.Scheme != "https" {
		return "", "", false
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "localhost" {
		return "", "", false
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")), u.Hostname(), true
}
