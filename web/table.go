package web

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// withTables says of each table in the body what it knows of its columns: headings name
// what they are for (WCAG 1.3.1), numbers stand on the right, and a column whose cells are
// all short is as narrow as they are.
func withTables(body string) string {
	if !strings.Contains(body, "<table") {
		return body
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(body), root)
	if err != nil { // elements lie in each other too deeply
		return body
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	for n := range root.Descendants() {
		if n.DataAtom == atom.Table {
			describeTable(n)
		}
	}
	var w strings.Builder
	for n := range root.ChildNodes() {
		if err := html.Render(&w, n); err != nil {
			return body
		}
	}
	return strings.ReplaceAll(w.String(), "/>", ">") // as all our pages write it; in words and addresses ">" is "&gt;"
}

// tableColumn is what all cells of a column have in common.
type tableColumn struct {
	cells                    []*html.Node
	numbers, others, longest int // cells with a number and with other words, headings apart; characters of the longest
}

const (
	maxShort   = 14  // characters of a short cell: a number, a date, a place of two words
	maxColumns = 200 // what stands further on the right is as it was
)

var numberCell = regexp.MustCompile(`(?i)^[+−–-]?\d[\d., ]*(%|‰|đ|₫|đồng|vnđ|vnd|triệu|tỷ)?$`)

func describeTable(table *html.Node) {
	rows := rowsOf(table)
	for _, c := range columnsOf(rows) {
		for _, cell := range c.cells {
			var classes []string
			if c.numbers > 0 && c.others == 0 {
				classes = append(classes, "num")
			}
			if c.longest <= maxShort {
				classes = append(classes, "short")
			}
			if classes != nil {
				cell.Attr = append(cell.Attr, html.Attribute{Key: "class", Val: strings.Join(classes, " ")})
			}
		}
	}
	isHead := true // of the first row, and of those of headings alone below it
	for i, row := range rows {
		isHead = isHead && (i == 0 || isOfHeadings(row))
		scope := "row"
		if isHead || row.Parent.DataAtom == atom.Thead {
			scope = "col"
		}
		for cell := range row.ChildNodes() {
			if cell.DataAtom == atom.Th {
				cell.Attr = append(cell.Attr, html.Attribute{Key: "scope", Val: scope})
			}
		}
	}
}

// isOfHeadings reports whether a row has two cells or more, and all are headings.
func isOfHeadings(row *html.Node) bool {
	headings, others := 0, 0
	for cell := range row.ChildNodes() {
		switch cell.DataAtom {
		case atom.Th:
			headings++
		case atom.Td:
			others++
		}
	}
	return headings > 1 && others == 0
}

// rowsOf are the rows of a table, without those of tables in it.
func rowsOf(table *html.Node) []*html.Node {
	var rows []*html.Node
	for part := range table.ChildNodes() {
		for row := range part.ChildNodes() {
			if row.DataAtom == atom.Tr {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// columnsOf tells which cell stands in which column, as browsers do (HTML 4.9.12): one that
// goes over several rows pushes those below it aside. Cells over several columns are in
// none.
func columnsOf(rows []*html.Node) []tableColumn {
	var columns []tableColumn
	var taken []int // by column: how many rows below are taken
	for _, row := range rows {
		at := 0
		for cell := range row.ChildNodes() {
			if cell.DataAtom != atom.Td && cell.DataAtom != atom.Th {
				continue
			}
			for at < len(taken) && taken[at] > 0 {
				taken[at]--
				at++
			}
			width, height := spanOf(cell, "colspan"), spanOf(cell, "rowspan")
			if at+width > maxColumns {
				break
			}
			for range width {
				if at == len(taken) {
					taken, columns = append(taken, 0), append(columns, tableColumn{})
				}
				taken[at] = height - 1
				at++
			}
			if width == 1 {
				columns[at-1].add(cell)
			}
		}
		for ; at < len(taken); at++ {
			taken[at] = max(0, taken[at]-1)
		}
	}
	return columns
}

func (c *tableColumn) add(cell *html.Node) {
	c.cells = append(c.cells, cell)
	words := cellText(cell)
	c.longest = max(c.longest, utf8.RuneCountInString(words))
	switch {
	case cell.DataAtom == atom.Th, !strings.ContainsAny(words, "0123456789") && utf8.RuneCountInString(words) <= 1: // empty, or a dash
	case numberCell.MatchString(words):
		c.numbers++
	default:
		c.others++
	}
}

// cellText is what stands in a cell, on one line; a picture counts as much.
func cellText(cell *html.Node) string {
	var w strings.Builder
	for n := range cell.Descendants() {
		switch {
		case n.Type == html.TextNode:
			w.WriteString(n.Data)
		case n.DataAtom == atom.Img || n.DataAtom == atom.Table:
			w.WriteString(strings.Repeat("…", maxShort+1))
		case n.DataAtom == atom.Br || n.DataAtom == atom.P:
			w.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(w.String()), " ")
}

// spanOf is how many columns or rows a cell goes over; the sanitiser bounds it.
func spanOf(cell *html.Node, name string) int {
	for _, a := range cell.Attr {
		if a.Key == name {
			if n, err := strconv.Atoi(a.Val); err == nil && n > 0 {
				return min(n, 100)
			}
		}
	}
	return 1
}
