package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/net/idna"

	"bantin/place"
)

const idLength = 80

// NewID makes the id of a bulletin from its key, for people to read: of a file
// its source and path, of an address the host and the story's number or last
// part. The same key gives the same id; two keys may give the same, and the
// second then needs a number behind it.
func NewID(key string) string {
	var id string
	if raw, ok := strings.CutPrefix(key, "url:"); ok {
		id = slug(addressName(raw))
	} else {
		name := strings.TrimPrefix(key, "file:")
		id = slug(strings.TrimSuffix(name, path.Ext(name)))
	}
	if len(id) <= idLength && id != "" {
		return id
	}
	// What is cut off, or has no letter of ours, is told apart by its hash.
	sum := sha256.Sum256([]byte(key))
	tail := hex.EncodeToString(sum[:4])
	return strings.Trim(id[:min(len(id), idLength-len(tail)-1)]+"-"+tail, "-")
}

// addressName is what stands for an address in an id.
func addressName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	host := strings.TrimPrefix(u.Hostname(), "www.")
	query := u.Query()
	if sid := query.Get("sid"); sid != "" {
		return host + " " + sid
	}
	last := path.Base(u.Path)
	name := host + " " + strings.TrimSuffix(last, path.Ext(last))
	for _, pair := range strings.FieldsFunc(u.RawQuery, func(r rune) bool { return r == '&' }) {
		_, value, _ := strings.Cut(pair, "=")
		name += " " + value
	}
	return name
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(text string) string {
	return strings.Trim(notSlug.ReplaceAllString(place.Fold(text), "-"), "-")
}

// FeedID makes the id that the bulletin has in all feeds, for ever: a UUID of
// the key (RFC 9562 5.5, version 5) in a namespace of bantin's own.
func FeedID(key string) string {
	namespace := uuid.NewSHA1(uuid.NameSpaceDNS, []byte("bulletins.bantin"))
	return "urn:uuid:" + uuid.NewSHA1(namespace, []byte(key)).String()
}

// CanonicalURL gives the one form of the addresses that show the same page:
// host in lower case and ASCII, no default port, no user, no fragment, no
// tracking parameters, the others in order. The views of one NukeViet story
// (read, print, save) are one.
func CanonicalURL(raw string) (string, error) {
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
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
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

// tracking reports whether a parameter tells where a reader came from and not
// what is shown.
func tracking(name string) bool {
	switch name = strings.ToLower(name); name {
	case "fbclid", "gclid", "msclkid", "yclid", "zarsrc", "igshid", "mc_cid", "mc_eid", "_ga", "_gl":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}

// canonicalStory makes the print and save pages of a story the story: in
// NukeViet 2.0 by its number, in 4.x by its path.
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

// setURL takes raw for the bulletin's own address.
func (d *draft) setURL(raw string) {
	if raw == "" {
		return
	}
	canonical, err := CanonicalURL(raw)
	if err != nil {
		d.warn("địa chỉ gốc không dùng được: "+quote(raw), "its own address cannot be used: "+quote(raw))
		return
	}
	d.url = canonical
}
