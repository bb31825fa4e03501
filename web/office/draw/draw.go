// Package draw makes pictures of figures for the template "plot": bars and curves over
// time, bars by name. A [Plot] holds the positions, as SVG takes them: curves are in a nested
// SVG of 100 by 100 that is stretched; bars and labels stand outside of it, in percent of the
// width and in pixels of the height, so that labels keep their size on a telephone. Colours
// are classes of the style sheet; the words come from the caller.
package draw

import (
	"fmt"
	"strconv"
	"strings"
)

// Plot is a picture with the table behind it.
type Plot struct {
	ID          string // begins the ids of its parts
	Heading     string // the finding
	Name, Desc  string // for those who do not see it
	Top         string // what the upper edge stands for
	Area, Line  string // paths; "" for none
	Returned    string // path of a second curve; "" for none
	Bars        []Bar
	Labels      []Label
	Height      int    // of the picture in pixels
	Keys        []Key  // what bars stand for, where there are several
	Last        string // the value at the end of the line
	LastY       int
	From, Until string // times at the edges
	Columns     []string
	Rows        [][]string // the first cell names the row
	IsFolded    bool       // the table is shown when it is asked for
	Summary     string     // of the folded table
	CSV         string     // where the table is, as a file; "" for nowhere
	CSVText     string
}

// Bar is a bar, Label a text with a value at the other edge, Key what a class stands for.
type (
	Bar struct {
		Class     string
		X, Width  string
		Y, Height int
	}
	Label struct {
		Text, Value string
		Y           int
	}
	Key struct{ Class, Text string }
)

// Height of a plot over time, and where its upper and its lower edge are, in pixels.
const (
	Height = 240
	top    = 28
	bottom = 204
)

// Series is figures that are drawn alike; below zero are those that are not known.
type Series struct {
	Class  string
	Values []int64
}

// Over draws series over time as bars, upon each other or side by side. It gives what the
// upper edge stands for.
func (p *Plot) Over(isStacked bool, list ...Series) (edge int64) {
	most, n := int64(0), 0
	for _, s := range list {
		n = max(n, len(s.Values))
	}
	for i := range n {
		sum := int64(0)
		for _, s := range list {
			sum += s.Values[i]
			most = max(most, s.Values[i])
		}
		if isStacked {
			most = max(most, sum)
		}
	}
	edge = RoundUp(most)
	slot := 100 / float64(max(1, n))
	width := slot * 0.8
	if !isStacked {
		width /= float64(max(1, len(list)))
	}
	for i := range n {
		foot := bottom
		for k, s := range list {
			height := pixels(s.Values[i], edge)
			if height == 0 {
				continue
			}
			x := float64(i)*slot + slot*0.1
			if !isStacked {
				x, foot = x+float64(k)*width, bottom
			}
			p.Bars = append(p.Bars, Bar{Class: s.Class, X: fmt.Sprintf("%.2f", x), Width: fmt.Sprintf("%.2f", width), Y: foot - height, Height: height})
			foot -= height
		}
	}
	return edge
}

// Curve draws figures as a line over an area, from where they are known, with the last one
// at its end. It gives what the upper edge stands for.
func (p *Plot) Curve(values []int64, text func(int64) string) (edge int64) {
	most := int64(0)
	for _, n := range values {
		most = max(most, n)
	}
	edge = RoundUp(most)
	var b strings.Builder
	first, last, end := "", "", int64(0)
	for i, n := range values {
		if n < 0 {
			continue
		}
		last, end = fmt.Sprintf("%.2f", float64(i)*100/float64(max(1, len(values)-1))), n
		if first == "" {
			first = last
		}
		fmt.Fprintf(&b, "%c%s %.2f", "ML"[min(b.Len(), 1)], last, 100-float64(n)*100/float64(edge))
	}
	if first == "" {
		return edge
	}
	p.Line = b.String()
	if first == last { // one point is no line
		p.Line += map[bool]string{true: "h4", false: "h-4"}[first == "0.00"]
	}
	p.Area = p.Line + "V100H" + first + "Z"
	p.Last = text(end)
	near := max(end, values[max(0, len(values)-2)]) // the line comes down from there
	p.LastY = max(top+16, bottom-pixels(near, edge)-8)
	return edge
}

// The height of a named bar with its label, and of the bar alone, in pixels.
const (
	namedHeight = 36
	namedBar    = 8
)

// ByName draws bars below each other, each with its label above it.
func (p *Plot) ByName(class string, labels []Label, values []int64) {
	most := int64(1)
	for _, n := range values {
		most = max(most, n)
	}
	for i, l := range labels {
		y := i * namedHeight
		l.Y = y + 16
		p.Labels = append(p.Labels, l)
		p.Bars = append(p.Bars, Bar{Class: class, X: "0", Width: Percent(values[i], most), Y: y + 22, Height: namedBar})
	}
	p.Height = len(labels) * namedHeight
}

// pixels is the height of a value: what there is can be seen.
func pixels(n, edge int64) int {
	if n <= 0 {
		return 0
	}
	return max(1, int(float64(n)*(bottom-top)/float64(edge)+0.5))
}

// Percent is a part of a whole, as SVG takes it.
func Percent(part, whole int64) string {
	return strconv.FormatFloat(float64(part)*100/float64(whole), 'f', 2, 64)
}

// RoundUp gives the number that an axis ends with: a round one, no less than n and less
// than twice of it.
func RoundUp(n int64) int64 {
	if n <= 10 {
		return max(1, n)
	}
	for power := int64(1); ; power *= 10 {
		for _, tenths := range []int64{15, 20, 30, 40, 50, 60, 80, 100} {
			if round := tenths * power; round >= n {
				return round
			}
		}
	}
}
