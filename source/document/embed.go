package document

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// A film, a sound, a frame and a document within the page cannot be shown in mails and
// feeds. They leave a link.

// isEmbedded reports whether an element shows something of another address.
func isEmbedded(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Iframe, atom.Frame, atom.Video, atom.Audio, atom.Object, atom.Embed, atom.Applet:
		return n.Type == html.ElementNode
	}
	return false
}

// embedded gives the address and the words of what an element shows; no address where
// there is none for readers.
func (t *target) embedded(n *html.Node) (href, words string) {
	raw := embeddedAddress(n)
	if raw == "" || isBeacon(n) || isHidden(n) {
		return "", ""
	}
	if href = t.link(raw); href == "" || isWidget(href) {
		return "", ""
	}
	words = charset.OneLine(Attribute(n, "title"))
	if words == "" || strings.EqualFold(words, "YouTube video player") {
		words = addressWords(href)
	}
	return href, words
}

func embeddedAddress(n *html.Node) string {
	for _, name := range []string{"src", "data", "data-src", "data-lazy-src"} {
		if raw := strings.TrimSpace(Attribute(n, name)); raw != "" && raw != "about:blank" && !strings.HasPrefix(strings.ToLower(raw), "data:") {
			return raw
		}
	}
	for c := range n.Descendants() {
		switch c.DataAtom {
		case atom.Source, atom.Embed, atom.Iframe:
			if raw := strings.TrimSpace(Attribute(c, "src")); raw != "" {
				return raw
			}
		case atom.Param:
			switch strings.ToLower(Attribute(c, "name")) {
			case "movie", "src", "url", "filename":
				if raw := strings.TrimSpace(Attribute(c, "value")); raw != "" {
					return raw
				}
			}
		}
	}
	return ""
}

// isWidget reports whether an address counts readers, or shows buttons and advertising.
func isWidget(href string) bool {
	u, err := url.Parse(href)
	if err != nil {
		return true
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	for _, of := range []string{"googletagmanager.com", "doubleclick.net", "googlesyndication.com", "sp.zalo.me", "addthis.com", "google.com/recaptcha"} {
		site, page, _ := strings.Cut(of, "/")
		if (host == site || strings.HasSuffix(host, "."+site)) && strings.HasPrefix(u.Path, strings.TrimSuffix("/"+page, "/")) {
			return true
		}
	}
	button := strings.HasPrefix(u.Path, "/plugins/") && !strings.HasPrefix(u.Path, "/plugins/video") && !strings.HasPrefix(u.Path, "/plugins/post")
	return host == "facebook.com" && button
}

// addressWords is what stands for an address that has no words of its own: the name of
// its file, or its site.
func addressWords(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return href
	}
	if name := path.Base(u.Path); path.Ext(name) != "" {
		return charset.OneLine(strings.ToValidUTF8(name, "\ufffd"))
	}
	return strings.TrimPrefix(u.Hostname(), "www.") + strings.TrimSuffix(u.Path, "/")
}

// embed writes a paragraph with the link to what an element shows.
func (w *writer) embed(n *html.Node) {
	if n.DataAtom == atom.Object && strings.HasPrefix(strings.ToLower(Attribute(n, "type")), "image/") {
		if isShownType(Attribute(n, "type")) {
			image := w.image(Attribute(n, "data"))
			if image.Src != "" {
				w.blocks = append(w.blocks, block{tag: "figure", image: image})
			}
		}
		return
	}
	href, words := w.embedded(n)
	if href == "" {
		return
	}
	w.add("p", span{html: `<a href="` + html.EscapeString(href) + `">` + escape(words) + "</a>", text: words, rich: true})
}
