package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// siteTimeout is how long the site may take to answer.
const siteTimeout = 9 * time.Second

// checkSite asks the public address of the site for a proof that it leads to this
// installation: one that only a daemon on this database can give.
func checkSite(ctx context.Context, o *Options) Finding {
	u, err := url.Parse(o.Site.URL)
	if err != nil || u.Host == "" {
		return failed(words("site.url %q không phải địa chỉ web", "site.url %q is no web address", o.Site.URL), words("viết như https://bantin.example.org", "write it as https://bantin.example.org"))
	}
	ctx, cancel := context.WithTimeout(ctx, siteTimeout)
	defer cancel()
	challenge, want, err := o.challenge(ctx)
	if err != nil {
		return skipped(words("chưa có cơ sở dữ liệu nên không nhận ra được trang của mình: %v", "without the database this installation's site cannot be recognised: %v", err))
	}
	res, err := o.ask(ctx, http.MethodGet, "/healthz/"+challenge, "")
	if err != nil {
		return o.siteSilent(u, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil {
		return o.siteSilent(u, err)
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
		return notOurs(u, res)
	}
	return o.siteReached(u, res.TLS)
}

// challenge makes a question that only this installation can answer, and its answer.
func (o *Options) challenge(ctx context.Context) (question, answer string, err error) {
	if o.Store == nil || o.Tokens == nil {
		return "", "", o.StoreErr
	}
	mark, err := o.Store.RenewMark(ctx)
	if err != nil {
		return "", "", err
	}
	question = randomHex()
	return question, o.Tokens.ProveInstallation(question, mark), nil
}

// siteReached is the finding where the site is this installation's.
func (o *Options) siteReached(u *url.URL, state *tls.ConnectionState) Finding {
	what := words("%s dẫn tới trang này", "%s leads to this installation", u)
	if state == nil {
		return warning(join(what, words("nhưng không phải https", "but not over https")),
			words("đặt proxy có https phía trước và viết site.url: https://…; chương trình thư chỉ hủy đăng ký một lần bấm qua https (RFC 8058)",
				"put an https proxy in front and write site.url: https://…; mail programs unsubscribe by one click over https only (RFC 8058)"))
	}
	f := certificate(u.Hostname(), state.PeerCertificates[0], o.now())
	f.What = join(what, f.What)
	return f
}

// notOurs is the finding where somebody else answers.
func notOurs(u *url.URL, res *http.Response) Finding {
	hint := words("xem DNS của %s và proxy: mọi đường dẫn phải tới http.listen của bantin run này", "check the DNS of %s and the proxy: every path must lead to http.listen of this bantin run", u.Hostname())
	switch {
	case res.StatusCode == http.StatusBadGateway || res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusGatewayTimeout:
		return failed(words("%s trả lời %s: proxy không tới được bantin, hoặc bantin đang bận", "%s answers %s: the proxy does not reach bantin, or bantin is busy", u, res.Status),
			words("xem `bantin run` có đang chạy ở http.listen không", "see whether `bantin run` is running at http.listen"))
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return failed(words("%s chuyển hướng tới %s", "%s redirects to %s", u, res.Header.Get("Location")), words("viết địa chỉ cuối cùng vào site.url", "write the final address into site.url"))
	}
	return failed(words("%s trả lời %s, nhưng không phải trang này", "%s answers %s, but it is not this installation", u, res.Status), hint)
}

// siteSilent is the finding where the site does not answer. From where the program runs
// its public address may be out of reach though others reach it, so that a network
// without any answer is no fault of the site.
func (o *Options) siteSilent(u *url.URL, err error) Finding {
	what := words("không mở được %s: %v", "%s cannot be opened: %v", u, cause(err))
	var dns *net.DNSError
	var netErr net.Error
	switch {
	case isMissing(err):
		return failed(what, words("thêm %s vào DNS, hoặc sửa site.url", "add %s to the DNS, or correct site.url", u.Hostname()))
	case isCertificate(err):
		return failed(what, words("xem chứng chỉ của %s ở proxy", "check the certificate of %s at the proxy", u.Hostname()))
	case isLoopback(u.Hostname()):
		return warning(what, words("chạy `bantin run`; khi mở cho mọi người, viết địa chỉ công khai vào site.url", "start `bantin run`; write the public address into site.url before others use it"))
	case errors.As(err, &dns), errors.As(err, &netErr) && netErr.Timeout(), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return warning(what, words("mở địa chỉ ấy từ một mạng khác; nếu mở được thì máy này chỉ không thấy địa chỉ công khai của mình", "open it from another network; if that works, this machine just cannot see its own public address"))
	}
	return failed(what, words("xem proxy ở %s có đang chạy không", "see whether the proxy at %s is running", u.Host))
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &record)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// cause is an error of a request without the request's address, which says a token.
func cause(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err
	}
	return err
}

// ask makes one request to the site, and follows no redirect.
func (o *Options) ask(ctx context.Context, method, path, form string) (*http.Response, error) {
	var body io.Reader
	if form != "" {
		body = strings.NewReader(form)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(o.Site.URL, "/")+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "bantin-doctor/"+o.Version)
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	dialer := &net.Dialer{Resolver: o.resolver()}
	client := &http.Client{
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true,
			TLSClientConfig: &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return client.Do(req)
}
