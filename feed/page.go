package feed

import (
	"strconv"
	"strings"

	"bantin"
)

// Page is an archive page of a feed (RFC 5005 4). There are two kinds, and a
// Page is one of them: numbered ones, 1 the oldest, hold runs of what became
// news; those of a month hold the history that was published in it (in UTC),
// and stand behind the oldest number. The zero Page is none: the subscription
// document. Pages are compared with ==.
type Page struct {
	number int
	month  bantin.Month
}

// Numbered is the page with number n, which is above zero.
func Numbered(n int) Page { return Page{number: n} }

// OfMonth is the page of the history of month m, which is not zero.
func OfMonth(m bantin.Month) Page { return Page{month: m} }

// IsZero reports whether p is no archive page.
func (p Page) IsZero() bool { return p == Page{} }

// Number gives the number of a numbered page.
func (p Page) Number() (n int, ok bool) { return p.number, p.number > 0 }

// Month gives the month of a page of history.
func (p Page) Month() (m bantin.Month, ok bool) { return p.month, !p.month.IsZero() }

// String is how the page is called in addresses: "3", "2015-03".
func (p Page) String() string {
	if n, ok := p.Number(); ok {
		return strconv.Itoa(n)
	}
	return p.month.String()
}

// parsePage takes what String gives, and no other spelling of it.
func parsePage(s string) (Page, bool) {
	var p Page
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		p = Numbered(n)
	} else if m, err := bantin.ParseMonth(s); err == nil {
		p = OfMonth(m)
	}
	return p, !p.IsZero() && p.String() == s
}

// ArchivePath is where an archive page of a feed is served:
// "/feeds/tat-ca/archive/3.atom", "/feeds/tat-ca/archive/2015-03.atom".
func ArchivePath(feedID string, page Page, ext string) string {
	return "/feeds/" + feedID + archiveFolder + page.String() + "." + ext
}

const archiveFolder = "/archive/"

// ParseArchivePath takes an archive page's path apart.
func ParseArchivePath(path string) (feedID string, page Page, f Format, ok bool) {
	path, ok = strings.CutPrefix(path, "/feeds/")
	at := strings.LastIndex(path, archiveFolder)
	if !ok || at < 0 {
		return "", Page{}, Format{}, false
	}
	name, ext, _ := strings.Cut(path[at+len(archiveFolder):], ".")
	page, known := parsePage(name)
	f, ok = formatOf(ext)
	if !known || !ok {
		return "", Page{}, Format{}, false
	}
	return path[:at], page, f, true
}

func formatOf(ext string) (Format, bool) {
	for _, f := range Formats() {
		if f.Ext == ext {
			return f, true
		}
	}
	return Format{}, false
}
