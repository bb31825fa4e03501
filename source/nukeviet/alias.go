package nukeviet

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bantin/fetch"
	"bantin/source/attempt"
)

// aliasSite is NukeViet 3.x or 4.x, whose stories have a page cat/alias-ID.
//
//	3.x  index.php/news/Cat/Alias-ID/
//	4.x  [vi/]news/cat/alias-ID.html
//	     index.php?language=vi&nv=news&op=cat/alias-ID.html
type aliasSite struct {
	web      *fetch.Client
	attempts *attempt.Log
	loc      *time.Location
	base     *url.URL // as configured
	isThree  bool     // NukeViet 3.x
	root     string   // path up to the module: "/", "/vi/", "/index.php/"
	queries  bool     // addresses are index.php?nv=…
	language string
	module   string
	category string // alias; "" for all
	way      int    // the first of its ways that the site allows
	exceptions
}

const defaultModule = "news"

var (
	aliasPath   = regexp.MustCompile(`^([^/]+)/([^/]+)-(\d{1,18})(?:\.html|/)?$`)
	languageTag = regexp.MustCompile(`^[a-z]{2}$`)
)

// newAliasSite takes the configured address apart.
func newAliasSite(s *Site, three, queries bool) *aliasSite {
	a := &aliasSite{web: s.options.Web, attempts: s.options.Attempts, loc: s.options.Location, base: s.base, isThree: three, queries: queries, language: "vi", module: defaultModule, root: "/"}
	q := s.base.Query()
	if queries {
		a.root = s.base.Path[:strings.LastIndexByte("/"+s.base.Path, '/')]
		a.root = "/" + strings.Trim(a.root, "/")
		a.language, a.module = cmp.Or(q.Get("language"), a.language), cmp.Or(q.Get("nv"), a.module)
		a.category, _, _ = strings.Cut(q.Get("op"), "/")
		return a
	}
	parts := strings.FieldsFunc(s.base.Path, func(r rune) bool { return r == '/' })
	var root []string
	for i, part := range parts {
		switch {
		case part == "index.php":
			if three {
				root = append(root, part)
			}
		case languageTag.MatchString(part):
			a.language = part
			root = append(root, part)
		case part == a.module || i == len(parts)-1 && part != "" && len(parts) == 1:
			a.module = part
			if i+1 < len(parts) {
				a.category = parts[i+1]
			}
			a.root = slashed(root)
			return a
		default:
			root = append(root, part)
		}
	}
	if three && (len(root) == 0 || root[len(root)-1] != "index.php") {
		root = append(root, "index.php")
	}
	a.root = slashed(root)
	return a
}

func slashed(parts []string) string {
	if len(parts) == 0 {
		return "/"
	}
	return "/" + strings.Join(parts, "/") + "/"
}

// address makes the address of something of the module, such as rss/.
func (a *aliasSite) address(op string) string {
	u := *a.base
	u.RawQuery, u.Fragment, u.RawPath = "", "", ""
	if a.queries {
		u.Path = strings.TrimSuffix(a.root, "/") + "/index.php"
		u.RawQuery = "language=" + url.QueryEscape(a.language) + "&nv=" + url.QueryEscape(a.module)
		if op != "" {
			u.RawQuery += "&op=" + strings.TrimSuffix(op, "/")
		}
		return u.String()
	}
	u.Path = a.root + a.module + "/" + op
	return u.String()
}

// link reads the address of a story of the module, and of the category.
func (a *aliasSite) link(href string) (id, address string, ok bool) {
	u, err := a.base.Parse(strings.TrimSpace(href))
	if err != nil || !isSameHost(u, a.base) {
		return "", "", false
	}
	op, ok := a.op(u)
	if !ok {
		return "", "", false
	}
	m := aliasPath.FindStringSubmatch(op)
	if m == nil || m[2] == "page" || a.category != "" && m[1] != a.category || isOtherPage(m[1]) {
		return "", "", false
	}
	u.Fragment = ""
	return m[3], u.String(), true
}

// isOtherPage reports whether a part of an address names a page of the module that
// is no category.
func isOtherPage(name string) bool {
	switch strings.ToLower(name) {
	case "print", "savefile", "sendmail", "rss", "tag", "topic", "groups", "author", "search", "content", "instant-rss":
		return true
	}
	return false
}

// op is what an address says behind the module.
func (a *aliasSite) op(u *url.URL) (string, bool) {
	if q := u.Query(); q.Get("nv") == a.module {
		return q.Get("op"), true
	}
	_, op, ok := strings.Cut(u.Path, "/"+a.module+"/")
	return op, ok
}

func (a *aliasSite) row(id, address string) row { return row{id: id, address: address} }
