package document

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Sites that were broken into, and pages copied from them, have advertising
// links in their stories that readers do not see and search engines do. What is
// hidden is left out, and where there were links in it the bulletin says so.

// hidden tells what readers do not see.
func hidden(n *html.Node) bool {
	color, style := "", ""
	if n.DataAtom == atom.Marquee && flat(n) {
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
	if size, ok := length(s["font-size"]); ok && size >= 0 && size <= tiny && !sized(n) {
		return true
	}
	return s.invisible() || s.elsewhere() || color != "" && sameAsBehind(n, colorOf(color))
}

// flat reports whether a <marquee> is too small to be seen: it cuts off by itself.
func flat(n *html.Node) bool {
	s := declarations(Attribute(n, "style"))
	size := css{"width": strings.TrimSpace(Attribute(n, "width")), "height": strings.TrimSpace(Attribute(n, "height"))}
	return s.small("width") || s.small("height") || size.small("width") || size.small("height")
}

// sized reports whether something in n has a size of letters of its own: mails
// are laid out in cells of size zero with words of another size in them.
func sized(n *html.Node) bool {
	for e := range n.Descendants() {
		if size, ok := length(declarations(Attribute(e, "style"))["font-size"]); ok && size > 0 {
			return true
		}
	}
	return false
}

// sameAsBehind reports whether text of a colour stands on the same colour: of
// the nearest element that has one; on white, where none does and no class could
// bring one, and there is a link in it.
func sameAsBehind(n *html.Node, color string) bool {
	if color == "" {
		return false
	}
	classes := false
	for e := n; e != nil && e.Type == html.ElementNode; e = e.Parent {
		s := declarations(Attribute(e, "style"))
		for _, behind := range []string{s["background-color"], s["background"], Attribute(e, "bgcolor")} {
			if behind != "" {
				return alike(colorOf(behind), color)
			}
		}
		classes = classes || Attribute(e, "class") != "" || Attribute(e, "background") != "" || s["background-image"] != ""
	}
	return alike(color, "#ffffff") && !classes && hasLink(n)
}

func hasLink(n *html.Node) bool {
	link := func(e *html.Node) bool { return e.DataAtom == atom.A && Attribute(e, "href") != "" }
	if link(n) {
		return true
	}
	for e := range n.Descendants() {
		if link(e) {
			return true
		}
	}
	return false
}

// warnHiddenLinks warns where links among the nodes are hidden.
func (d *Draft) warnHiddenLinks(nodes []*html.Node) {
	for _, n := range nodes {
		if n.Type != html.ElementNode {
			continue
		}
		if hidden(n) {
			if hasLink(n) || inLink(n) {
				d.warnHidden()
			}
			continue
		}
		d.warnHiddenLinks(slices.Collect(n.ChildNodes()))
	}
}

// inLink reports whether a link leads from n though n itself has none in it.
func inLink(n *html.Node) bool {
	for e := n.Parent; e != nil; e = e.Parent {
		if e.DataAtom == atom.A && strings.TrimSpace(visible(e)) == "" && Attribute(e, "href") != "" {
			return true
		}
	}
	return false
}

// warnHidden says that something was hidden, once.
func (d *Draft) warnHidden() {
	w := d.options.Language.Say("có nội dung hoặc liên kết bị giấu trong bài; đã bỏ đi, nên xem lại", "words or links were hidden in it; they are left out, and somebody should look at it")
	if !slices.Contains(d.Warnings, w) {
		d.Warnings = append(d.Warnings, w)
	}
}
