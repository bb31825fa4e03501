package source

import (
	"encoding/xml"
	"strings"
)

// table reads one w:tbl. Its cells are read as the text is.
func (w *docxWriter) table(e xml.StartElement) error {
	var page, text strings.Builder
	err := w.each(e, func(row xml.StartElement) error {
		return w.rows(row, &page, &text)
	})
	w.pieces = append(w.pieces, piece{kind: "table", html: page.String(), text: line(text.String())})
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
		outer := w.pieces
		w.pieces = nil
		err := w.each(e, w.flow)
		page.WriteString("<td>" + w.page() + "</td>")
		for i := range w.pieces {
			text.WriteString(w.pieces[i].text + " ")
		}
		w.pieces = outer
		return err
	case "trPr", "tblPrEx":
		return w.x.Skip()
	}
	return w.each(e, func(c xml.StartElement) error { return w.cells(c, page, text) })
}
