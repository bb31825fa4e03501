package document

import (
	"regexp"
	"strconv"
	"strings"
)

// css are the declarations of a style attribute, names and values in lower case.
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

// tinyPixels is the size of letters, or of a box that clips, at which nobody can read
// them.
const tinyPixels = 2

// isInvisible reports whether an element takes no room, or shows nothing in it.
func (s css) isInvisible() bool {
	clipped := false
	switch s["overflow"] {
	case "hidden", "auto", "scroll", "clip":
		clipped = s.isTiny("height") || s.isTiny("width") || s.isTiny("max-height") || s.isTiny("max-width")
	}
	return clipped || s["display"] == "none" || s["visibility"] == "hidden" || s["mso-hide"] == "all"
}

func (s css) isTiny(name string) bool {
	v, ok := length(s[name])
	return ok && v >= 0 && v <= tinyPixels
}

// offPagePixels is a shift beyond the edge of any page. Word indents by -18 points,
// and sites shift elements by a few pixels: that hides nothing.
const offPagePixels = -400

// isOffPage reports whether an element is moved off the page.
func (s css) isOffPage() bool {
	names := []string{"text-indent", "margin-left", "margin-top"}
	if p := s["position"]; p == "absolute" || p == "fixed" || p == "relative" {
		names = append(names, "left", "top", "right", "bottom")
	}
	for _, name := range names {
		if v, ok := length(s[name]); ok && v <= offPagePixels {
			return true
		}
	}
	return strings.Contains(s["clip"], "rect(0") && s["position"] == "absolute"
}

var measure = regexp.MustCompile(`^([+-]?(?:\d+\.?\d*|\.\d+))\s*([a-z%]*)$`)

// length gives an approximate length in pixels. It is not ok for a length that
// depends on the page, unless that is zero.
func length(value string) (px float64, ok bool) {
	m := measure.FindStringSubmatch(value)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	per, known := map[string]float64{"": 1, "px": 1, "pt": 4. / 3, "em": 16, "rem": 16, "in": 96, "cm": 38, "mm": 3.8, "%": 10, "vw": 10, "vh": 10}[m[2]]
	return n * per, err == nil && (known || n == 0)
}

var rgb = regexp.MustCompile(`^rgba?\((\d+)[ ,]+(\d+)[ ,]+(\d+)\)$`)

// colorOf writes a colour as #rrggbb; "" for an unknown one.
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
