package document

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/place"
	"bantin/source/charset"
)

// Tables lay out pages, pair pictures with their captions, or have data. Data is in
// rows and columns of short texts, and keeps them; a picture there is one more cell.

// shape is what the cells of a table hold, those of tables in it left out.
type shape struct {
	rows, cells     int
	texts, pictures int  // cells with words, cells with pictures
	even            bool // all rows have as many columns, two or more
	long            bool // a cell has a heading, several paragraphs or a long text
}

func shapeOf(table *html.Node) shape {
	s := shape{even: true}
	columns := 0
	for _, row := range rowsOf(table) {
		n := 0
		for cell := range row.ChildNodes() {
			if cell.DataAtom != atom.Td && cell.DataAtom != atom.Th || isDropped(cell) {
				continue
			}
			n += max(1, spanOf(cell, "colspan"))
			s.cell(cell)
		}
		if s.rows++; columns == 0 {
			columns = n
		}
		s.even = s.even && n == columns && n > 1
	}
	return s
}

// cell counts one cell.
func (s *shape) cell(n *html.Node) {
	s.cells++
	paragraphs := 0
	hasPicture := false
	for c := range n.Descendants() {
		switch c.DataAtom {
		case atom.Img:
			hasPicture = true
		case atom.H1, atom.H2, atom.H3, atom.H4:
			s.long = true
		case atom.P, atom.Div:
			paragraphs++
		}
	}
	text := utf8.RuneCountInString(charset.OneLine(visibleText(n)))
	if text > 0 {
		s.texts++
	}
	if hasPicture {
		s.pictures++
	}
	s.long = s.long || text > maxCaption || paragraphs > 2
}

// isData reports whether a table with pictures is one of data all the same.
func (s *shape) isData() bool {
	return s.rows > 1 && s.even && !s.long && s.texts*5 > s.cells*3
}

// rowsOf lists the rows of a table, and not those of tables in it.
func rowsOf(n *html.Node) (rows []*html.Node) {
	for c := range n.ChildNodes() {
		switch c.DataAtom {
		case atom.Tr:
			rows = append(rows, c)
		case atom.Tbody, atom.Thead, atom.Tfoot:
			rows = append(rows, rowsOf(c)...)
		}
	}
	return rows
}

// isLayout reports whether a table is layout and not data: it has tables or only one
// cell, or pictures beside which nothing is in columns.
func isLayout(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.DataAtom == atom.Table {
			return true
		}
	}
	s := shapeOf(n)
	return s.cells <= 1 || s.pictures > 0 && !s.isData()
}

// layout writes what is in a table that lays out a page. A row of pictures above a
// row of short texts has the captions there; a single paragraph beside pictures is the
// caption of the last, and a second one that says who took it belongs to that.
func (w *writer) layout(n *html.Node) {
	begin := len(w.blocks)
	if !w.gallery(n) {
		w.flow(children(n))
	}
	last := -1
	var texts []string
	for i, b := range w.blocks[begin:] {
		switch {
		case b.tag == "figure":
			last = begin + i
		case b.tag != "p":
			return
		default:
			texts = append(texts, charset.OneLine(b.text))
		}
	}
	text := strings.Join(texts, " ")
	if last < 0 || len(texts) == 0 || len(texts) > 1 && !(len(texts) == 2 && isCredit(texts[1])) || !w.lacksCaption(last, text) {
		return
	}
	w.blocks[last].image.Caption = text
	rest := slices.DeleteFunc(w.blocks[begin:], func(b block) bool { return b.tag != "figure" })
	w.blocks = w.blocks[:begin+len(rest)]
}

// isCredit reports whether a line says who took a picture.
func isCredit(text string) bool {
	folded := place.Fold(text)
	for _, word := range []string{"anh:", "anh ", "nguon:", "photo:", "(anh"} {
		if strings.HasPrefix(folded, word) {
			return utf8.RuneCountInString(text) <= 60
		}
	}
	return false
}

// gallery writes rows of pictures, each above a row of as many captions, and reports
// whether the table is of such rows.
func (w *writer) gallery(n *html.Node) bool {
	rows := rowsOf(n)
	if len(rows) < 2 || len(rows)%2 > 0 || hasElement(n, atom.Table) {
		return false
	}
	for i := 0; i < len(rows); i += 2 {
		if !isGalleryRow(rows[i], rows[i+1]) {
			return false
		}
	}
	for i := 0; i < len(rows); i += 2 {
		captions := cellsOf(rows[i+1])
		for j, cell := range cellsOf(rows[i]) {
			w.images(pictures(cell), charset.OneLine(visibleText(captions[j])))
		}
	}
	return true
}

// isGalleryRow reports whether each cell of a row has one picture and no words, and
// that below it a caption.
func isGalleryRow(row, below *html.Node) bool {
	shown, captions := cellsOf(row), cellsOf(below)
	if len(shown) < 2 || len(shown) != len(captions) {
		return false
	}
	for i := range shown {
		text := charset.OneLine(visibleText(captions[i]))
		if len(pictures(shown[i])) != 1 || strings.TrimSpace(visibleText(shown[i])) != "" || len(pictures(captions[i])) > 0 ||
			text == "" || utf8.RuneCountInString(text) > maxCaption {
			return false
		}
	}
	return true
}

func cellsOf(row *html.Node) (cells []*html.Node) {
	for c := range row.ChildNodes() {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			cells = append(cells, c)
		}
	}
	return cells
}

// headRow is the first row of a table where it names the columns: all its cells have
// short words, none is a number, and below it stand two rows or more, or it is bold.
// Nil where none does, or where the table marks its headings itself.
func headRow(n *html.Node) *html.Node {
	const short = 60 // characters
	rows, shape := rowsOf(n), shapeOf(n)
	if len(rows) < 2 || !shape.even {
		return nil
	}
	for _, row := range rows {
		for _, cell := range cellsOf(row) {
			if cell.DataAtom == atom.Th {
				return nil
			}
		}
	}
	bold := true
	for _, cell := range cellsOf(rows[0]) {
		text := charset.OneLine(visibleText(cell))
		if !strings.ContainsFunc(text, unicode.IsLetter) || utf8.RuneCountInString(text) > short || strings.ContainsAny(text[:1], "0123456789") {
			return nil
		}
		bold = bold && hasElement(cell, atom.B, atom.Strong)
	}
	if len(rows) < 3 && !bold {
		return nil
	}
	return rows[0]
}

func hasElement(n *html.Node, elements ...atom.Atom) bool {
	for c := range n.Descendants() {
		for _, e := range elements {
			if c.DataAtom == e {
				return true
			}
		}
	}
	return false
}
