package document

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/idna"

	"bantin"
)

// CanonicalURL gives the canonical form of an address, which is one for all
// addresses of the same page: host in lower case and ASCII, no default port, user,
// tracking parameters or fragment, and the other parameters sorted. A fragment that is
// a route (#/ or #!, by which a page of scripts chooses what it shows) stays. The views
// of a NukeViet story (read, print, save) have the same address.
func CanonicalURL(raw string) (string, error) {
	if len(raw) > maxAddress {
		return "", fmt.Errorf("parse address %q: longer than %d bytes", bantin.Shorten(raw[:maxAddress], 80), maxAddress)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return "", fmt.Errorf("parse address %q: %w", raw, err)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", fmt.Errorf("parse address %q: not an http or https address", raw)
	}
	if u.Host, err = canonicalHost(u); err != nil {
		return "", fmt.Errorf("parse address %q: %w", raw, err)
	}
	u.User = nil
	if !isRoute(u.Fragment) {
		u.Fragment, u.RawFragment = "", ""
	}
	u.Path = cmp.Or(u.Path, "/")
	query := u.Query()
	for name := range query {
		if tracking(name) {
			query.Del(name)
		}
	}
	canonicalStory(u, query)
	u.RawQuery, u.ForceQuery = query.Encode(), false
	return u.String(), nil
}

// isRoute reports whether a fragment says what is shown, and not where on the page.
func isRoute(fragment string) bool {
	return len(fragment) > 1 && (fragment[0] == '/' || fragment[0] == '!')
}

func canonicalHost(u *url.URL) (string, error) {
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	if host == "" {
		return "", errors.New("it names no host")
	}
	if strings.Contains(host, ":") { // IPv6
		host = "[" + host + "]"
	} else if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	} else if !isASCII(host) {
		return "", fmt.Errorf("host %q: %w", host, err)
	}
	port := u.Port()
	if port == "" || port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		return host, nil
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port), nil
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}

// tracking reports whether a parameter says where a reader came from and not what
// is shown.
func tracking(name string) bool {
	switch name = strings.ToLower(name); name {
	case "fbclid", "gclid", "msclkid", "yclid", "zarsrc", "igshid", "mc_cid", "mc_eid", "_ga", "_gl":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}

// canonicalStory turns the address of a print or save page into that of the story:
// in NukeViet 2.0 by its number, in 4.x by its path.
func canonicalStory(u *url.URL, query url.Values) {
	if path.Base(u.Path) == "modules.php" && strings.EqualFold(query.Get("name"), "News") && query.Get("sid") != "" {
		sid := query.Get("sid")
		clear(query)
		query.Set("name", "News")
		query.Set("op", "viewst")
		query.Set("sid", sid)
		return
	}
	for _, view := range []string{"/news/print/", "/news/savefile/"} {
		if before, after, ok := strings.Cut(u.Path, view); ok {
			u.Path, u.RawPath = before+"/news/"+after, ""
		}
	}
}

// SetURL sets the address of the bulletin to the canonical form of raw, or warns.
func (d *Draft) SetURL(raw string) {
	if raw == "" {
		return
	}
	canonical, err := CanonicalURL(raw)
	if err != nil {
		d.Warn("địa chỉ gốc không dùng được: "+Quote(raw), "its address is invalid: "+Quote(raw))
		return
	}
	d.URL = canonical
}

// Absolute resolves an address against that of the bulletin, or the base that its page
// says. It is "" where that is impossible, and for schemes that do more than show a page
// or write a mail.
func (d *Draft) Absolute(raw string) string { return absolute(d.baseURL(), raw) }

// baseURL is what addresses of the document are resolved against.
func (d *Draft) baseURL() string { return cmp.Or(d.base, d.URL) }

// setBase takes the <base href> of a page.
func (d *Draft) setBase(raw string) {
	if d.base == "" {
		d.base = absolute(d.URL, raw)
	}
}

func absolute(own, raw string) string {
	if raw == "" || len(raw) > maxAddress {
		return ""
	}
	u, err := parseAddress(raw)
	if err != nil {
		return ""
	}
	base, err := url.Parse(own)
	switch {
	case err == nil && own != "" && !strings.HasPrefix(raw, "#"):
		u = base.ResolveReference(u)
	case u.Scheme == "" && u.Host != "":
		u.Scheme = "https"
	case u.Scheme == "" && strings.HasPrefix(strings.ToLower(u.Path), "www."):
		return absolute("", "http://"+strings.TrimSpace(raw))
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto":
	default:
		return ""
	}
	if address := u.String(); len(address) <= 3*maxAddress { // each byte may have been escaped
		return address
	}
	return ""
}

// parseAddress parses an address as people write it, which browsers open: with blanks and
// letters of Vietnamese, with line ends, with a % that escapes nothing.
func parseAddress(raw string) (*url.URL, error) {
	raw = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(raw))
	u, err := url.Parse(raw)
	if err != nil {
		if u, err = url.Parse(escapePercents(raw)); err != nil {
			return nil, err
		}
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, nil
}

// escapePercents escapes each % that escapes nothing.
func escapePercents(raw string) string {
	var out strings.Builder
	for i := range len(raw) {
		out.WriteByte(raw[i])
		if raw[i] != '%' {
			continue
		}
		if i+2 >= len(raw) || !isHex(raw[i+1]) || !isHex(raw[i+2]) {
			out.WriteString("25")
		}
	}
	return out.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// escapeQuery escapes what a query may not have as it is.
func escapeQuery(query string) string {
	if strings.IndexFunc(query, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"<>`, r) }) < 0 {
		return query
	}
	var out strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}
