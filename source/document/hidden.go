package document

import (
	"slices"
	"strings"

	"bantin"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Hacked sites, and pages copied from them, have advertising links in their stories
// that search engines see and readers do not. Hidden content is left out, and where
// it has links the bulletin gets a warning.

// isHidden reports whether readers cannot see an element.
func isHidden(n *html.Node) bool {
	color, style := "", ""
	if n.DataAtom == atom.Marquee && isFlatMarquee(n) {
		return true
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "hidden":
			return true
		case a.Key == "style":
			style = a.Val
		case a.Key == "color" && n.DataAtom == atom.Font:
			color = a.Val
		}
	}
	if style == "" && color == "" {
		return false
	}
	s := declarations(style)
	if c := s["color"]; c != "" {
		color = c
	}
	if size, ok := length(s["font-size"]); ok && size >= 0 && size <= tinyPixels && !hasOwnSize(n) {
		return true
	}
	return s.isInvisible() || s.isOffPage() || color != "" && isColorOfBackground(n, colorOf(color))
}

// isFlatMarquee reports whether a <marquee>, which clips its content, is too small to
// be seen.
func isFlatMarquee(n *html.Node) bool {
	s := declarations(Attribute(n, "style"))
	size := css{"width": strings.TrimSpace(Attribute(n, "width")), "height": strings.TrimSpace(Attribute(n, "height"))}
	return s.isTiny("width") || s.isTiny("height") || size.isTiny("width") || size.isTiny("height")
}

// hasOwnSize reports whether an element in n has a font size of its own: mails are
// laid out in cells of size zero with words of another size in them.
func hasOwnSize(n *html.Node) bool {
	return hasWithin(n, maxHiddenDepth, func(e *html.Node) bool {
		style := Attribute(e, "style")
		if !strings.Contains(style, "size") && !strings.Contains(style, "SIZE") {
			return false
		}
		size, ok := length(declarations(style)["font-size"])
		return ok && size > 0
	})
}

// maxHiddenDepth is how deep within an element, or around it, is looked for what decides
// whether it is hidden. Without an end each of nested elements would look at all in it.
const maxHiddenDepth = 40

// hasWithin reports whether one of the elements in n, down to a depth, is such.
func hasWithin(n *html.Node, depth int, is func(*html.Node) bool) bool {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && (is(c) || depth > 1 && hasWithin(c, depth-1, is)) {
			return true
		}
	}
	return false
}

// isColorOfBackground reports whether text has the colour of its background: that of
// the nearest element which has one, or white where none has one, no class can set
// one, and n has a link.
func isColorOfBackground(n *html.Node, color string) bool {
	if color == "" {
		return false
	}
	classes := false
	for e, up := n, 0; e != nil && e.Type == html.ElementNode && up < maxHiddenDepth; e, up = e.Parent, up+1 {
		s := declarations(Attribute(e, "style"))
		for _, behind := range []string{s["background-color"], s["background"], Attribute(e, "bgcolor")} {
			if behind != "" {
				return colorOf(behind) == color
			}
		}
		classes = classes || Attribute(e, "class") != "" || Attribute(e, "background") != "" || s["background-image"] != ""
	}
	return color == "#ffffff" && !classes && hasLink(n)
}

func hasLink(n *html.Node) bool {
	link := func(e *html.Node) bool { return e.DataAtom == atom.A && Attribute(e, "href") != "" }
	return link(n) || hasWithin(n, maxHiddenDepth, link)
}

// warnHiddenLinks warns where links among the nodes are hidden.
func (d *Draft) warnHiddenLinks(nodes []*html.Node) {
	for _, n := range nodes {
		if n.Type != html.ElementNode {
			continue
		}
		if isHidden(n) {
			if hasLink(n) || inLink(n) {
				d.warnHidden()
			}
			continue
		}
		d.warnHiddenLinks(slices.Collect(n.ChildNodes()))
	}
}

// inLink reports whether n is inside of a link that has no visible text.
func inLink(n *html.Node) bool {
	for e := n.Parent; e != nil; e = e.Parent {
		if e.DataAtom == atom.A && strings.TrimSpace(visibleText(e)) == "" && Attribute(e, "href") != "" {
			return true
		}
	}
	return false
}

// warnHidden warns once that something was hidden.
func (d *Draft) warnHidden() {
	w := bantin.NewNote("có nội dung hoặc liên kết bị giấu trong bài; đã bỏ đi, nên xem lại", "hidden words or links were left out; somebody should check it")
	if !slices.Contains(d.Warnings, w) {
		d.Warnings = append(d.Warnings, w)
	}
}
