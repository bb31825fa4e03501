package feed

// A feed's history (RFC 5005 4) is its subscription document, behind it archive
// pages numbered from the oldest, and behind these the pages of months, which
// hold what was never news. A numbered page, once there, holds the same run of
// bulletins for ever and names its neighbours by number, so that it changes
// only with what is in it: also the newest page names its next, which leads to
// the subscription document until there is one.

// link is a link of a document to another one.
type link struct{ rel, href, mediaType string }

// self is where this document is served.
func (c *Channel) self(ext string) string {
	if c.Archive.IsZero() {
		return c.subscription(ext)
	}
	return c.archive(c.Archive, ext)
}

func (c *Channel) archive(page Page, ext string) string {
	return c.Site.Link(ArchivePath(c.Feed.ID, page, ext))
}

// links are those that every format has: to itself, to hubs, into history. An
// archive names no hub: nobody subscribes to it.
func (c *Channel) links(ext, mediaType string) []link {
	links := []link{{"self", c.self(ext), mediaType}}
	if c.Archive.IsZero() {
		for _, hub := range c.hubs() {
			links = append(links, link{rel: "hub", href: hub})
		}
	} else {
		links = append(links, link{"current", c.subscription(ext), mediaType},
			link{"next-archive", c.archive(c.Newer, ext), mediaType})
	}
	if older := c.older(ext); older != "" {
		links = append(links, link{"prev-archive", older, mediaType})
	}
	return links
}

// older is the document before this one, or nothing.
func (c *Channel) older(ext string) string {
	if c.Older.IsZero() {
		return ""
	}
	return c.archive(c.Older, ext)
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
	if !c.Archive.IsZero() {
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
	if c.Archive.IsZero() {
		return nil, ""
	}
	return &flag{}, fhNamespace
}
