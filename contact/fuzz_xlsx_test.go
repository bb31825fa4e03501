package contact

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bantin/internal/cost"
)

// FuzzScanSheet: whatever a sheet holds, what is found behind its rows makes
// sense.
func FuzzScanSheet(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>email</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>`))
	f.Add([]byte(`<x:worksheet><x:sheetData><x:row spans="1:2" r="7"/></x:sheetData><x:mergeCell ref="B2:XFD1048576"/></x:worksheet>`))
	f.Add([]byte(`<x:worksheet><x:sheetData/></x:worksheet>`))
	f.Add([]byte(`<sheetData><row r="1048577"><c r="XFE1"><v>1e400</v></c></row></sheetData><mergeCell ref=":"/><mergeCell ref="ZZZZ1:A0"/>`))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		var b trailer
		var err error
		cost.Within(t, len(sheet), func() { b, err = scanSheet(bytes.NewReader(sheet)) })
		if err != nil {
			return
		}
		if !bytes.Contains(sheet, []byte("sheetData")) {
			t.Error("the end of rows that are not there was found")
		}
		for _, m := range b.merges {
			if m.left < 1 || m.top < 1 || m.right < m.left || m.bottom < m.top {
				t.Errorf("merged cells %+v", m)
			}
		}
	})
}

// Programs that write a prefix before each element mean the same sheet.
func TestScanSheetOfPrefixes(t *testing.T) {
	for _, sheet := range []string{
		`<worksheet><sheetData><row r="7"><c r="A7"/></row></sheetData><mergeCells><mergeCell ref="A7:B8"/></mergeCells></worksheet>`,
		`<x:worksheet><x:sheetData><x:row r="7"><x:c r="A7"/></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A7:B8"/></x:mergeCells></x:worksheet>`,
	} {
		b, err := scanSheet(strings.NewReader(sheet))
		if err != nil || b.lastRow != 7 || !slices.Equal(b.merges, []merge{{1, 7, 2, 8}}) {
			t.Errorf("%s: %+v, %v", sheet, b, err)
		}
	}
}

// FuzzCells: whatever the cells of a workbook hold, and the texts and formats that they
// share, the list is read to its end or refused, at a bounded cost.
func FuzzCells(f *testing.F) {
	const heading = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Họ và tên</t></is></c></row>`
	f.Add([]byte(heading+`<row r="2"><c r="A2" t="str"><v>lan@example.org</v></c><c r="B2" s="1"><v>45000</v></c></row>`), []byte(`<si><t>email</t></si>`))
	f.Add([]byte(heading+`<row r="9" hidden="1"><c r="XFD9" t="s"><v>99</v></c><c r="A9" t="e"><v>#REF!</v></c></row>`), []byte(`<si><r><t>e</t></r><r><t>mail</t></r></si>`))
	f.Add([]byte(heading+`<row r="9999"><c r="A9999" t="b"><v>1</v></c></row><row r="3"><c r="A1"><f>A1</f><v>1e400</v></c></row>`), []byte(`<si><t>email</t></si>`))
	f.Add([]byte(heading+`<row r="2"><c r="A2" t="s"><v>-1</v></c><c><v>x</v></c><c r="1A"/></row><row/><row r="0"/>`), []byte(`<si><t xml:space="preserve"> email </t></si>`))
	dir := f.TempDir()
	farDown := regexp.MustCompile(`r\s*=\s*["'][A-Za-z]*\d{5}`)
	f.Fuzz(func(t *testing.T, cells, shared []byte) {
		if farDown.Match(cells) {
			return // the rows above are read too, which takes a moment each time
		}
		file := filepath.Join(dir, "danh-sách.xlsx")
		if err := os.WriteFile(file, workbookOf(t, cells, shared), 0o600); err != nil {
			t.Fatal(err)
		}
		cost.Within(t, 8*(len(cells)+len(shared)), func() { readToEnd(t, file) })
	})
}

// workbookOf is a workbook with one sheet of these cells.
func workbookOf(t *testing.T, cells, shared []byte) []byte {
	t.Helper()
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const kind = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + main + `><sheets><sheet name="Danh sách" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + kind + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + kind + `sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="` + kind + `styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet ` + main + `><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", `<sst ` + main + `>` + string(shared) + `</sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + main + `><sheetData>` + string(cells) + `</sheetData></worksheet>`},
	} {
		w, err := z.Create(part.name)
		check(t, err)
		_, err = io.WriteString(w, part.text)
		check(t, err)
	}
	check(t, z.Close())
	return out.Bytes()
}

// readToEnd reads a list that may be none.
func readToEnd(t *testing.T, file string) {
	t.Helper()
	r, err := Open(file)
	if err != nil {
		var refused *FileError
		var row *RowError
		if errors.As(err, &refused) && refused.Words.VI == "" || errors.As(err, &row) && row.Reason.VI == "" {
			t.Errorf("refused without words: %v", err)
		}
		return
	}
	defer r.Close()
	last := 0
	for {
		row, err := r.Next()
		line := row.Line
		if rejected := (*RowError)(nil); errors.As(err, &rejected) {
			line = rejected.Line
		} else if err != nil {
			return
		} else if again, err := ParseAddress(row.Contact.Email); err != nil || again != row.Contact.Email {
			t.Errorf("address %q: %q, %v", row.Contact.Email, again, err)
		}
		if line <= last {
			t.Fatalf("row %d after row %d", line, last)
		}
		last = line
	}
}

// FuzzOpen: whatever a file is, it is a list or refused with words.
func FuzzOpen(f *testing.F) {
	for _, begin := range []string{"PK\x03\x04", "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", "<html><table>", "%PDF-", "{\\rtf", "\xff\xfee\x00", "email\tHọ tên\n\"lan@example.org\n"} {
		f.Add([]byte(begin))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw []byte) {
		file := filepath.Join(dir, "danh-sách.xlsx")
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		cost.Within(t, len(raw), func() { readToEnd(t, file) })
	})
}
