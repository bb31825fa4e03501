package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// holdsOnPage tells whether a fact is as it should be that only the HTML in the feed,
// or the list of problems, shows.
func (c *sourceCase) holdsOnPage(b *listed, isHeld bool, fact string, want any) (got any, ok bool) {
	c.t.Helper()
	switch fact {
	case "told":
		told := isHeld || len(b.Warnings) > 0 || slices.Contains(c.problems(), oneLine(b.SourceID))
		return told, told == want.(bool)
	case "attached":
		return b.Attachments, eachOf(want, func(s string) bool {
			return strings.Contains(fmt.Sprintf("%+v", b.Attachments), s)
		})
	}
	page, text := c.pageOf(b)
	switch fact {
	case "seen":
		seen := oneLine(seenOn(page))
		return seen, eachOf(want, func(s string) bool { return strings.Contains(seen, oneLine(s)) })
	case "links":
		links := addressesOn(page, atom.A, "href")
		return links, eachOf(want, func(s string) bool { return slices.ContainsFunc(links, sameAddress(s)) })
	case "no_links":
		links := addressesOn(page, atom.A, "href")
		return links, eachOf(want, func(s string) bool { return !strings.Contains(strings.Join(links, " "), s) })
	case "image":
		sources := strings.Join(addressesOn(page, atom.Img, "src"), " ") + " " + pictureSources(b)
		return sources, eachOf(want, func(s string) bool { return strings.Contains(sources, s) })
	case "struck":
		return text, eachOf(want, func(s string) bool { return isStruck(page, s) && !strings.Contains(b.Lead+b.Text, s) })
	case "grid":
		grid := fmt.Sprint(gridOn(page))
		return grid, grid == fmt.Sprint(want)
	}
	return "unknown", false
}

// pageOf gives the HTML that the feed has of a bulletin.
func (c *sourceCase) pageOf(b *listed) (*html.Node, string) {
	c.t.Helper()
	c.ok("feeds", "export", "ra")
	var doc struct {
		Items []struct {
			URL  string
			HTML string `json:"content_html"`
		}
	}
	if err := json.Unmarshal([]byte(c.read("ra/feeds/tat-ca.json")), &doc); err != nil {
		c.t.Fatal(err)
	}
	for _, item := range doc.Items {
		if strings.HasSuffix(item.URL, "/bulletins/"+b.ID) || item.URL == b.URL {
			page, err := html.Parse(strings.NewReader(item.HTML))
			if err != nil {
				c.t.Fatal(err)
			}
			return page, item.HTML
		}
	}
	return &html.Node{Type: html.DocumentNode}, ""
}

// seenOn is what a browser shows of a page, with the marks of lists.
func seenOn(n *html.Node) string {
	var out strings.Builder
	if n.DataAtom == atom.Li {
		out.WriteString(" " + markOf(n))
	}
	if n.Type == html.TextNode {
		out.WriteString(n.Data)
	}
	for child := range n.ChildNodes() {
		out.WriteString(seenOn(child))
	}
	switch n.DataAtom {
	case atom.P, atom.Li, atom.Td, atom.Tr, atom.Br, atom.H2, atom.H3, atom.H4, atom.Figure:
		out.WriteString(" \n")
	}
	return out.String()
}

// markOf is what a browser puts before an item of a list.
func markOf(item *html.Node) string {
	if item.Parent.DataAtom != atom.Ol {
		return "- "
	}
	number := 1
	if n, err := strconv.Atoi(attributeOf(item.Parent, "start")); err == nil {
		number = n
	}
	for sibling := range item.Parent.ChildNodes() {
		if sibling.DataAtom != atom.Li {
			continue
		}
		if n, err := strconv.Atoi(attributeOf(sibling, "value")); err == nil {
			number = n
		}
		if sibling == item {
			break
		}
		number++
	}
	switch attributeOf(item.Parent, "type") {
	case "a":
		return string(rune('a'+number-1)) + ". "
	case "A":
		return string(rune('A'+number-1)) + ". "
	case "i", "I":
		return [...]string{"", "I", "II", "III", "IV", "V"}[number] + ". "
	}
	return strconv.Itoa(number) + ". "
}

func attributeOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func addressesOn(page *html.Node, tag atom.Atom, name string) (all []string) {
	for n := range page.Descendants() {
		if n.DataAtom == tag {
			all = append(all, attributeOf(n, name))
		}
	}
	return all
}

// sameAddress makes a test whether an address is a given one, whatever is escaped in it.
func sameAddress(want string) func(string) bool {
	plain := func(s string) string {
		if text, err := url.PathUnescape(s); err == nil {
			return text
		}
		return s
	}
	return func(got string) bool { return plain(got) == plain(want) }
}

// isStruck reports whether a text is struck through on a page, or not there.
func isStruck(page *html.Node, text string) bool {
	for n := range page.Descendants() {
		if n.Type != html.TextNode || !strings.Contains(oneLine(n.Data), text) {
			continue
		}
		struck := false
		for p := n.Parent; p != nil; p = p.Parent {
			struck = struck || p.DataAtom == atom.S || p.DataAtom == atom.Del || p.DataAtom == atom.Strike
		}
		if !struck {
			return false
		}
	}
	return true
}

// gridOn gives the cells of the first table, a merged one in each place that it covers.
func gridOn(page *html.Node) [][]string {
	cells := map[[2]int]string{}
	rows, width := 0, 0
	for n := range page.Descendants() {
		if n.DataAtom == atom.Table && rows > 0 {
			break
		}
		if n.DataAtom != atom.Tr {
			continue
		}
		column := 0
		for cell := range n.ChildNodes() {
			if cell.DataAtom != atom.Td && cell.DataAtom != atom.Th {
				continue
			}
			for _, taken := cells[[2]int{rows, column}]; taken; _, taken = cells[[2]int{rows, column}] {
				column++
			}
			for i := range spanOf(cell, "rowspan") {
				for j := range spanOf(cell, "colspan") {
					cells[[2]int{rows + i, column + j}] = strings.TrimSpace(oneLine(seenOn(cell)))
				}
			}
			column += spanOf(cell, "colspan")
			width = max(width, column)
		}
		rows++
	}
	grid := make([][]string, rows)
	for i := range grid {
		for j := range width {
			grid[i] = append(grid[i], cells[[2]int{i, j}])
		}
	}
	return grid
}

func spanOf(cell *html.Node, name string) int {
	if n, err := strconv.Atoi(attributeOf(cell, name)); err == nil {
		return n
	}
	return 1
}

// pictureSources are the addresses of a bulletin's pictures, of those too that could not be
// fetched and that readers are not shown.
func pictureSources(b *listed) string {
	var sources []string
	for _, i := range b.Images {
		sources = append(sources, i.Src)
	}
	return strings.Join(sources, " ")
}
