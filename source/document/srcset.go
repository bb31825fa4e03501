package document

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Sites give a picture in several sizes, and load it late: then a placeholder stands in
// src, and the address in an attribute of their own, or in a <noscript> behind it.

// standIn is the name of a picture that only holds the place of another.
var standIn = regexp.MustCompile(`(?i)(?:^|/|[_-])(?:blank|spacer|placeholder|loading|lazy|pixel|transparent|1x1|grey|empty)(?:[_-][\w-]*|\d*)\.(?:gif|png|svg|jpe?g|webp)(?:\?|$)`)

// pictureOf is the address of a picture: the largest that is there.
func pictureOf(img *html.Node) string {
	src := strings.TrimSpace(Attribute(img, "src"))
	if isStandIn(src) {
		src = lateAddress(img, src)
	}
	best := bestSource(Attribute(img, "srcset") + "," + Attribute(img, "data-srcset") + "," + Attribute(img, "data-lazy-srcset"))
	if img.Parent != nil && img.Parent.DataAtom == atom.Picture {
		for s := range img.Parent.ChildNodes() {
			if s.DataAtom != atom.Source || !isShownType(Attribute(s, "type")) {
				continue
			}
			if c := bestSource(Attribute(s, "srcset") + "," + Attribute(s, "data-srcset")); c.size > best.size || best.address == "" && isStandIn(src) {
				best = c
			}
		}
	}
	switch {
	case best.address == "" || isStandIn(best.address):
		return src
	case isStandIn(src):
		return best.address
	case best.size == 0 || isBeside(src) && !isBeside(best.address):
		return src // a page that was saved has its pictures beside it
	}
	return best.address
}

// isStandIn reports whether an address shows no picture of its own.
func isStandIn(src string) bool {
	return src == "" || strings.HasPrefix(strings.ToLower(src), "data:") || standIn.MatchString(src)
}

// lateAddress is the address in an attribute of the site's own.
func lateAddress(img *html.Node, src string) string {
	for _, late := range []string{"data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "data-echo", "data-hi-res-src", "data-full-url"} {
		if address := strings.TrimSpace(Attribute(img, late)); address != "" && !strings.HasPrefix(strings.ToLower(address), "data:") {
			return address
		}
	}
	return src
}

// isShownType reports whether a picture of a media type can be kept.
func isShownType(kind string) bool {
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "", "image/jpeg", "image/jpg", "image/png", "image/gif", "image/webp":
		return true
	}
	return false
}

// isBeside reports whether an address is that of a file beside the page.
func isBeside(src string) bool {
	u, err := url.Parse(src)
	return err == nil && u.Scheme == "" && u.Host == "" && !strings.HasPrefix(u.Path, "/")
}

// pictureSource is one of the sizes of a picture.
type pictureSource struct {
	address string
	size    float64 // its width, or how dense it is; 0: not said
}

// bestSource is the largest of a srcset (HTML 4.8.4.3), the first of those that say no
// size.
func bestSource(set string) (best pictureSource) {
	for {
		set = strings.TrimLeft(set, " \t\r\n\f,")
		if set == "" {
			return best
		}
		end := strings.IndexAny(set, " \t\r\n\f")
		if end < 0 {
			end = len(set)
		}
		c := pictureSource{address: set[:end]}
		set = set[end:]
		if bare := strings.TrimRight(c.address, ","); bare != c.address {
			c.address = bare
		} else {
			said, rest, _ := strings.Cut(set, ",")
			c.size, set = sourceSize(said), rest
		}
		if best.address == "" || c.size > best.size {
			best = c
		}
	}
}

// sourceSize reads "1200w" and "2x".
func sourceSize(said string) float64 {
	for field := range strings.FieldsSeq(said) {
		if n, err := strconv.ParseFloat(field[:len(field)-1], 64); err == nil && strings.ContainsRune("wx", rune(field[len(field)-1])) && n > 0 {
			return n
		}
	}
	return 0
}

// liftNoscript shows the pictures that a page has for readers without scripts: in the
// place of the stand-in before them.
func liftNoscript(text string, nodes []*html.Node) {
	if !strings.Contains(text, "noscript") && !strings.Contains(text, "NOSCRIPT") {
		return // most have none
	}
	var found []*html.Node
	for _, top := range nodes {
		for n := range top.Descendants() {
			if n.DataAtom == atom.Noscript && strings.Contains(strings.ToLower(TextOf(n)), "<img") {
				found = append(found, n)
			}
		}
		if top.DataAtom == atom.Noscript {
			found = append(found, top)
		}
	}
	for _, n := range found {
		inside, _, err := parsePiece(TextOf(n))
		if err != nil {
			continue
		}
		for _, top := range inside {
			shown := append(pictures(top), top)
			for _, img := range shown {
				if img.DataAtom == atom.Img && !isDropped(img) {
					fillStandIn(n, img)
				}
			}
		}
	}
}

// fillStandIn gives the stand-in before a noscript the address of its picture.
func fillStandIn(noscript, img *html.Node) {
	for before := noscript.PrevSibling; before != nil; before = before.PrevSibling {
		if before.Type == html.TextNode && strings.TrimSpace(before.Data) == "" {
			continue
		}
		of := append(pictures(before), before)
		for _, p := range of {
			if p.DataAtom == atom.Img && isStandIn(pictureOf(p)) {
				p.Attr = append([]html.Attribute{{Key: "src", Val: pictureOf(img)}}, p.Attr...)
				return
			}
		}
		return
	}
}
