package feed

import (
	"strconv"
	"strings"
)

// A feed's history (RFC 5005 4) is its subscription document and behind it
// archive pages, numbered from the oldest. A page, once there, holds the same
// run of bulletins for ever and names its neighbours by number, so that it
// changes only with what is in it: also the newest page names its next, which
// leads to the subscription document until there is one.

// ArchivePath is where an archive page of a feed is served:
// "/feeds/tat-ca/archive/3.atom".
func ArchivePath(feedID string, page int, ext string) string {
	return "/feeds/" + feedID + archiveFolder + strconv.Itoa(page) + "." + ext
}

const archiveFolder = "/archive/"

// ParseArchivePath takes an archive page's path apart.
func ParseArchivePath(path string) (feedID string, page int, f Format, ok bool) {
	path, ok = strings.CutPrefix(path, "/feeds/")
	at := strings.LastIndex(path, archiveFolder)
	if !ok || at < 0 {
		return "", 0, Format{}, false
	}
	number, ext, _ := strings.Cut(path[at+len(archiveFolder):], ".")
	page, err := strconv.Atoi(number)
	if err != nil || page < 1 || strconv.Itoa(page) != number {
		return "", 0, Format{}, false
	}
	f, ok = formatOf(ext)
	return path[:at], page, f, ok
}

func formatOf(ext string) (Format, bool) {
	for _, f := range Formats() {
		if f.Ext == ext {
			return f, true
		}
	}
	return Format{}, false
}

// link is a link of a document to another one.
type link struct{ rel, href, mediaType string }

// self is where this document is served.
func (c *Channel) self(ext string) string {
	if c.Archive > 0 {
		return c.archive(c.Archive, ext)
	}
	return c.subscription(ext)
}

func (c *Channel) archive(page int, ext string) string {
	return c.Site.Link(ArchivePath(c.Feed.ID, page, ext))
}

// links are those that every format has: to itself, to hubs, into history. An
// archive names no hub: nobody subscribes to it.
func (c *Channel) links(ext, mediaType string) []link {
	links := []link{{"self", c.self(ext), mediaType}}
	if c.Archive == 0 {
		for _, hub := range c.hubs() {
			links = append(links, link{rel: "hub", href: hub})
		}
	} else {
		links = append(links, link{"current", c.subscription(ext), mediaType},
			link{"next-archive", c.archive(c.Archive+1, ext), mediaType})
	}
	if older := c.older(ext); older != "" {
		links = append(links, link{"prev-archive", older, mediaType})
	}
	return links
}

// older is the document before this one, or nothing.
func (c *Channel) older(ext string) string {
	switch {
	case c.Archive > 1:
		return c.archive(c.Archive-1, ext)
	case c.Archive == 0 && c.Archives > 0:
		return c.archive(c.Archives, ext)
	}
	return ""
}

// hubs are the addresses of the hubs as URIs.
func (c *Channel) hubs() []string {
	var list []string
	for _, hub := range c.Hubs {
		if hub = address(hub); hub != "" {
			list = append(list, hub)
		}
	}
	return list
}

// head is what HTTP says of the document.
func (c *Channel) head(f Format) Head {
	h := Head{
		MediaType: f.MediaType, Modified: c.Changed(), Self: c.self(f.Ext),
		AnyOrigin: f.Ext == "json", // what scripts read
	}
	if c.Archive > 0 {
		h.CacheControl = ArchiveCaching
		return h
	}
	h.Hubs = c.hubs()
	return h
}

// fhNamespace is that of fh:archive, which marks a document as an archive.
const fhNamespace = "http://purl.org/syndication/history/1.0"

// flag is an empty element.
type flag struct{}

func (c *Channel) archiveMark() (mark *flag, namespace string) {
	if c.Archive == 0 {
		return nil, ""
	}
	return &flag{}, fhNamespace
}
