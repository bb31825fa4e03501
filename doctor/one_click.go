package doctor

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// checkOneClick posts what mail programs post when a reader presses unsubscribe (RFC 8058
// 3.2), with a link that is validly signed and belongs to nobody.
func checkOneClick(ctx context.Context, o *Options) Finding {
	switch {
	case len(o.Digests) == 0:
		return skipped(words("không có bản tin tổng hợp nào", "there is no digest"))
	case o.Tokens == nil:
		return skipped(words("chưa có cơ sở dữ liệu: %v", "there is no database yet: %v", o.StoreErr))
	}
	token, err := o.Tokens.UnsubscribeToken(randomHex(), o.Digests[0].ID)
	u, parseErr := url.Parse(o.Site.URL)
	if err != nil || parseErr != nil {
		return skipped(words("site.url %q không dùng được", "site.url %q cannot be used", o.Site.URL))
	}
	ctx, cancel := context.WithTimeout(ctx, siteTimeout)
	defer cancel()
	res, err := o.ask(ctx, http.MethodPost, "/unsubscribe/"+token, "List-Unsubscribe=One-Click")
	if err != nil {
		return skipped(words("trang không trả lời: xem site_url", "the site does not answer: see site_url"))
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
	return oneClickAnswer(u, res)
}

func oneClickAnswer(u *url.URL, res *http.Response) Finding {
	path := u.Scheme + "://" + u.Host + "/unsubscribe/…"
	switch {
	case res.StatusCode == http.StatusNotFound:
		return failed(words("POST %s trả lời %s: liên kết hủy đăng ký không tới trang này, hoặc bantin run chưa biết bản tin tổng hợp này", "POST %s answers %s: unsubscribe links do not lead to this installation, or bantin run does not know the digest yet", path, res.Status),
			words("xem site_url; khởi động lại `bantin run` sau khi thêm bản tin tổng hợp", "see site_url; restart `bantin run` after a digest was added"))
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return failed(words("POST %s chuyển hướng tới %s: chương trình thư không đi theo (RFC 8058)", "POST %s redirects to %s, which mail programs do not follow (RFC 8058)", path, origin(res.Header.Get("Location"))),
			words("viết địa chỉ cuối cùng vào site.url, hoặc bỏ chuyển hướng ở proxy", "write the final address into site.url, or remove the redirect of the proxy"))
	case res.StatusCode != http.StatusOK:
		return failed(words("POST %s trả lời %s: hủy đăng ký một lần bấm không được", "POST %s answers %s: one-click unsubscribe does not work", path, res.Status),
			words("proxy phải cho POST từ mọi nơi qua, không hỏi cookie hay mã xác nhận; 503 nghĩa là không ghi được cơ sở dữ liệu", "the proxy must let POST from anywhere pass, without cookies or challenges; 503 means that the database cannot be written"))
	case u.Scheme != "https":
		return warning(words("POST %s được trả lời, nhưng không phải https", "POST %s is answered, but not over https", path),
			words("chương trình thư chỉ hủy đăng ký một lần bấm qua https: viết site.url: https://…", "mail programs unsubscribe by one click over https only: write site.url: https://…"))
	}
	return ok(words("POST %s được trả lời, không ai bị hủy đăng ký", "POST %s is answered; nobody was unsubscribed", path))
}

// origin is an address without its path, which may have a token.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return strings.SplitN(address, "/unsubscribe/", 2)[0] + "/…"
	}
	return u.Scheme + "://" + u.Host + "/…"
}

// randomHex is 16 random bytes, as long as a contact's key.
func randomHex() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}
