package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"

	"bantin/source/document"
	"bantin/source/extract"
)

// An entry is called by its guid, else by its link, else by its title and day. Some
// feeds give one name to several entries, or one link. Such a name or link tells
// nothing: these entries are told apart by their titles, and by their texts where
// their titles are the same.

// maxEntryName is how many bytes of a name are kept; a longer one is known by its hash.
const maxEntryName = 2048

// namedEntry is an entry of a feed with what tells it from the others.
type namedEntry struct {
	*gofeed.Item
	link    string // absolute
	name    string // what the feed calls it
	id      string // of its item: the name, with a mark behind it where several have that name
	version string
	digest  string // of what it says, whatever it is called
}

// name names the entries. What says exactly the same twice is one entry. An item that
// was once told apart stays so, though it may be the only one of its name by now.
func (f *webFeed) name(items []*gofeed.Item, seen map[string]string) []namedEntry {
	entries := make([]namedEntry, 0, len(items))
	named, met := map[string][]int{}, map[string]bool{}
	for _, item := range items {
		e := namedEntry{Item: item, link: f.link(item)}
		e.name = cmp.Or(strings.TrimSpace(item.GUID), e.link, item.Title+" "+item.Published)
		if strings.TrimSpace(e.name) == "" {
			e.name = nameless(item)
		}
		if len(e.name) > maxEntryName {
			e.name = e.name[:strings.LastIndexAny(e.name[:100], " ")+1] + "~" + sum(e.name)[:32]
		}
		e.id = e.name
		e.digest = sum(item.Title, item.Description, item.Content, item.Published, e.link)
		e.version = sum(e.name, item.Title, item.Description, item.Content, item.Published, e.link)[:32]
		if met[e.version] {
			continue
		}
		met[e.version] = true
		named[e.name] = append(named[e.name], len(entries))
		entries = append(entries, e)
	}
	ambiguous := ambiguousNames(seen)
	for name, group := range named {
		group = dropVersions(entries, group)
		if len(group) > 1 || ambiguous[name] {
			tellApart(entries, group)
		}
	}
	return slices.DeleteFunc(entries, func(e namedEntry) bool { return e.id == "" })
}

// nameless names an entry that has neither guid, link, title nor time: by its text, else
// by all that it has, since it is told too that such an entry says nothing.
func nameless(item *gofeed.Item) string {
	if item.Description+item.Content != "" {
		return "text " + sum(item.Description, item.Content)[:16]
	}
	all, err := json.Marshal(item)
	if err != nil {
		return "entry"
	}
	return "entry " + sum(string(all))[:16]
}

// dropVersions drops, of the entries of one name, those that are an earlier version of
// another (RFC 4287 4.1.1): of one link and title, updated before that, and of much the
// same words.
func dropVersions(entries []namedEntry, group []int) (rest []int) {
	latest := map[string]int{}
	for _, i := range group {
		e := &entries[i]
		if e.link == "" || e.UpdatedParsed == nil {
			rest = append(rest, i)
			continue
		}
		key := e.link + "\x00" + e.Title
		j, met := latest[key]
		switch {
		case met && extract.Similar(e.Description+e.Content, entries[j].Description+entries[j].Content) < 1.0/3:
			rest = append(rest, i)
		case !met || e.UpdatedParsed.After(*entries[j].UpdatedParsed):
			latest[key] = i
			if met {
				entries[j].id = ""
			}
		case e.UpdatedParsed.Before(*entries[j].UpdatedParsed):
			e.id = ""
		default:
			rest = append(rest, i)
		}
	}
	return append(rest, slices.Collect(maps.Values(latest))...)
}

func sum(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// tellApart gives ids to the entries of one name: by their titles, and by their texts
// too where two have one title.
func tellApart(entries []namedEntry, group []int) {
	titles := map[string]int{}
	for _, i := range group {
		titles[entries[i].Title]++
	}
	for _, i := range group {
		e := &entries[i]
		mark := sum(e.Title)
		if titles[e.Title] > 1 {
			mark = sum(e.Title, e.Description, e.Content)
		}
		e.id = e.name + " ~" + mark[:12]
	}
}

// markedID is the id of an item that was told apart.
var markedID = regexp.MustCompile(`(?s)^(.+) ~[0-9a-f]{12}$`)

// ambiguousNames are the names that more than one entry had in an earlier read.
func ambiguousNames(seen map[string]string) map[string]bool {
	names := map[string]bool{}
	for id := range seen {
		if m := markedID.FindStringSubmatch(id); m != nil {
			names[m[1]] = true
		}
	}
	return names
}

// identify gives an item its key: its address, where that is on the feed's own site
// and no other entry has it, else its id.
func (f *webFeed) identify(item *Item, entry *namedEntry, d *document.Draft) {
	page, fragment, _ := strings.Cut(d.URL, "#")
	if fragment == "" {
		fragment = anchorOf(entry.link)
	}
	own := IsSameSite(d.URL, f.base.String()) || IsSameSite(d.URL, f.spec.URL)
	isKey := d.URL != "" && own && !f.shared[d.URL] && entry.id == entry.name && anchorOf(entry.link) == ""
	before := "file:" + f.spec.ID + "/" + entry.name
	if page != "" && !f.shared[d.URL] {
		before = "url:" + page
	}
	if isKey {
		item.Key = "url:" + d.URL
	}
	if before != item.Key {
		item.Before = before
	}
	if d.URL == page && fragment != "" {
		d.URL += "#" + fragment // its place on a page with others
	}
}

// anchorOf is the fragment by which an address names a place on its page. Fragments
// that count readers, or lead to the comments, are none.
func anchorOf(link string) string {
	u, err := url.Parse(link)
	if err != nil || strings.HasPrefix(u.Fragment, "/") || strings.HasPrefix(u.Fragment, "!") {
		return ""
	}
	switch fragment := strings.ToLower(u.Fragment); {
	case fragment == "comments", fragment == "respond", fragment == "top", fragment == "content", strings.ContainsAny(fragment, "=~:"):
		return ""
	}
	return u.EscapedFragment()
}

// sharedLinks finds the addresses that tell nothing: of more than one entry, of the
// site itself, of a front page.
func (f *webFeed) sharedLinks(entries []namedEntry, site string) map[string]bool {
	met, shared := map[string]bool{}, map[string]bool{}
	if front, err := document.CanonicalURL(site); err == nil {
		shared[front] = true
	}
	for _, entry := range entries {
		address, err := document.CanonicalURL(entry.link)
		if err != nil {
			continue
		}
		shared[address] = shared[address] || met[address] || isFrontPage(address)
		met[address] = true
	}
	return shared
}

func isFrontPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.RawQuery == "" && u.Fragment == "" && (u.Path == "" || u.Path == "/")
}
