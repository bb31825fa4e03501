package document

import (
	"encoding/xml"
	"html"
	"strings"

	"bantin/source/charset"
)

// table reads one w:tbl. Its cells are read as the text is.
func (w *docxWriter) table(e xml.StartElement) error {
	var page, text strings.Builder
	err := w.each(e, func(row xml.StartElement) error {
		return w.rows(row, &page, &text)
	})
	w.pieces = append(w.pieces, piece{kind: "table", html: page.String(), text: charset.OneLine(text.String())})
	return err
}

// rows reads w:tr, and what may stand around one.
func (w *docxWriter) rows(e xml.StartElement, page, text *strings.Builder) error {
	switch e.Name.Local {
	case "tr":
		page.WriteString("<tr>")
		err := w.each(e, func(c xml.StartElement) error { return w.cells(c, page, text) })
		page.WriteString("</tr>\n")
		return err
	case "tblPr", "tblGrid", "del":
		return w.x.Skip()
	}
	return w.each(e, func(c xml.StartElement) error { return w.rows(c, page, text) })
}

func (w *docxWriter) cells(e xml.StartElement, page, text *strings.Builder) error {
	switch e.Name.Local {
	case "tc":
		return w.cell(e, page, text)
	case "trPr", "tblPrEx":
		return w.x.Skip()
	}
	return w.each(e, func(c xml.StartElement) error { return w.cells(c, page, text) })
}

// cell reads w:tc as a text of its own.
func (w *docxWriter) cell(e xml.StartElement, page, text *strings.Builder) error {
	outer := w.pieces
	defer func() { w.pieces = outer }()
	w.pieces = nil
	columns := ""
	err := w.each(e, func(c xml.StartElement) error {
		if c.Name.Local != "tcPr" {
			return w.flow(c)
		}
		return w.each(c, func(property xml.StartElement) error {
			if property.Name.Local == "gridSpan" {
				columns = ` colspan="` + html.EscapeString(attribute(property, "val")) + `"`
			}
			return w.x.Skip()
		})
	})
	page.WriteString("<td" + columns + ">" + w.page() + "</td>")
	for i := range w.pieces {
		text.WriteString(w.pieces[i].text + " ")
	}
	return err
}
