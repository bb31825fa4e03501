package docx

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"

	"bantin/source/charset"
)

// cell is one w:tc with the place that it has in the grid.
type cell struct {
	html    string
	column  int
	columns int
	merge   string // "restart" begins a merged cell, "continue" goes on with the one above
}

// table is a w:tbl that is being read. Its cells are read as the text is.
type table struct {
	w      *writer
	rows   [][]cell
	head   []bool // by row: it is repeated on each page
	column int    // of the row that is being read
	text   strings.Builder
}

// maxColumns is beyond the columns of any table of Word.
const maxColumns = 64

// table reads one w:tbl.
func (w *writer) table(e xml.StartElement) error {
	t := table{w: w}
	err := w.each(e, t.row)
	w.blocks = append(w.blocks, Block{Kind: "table", HTML: t.page(), Text: charset.OneLine(t.text.String())})
	return err
}

// row reads w:tr, and what may stand around one.
func (t *table) row(e xml.StartElement) error {
	switch e.Name.Local {
	case "tr":
		t.rows, t.head, t.column = append(t.rows, nil), append(t.head, false), 0
		return t.w.each(e, t.cells)
	case "tblPr", "tblGrid", "del":
		return t.w.x.Skip()
	}
	return t.w.each(e, t.row)
}

func (t *table) cells(e xml.StartElement) error {
	switch e.Name.Local {
	case "tc":
		return t.cell(e)
	case "trPr":
		return t.w.each(e, t.rowProperty)
	case "tblPrEx":
		return t.w.x.Skip()
	}
	return t.w.each(e, t.cells)
}

func (t *table) rowProperty(e xml.StartElement) error {
	switch e.Name.Local {
	case "gridBefore":
		for n := span(attribute(e, "val")); n > 0 && t.column < n; {
			t.add(cell{columns: 1})
		}
	case "tblHeader":
		t.head[len(t.head)-1] = isOn(e)
	}
	return t.w.x.Skip()
}

func span(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil {
		return 1
	}
	return min(max(n, 1), maxColumns)
}

func (t *table) add(c cell) {
	c.column = t.column
	t.column += c.columns
	last := len(t.rows) - 1
	t.rows[last] = append(t.rows[last], c)
}

// cell reads w:tc as a text of its own.
func (t *table) cell(e xml.StartElement) error {
	w := t.w
	outer := w.blocks
	defer func() { w.blocks = outer }()
	w.blocks = nil
	c := cell{columns: 1}
	err := w.each(e, func(child xml.StartElement) error {
		if child.Name.Local != "tcPr" {
			return w.flow(child)
		}
		return w.each(child, func(property xml.StartElement) error {
			switch property.Name.Local {
			case "gridSpan":
				c.columns = span(attribute(property, "val"))
			case "vMerge":
				if c.merge = "continue"; attribute(property, "val") == "restart" {
					c.merge = "restart"
				}
			}
			return w.x.Skip()
		})
	})
	c.html = w.out.page(w.blocks)
	if c.merge != "continue" {
		for i := range w.blocks {
			t.text.WriteString(w.blocks[i].Text + " ")
		}
	}
	t.add(c)
	return err
}

// page writes the rows as HTML.
func (t *table) page() string {
	var page strings.Builder
	for i, row := range t.rows {
		page.WriteString("<tr>")
		for _, c := range row {
			if c.merge == "continue" && t.goesOn(i-1, c.column) {
				continue
			}
			tag := "td"
			if t.head[i] {
				tag = "th"
			}
			page.WriteString("<" + tag)
			if c.columns > 1 {
				page.WriteString(` colspan="` + strconv.Itoa(c.columns) + `"`)
			}
			if n := t.height(i, &c); n > 1 {
				page.WriteString(` rowspan="` + strconv.Itoa(n) + `"`)
			}
			page.WriteString(">" + c.html + "</" + tag + ">")
		}
		page.WriteString("</tr>\n")
	}
	return page.String()
}

// at is the cell of a row that begins at a column.
func (t *table) at(row, column int) *cell {
	if row < 0 || row >= len(t.rows) {
		return nil
	}
	i, found := slices.BinarySearchFunc(t.rows[row], column, func(c cell, column int) int { return c.column - column })
	if !found {
		return nil
	}
	return &t.rows[row][i]
}

// goesOn reports whether a cell of a row is part of a merged one.
func (t *table) goesOn(row, column int) bool {
	c := t.at(row, column)
	return c != nil && c.merge != ""
}

// height is how many rows a cell covers. What a merged cell covers is found once from its
// first row.
func (t *table) height(row int, c *cell) int {
	n := 1
	if c.merge == "" {
		return n
	}
	for {
		below := t.at(row+n, c.column)
		if below == nil || below.merge != "continue" {
			return n
		}
		n++
	}
}
