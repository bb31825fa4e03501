package source

import (
	"regexp"
	"slices"
	"strconv"
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
	if size, ok := length(s["font-size"]); ok && size == 0 && !sized(n) {
		return true
	}
	return s.invisible() || s.elsewhere() || color != "" && sameAsBehind(n, colorOf(color))
}

// css is the declarations of a style attribute, names and values in lower case.
type css map[string]string

func declarations(style string) css {
	s := css{}
	for part := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(part, ":")
		value, _, _ = strings.Cut(value, "!")
		s[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), " ")
	}
	return s
}

// invisible tells what takes no room, or shows nothing in it.
func (s css) invisible() bool {
	zero := func(name string) bool { v, ok := length(s[name]); return ok && v == 0 }
	return s["display"] == "none" || s["visibility"] == "hidden" || s["mso-hide"] == "all" || zero("opacity") ||
		s["overflow"] == "hidden" && (zero("height") || zero("width") || zero("max-height"))
}

// sized reports whether something in n has a size of letters of its own: mails
// are laid out in cells of size zero with words of another size in them.
func sized(n *html.Node) bool {
	for e := range n.Descendants() {
		if size, ok := length(declarations(attr(e, "style"))["font-size"]); ok && size > 0 {
			return true
		}
	}
	return false
}

// far is beyond the edge of any page, in pixels. Word indents by -18 points, and
// sites shift things by a few pixels: that hides nothing.
const far = -400

// elsewhere tells what stands off the page.
func (s css) elsewhere() bool {
	names := []string{"text-indent", "margin-left", "margin-top"}
	if p := s["position"]; p == "absolute" || p == "fixed" || p == "relative" {
		names = append(names, "left", "top", "right", "bottom")
	}
	for _, name := range names {
		if v, ok := length(s[name]); ok && v <= far {
			return true
		}
	}
	return strings.Contains(s["clip"], "rect(0") && s["position"] == "absolute"
}

var measure = regexp.MustCompile(`^([+-]?(?:\d+\.?\d*|\.\d+))\s*([a-z%]*)$`)

// length reads a length in pixels, about; nothing that depends on the page is
// one, but zero is zero everywhere.
func length(value string) (px float64, ok bool) {
	m := measure.FindStringSubmatch(value)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	per, known := map[string]float64{"": 1, "px": 1, "pt": 4. / 3, "em": 16, "rem": 16, "in": 96, "cm": 38, "mm": 3.8, "%": 10, "vw": 10, "vh": 10}[m[2]]
	return n * per, err == nil && (known || n == 0)
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
		s := declarations(attr(e, "style"))
		for _, behind := range []string{s["background-color"], s["background"], attr(e, "bgcolor")} {
			if behind != "" {
				return colorOf(behind) == color
			}
		}
		classes = classes || attr(e, "class") != "" || attr(e, "background") != "" || s["background-image"] != ""
	}
	return color == "#ffffff" && !classes && hasLink(n)
}

var rgb = regexp.MustCompile(`^rgba?\((\d+)[ ,]+(\d+)[ ,]+(\d+)\)$`)

// colorOf writes a colour as #rrggbb; "" where it is none that we know.
func colorOf(value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if named := map[string]string{"white": "#ffffff", "black": "#000000", "transparent": ""}[value]; named != "" {
		return named
	}
	if m := rgb.FindStringSubmatch(value); m != nil {
		out := "#"
		for _, part := range m[1:] {
			n, err := strconv.ParseUint(part, 10, 8)
			if err != nil {
				return ""
			}
			out += strconv.FormatUint(n>>4, 16) + strconv.FormatUint(n&15, 16)
		}
		return out
	}
	if len(value) == 4 && value[0] == '#' {
		return "#" + strings.Repeat(value[1:2], 2) + strings.Repeat(value[2:3], 2) + strings.Repeat(value[3:4], 2)
	}
	if len(value) == 7 && value[0] == '#' {
		return value
	}
	return ""
}

func hasLink(n *html.Node) bool {
	link := func(e *html.Node) bool { return e.DataAtom == atom.A && attr(e, "href") != "" }
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

// noteHidden flags the bulletin where links in it are hidden.
func (d *draft) noteHidden(nodes []*html.Node) {
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
		d.noteHidden(slices.Collect(n.ChildNodes()))
	}
}

// inLink reports whether a link leads from n though n itself has none in it.
func inLink(n *html.Node) bool {
	for e := n.Parent; e != nil; e = e.Parent {
		if e.DataAtom == atom.A && strings.TrimSpace(visible(e)) == "" && attr(e, "href") != "" {
			return true
		}
	}
	return false
}

// warnHidden says that something was hidden, once.
func (d *draft) warnHidden() {
	w := d.spec.Language.Say("có nội dung hoặc liên kết bị giấu trong bài; đã bỏ đi, nên xem lại", "words or links were hidden in it; they are left out, and somebody should look at it")
	if !slices.Contains(d.warnings, w) {
		d.warnings = append(d.warnings, w)
	}
}
