package source_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbered makes the part that describes lists: definitions by number, each with its
// levels as "format|text|more".
func numbered(definitions ...[]string) map[string]string {
	var all, lists strings.Builder
	for i, levels := range definitions {
		fmt.Fprintf(&all, `<w:abstractNum w:abstractNumId="%d">`, i+1)
		for level, said := range levels {
			parts := append(strings.SplitN(said, "|", 3), "", "")
			fmt.Fprintf(&all, `<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/>%s</w:lvl>`, level, parts[0], parts[1], parts[2])
		}
		all.WriteString(`</w:abstractNum>`)
		fmt.Fprintf(&lists, `<w:num w:numId="%d"><w:abstractNumId w:val="%d"/></w:num>`, i+1, i+1)
		fmt.Fprintf(&lists, `<w:num w:numId="%d"><w:abstractNumId w:val="%d"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`, i+21, i+1)
	}
	return map[string]string{"word/numbering.xml": xmlHead + `<w:numbering ` + wordNS + `>` + all.String() + lists.String() + `</w:numbering>`}
}

func item(level, list int, text string) string {
	return p("", fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, level, list), text)
}

const mathNS = ` xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"`

func formula(inside string) string { return `<m:oMath` + mathNS + `>` + inside + `</m:oMath>` }

func mathText(text string) string { return `<m:r><m:t>` + text + `</m:t></m:r>` }

// What Word shows of a file stands in the text.
func TestDocxShows(t *testing.T) {
	title := p("Tiu", "", "Tin") + p("", "", "Mở đầu.")
	decimal := []string{"decimal|%1.", "lowerLetter|%2)", "bullet|-"}
	for _, c := range []struct {
		name, body string
		more       map[string]string
		want       string
	}{
		{"a list that goes on behind a paragraph", item(0, 1, "Một") + p("", "", "Chen giữa.") + item(0, 1, "Hai"), numbered(decimal), "1. Một\n\nChen giữa.\n\n2. Hai"},
		{"a list that begins anew", item(0, 1, "Một") + item(0, 1, "Hai") + p("", "", "Rồi:") + item(0, 21, "Mới"), numbered(decimal), "1. Một\n2. Hai\n\nRồi:\n\n1. Mới"},
		{"letters begin anew below each number", item(0, 1, "A") + item(1, 1, "x") + item(1, 1, "y") + item(0, 1, "B") + item(1, 1, "z"), numbered(decimal), "1. A\n\na) x\n\nb) y\n\n2. B\n\na) z"},
		{"chapters and articles go on", item(0, 1, "CHUNG") + item(1, 1, "Phạm vi") + item(0, 1, "RIÊNG") + item(1, 1, "Đối tượng"), numbered([]string{"upperRoman|Chương %1", `decimal|Điều %2.|<w:lvlRestart w:val="0"/>`}), "Chương I CHUNG\n\nĐiều 1. Phạm vi\n\nChương II RIÊNG\n\nĐiều 2. Đối tượng"},
		{"digits of Roman levels", item(0, 1, "Một") + item(1, 1, "Hai"), numbered([]string{"upperRoman|%1.", "decimal|%1.%2.|<w:isLgl/>"}), "I. Một\n\n1.1. Hai"},
		{"two digits, and a mark without a number", item(0, 1, "Một") + item(0, 2, "Ghi chú"), numbered([]string{"decimalZero|%1/"}, []string{"none|Lưu ý:"}), "01/ Một\n\nLưu ý: Ghi chú"},
		{"empty paragraphs have no number", item(0, 1, "Một") + item(0, 1, "") + item(0, 1, "Hai"), numbered(decimal), "1. Một\n2. Hai"},
		{"no such list", item(0, 9, "Một"), numbered(decimal), "Một"},
		{"a number and a fraction", `<w:p>` + r("", "Có 2") + formula(`<m:f><m:num>`+mathText("1")+`</m:num><m:den>`+mathText("2")+`</m:den></m:f>`) + r("", " mẫu.") + `</w:p>`, nil, "Có 2 1/2 mẫu."},
		{"a root and a power", `<w:p>` + formula(`<m:rad><m:deg/><m:e>`+mathText("x+1")+`</m:e></m:rad>`+mathText("=")+`<m:sSup><m:e>`+mathText("y")+`</m:e><m:sup>`+mathText("2")+`</m:sup></m:sSup>`) + `</w:p>`, nil, "√(x+1)=y²"},
		{"signs in the private area", `<w:p>` + r(`<w:rFonts w:ascii="Wingdings"/>`, "\uf0fc") + r("", " đã nộp, góc ") + `<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r></w:p>`, nil, "✓ đã nộp, góc α"},
		{"a fraction as a field", `<w:p>` + r("", "Có ") + `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> EQ \f(3;4) </w:instrText><w:fldChar w:fldCharType="end"/></w:r>` + r("", " số em.") + `</w:p>`, nil, "Có 3/4 số em."},
		{"the level of a style", p("u2", `<w:numPr><w:numId w:val="1"/></w:numPr>`, "Chung") + p("Muc", "", "Riêng"), map[string]string{
			"word/styles.xml":    xmlHead + `<w:styles ` + wordNS + `><w:style w:styleId="Tiu"><w:name w:val="Title"/></w:style><w:style w:styleId="u2"><w:name w:val="heading 2"/></w:style><w:style w:styleId="Muc"><w:name w:val="Mục"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>`,
			"word/numbering.xml": numbered([]string{"upperRoman|%1.", `decimal|%1.%2.|<w:pStyle w:val="Muc"/>`})["word/numbering.xml"]}, "I. Chung\n\nI.1. Riêng"},
		{"capitals by their look", `<w:p>` + r(`<w:caps/>`, "Điện Biên") + r("", " là tỉnh.") + `</w:p>`, nil, "ĐIỆN BIÊN là tỉnh."},
		{"struck through", `<w:p>` + r("", "Họp lúc ") + r(`<w:strike/>`, "8 giờ") + r("", " 9 giờ.") + `</w:p>`, nil, "Họp lúc 9 giờ."},
		{"a simple field, a field of no page", `<w:p><w:fldSimple w:instr=" HYPERLINK &quot;https://a.example.org/x y&quot; ">` + r("", "Xem") + `</w:fldSimple><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGEREF _Toc1 \h</w:instrText><w:fldChar w:fldCharType="separate"/><w:t> trang 5</w:t><w:fldChar w:fldCharType="end"/></w:r></w:p>`, nil, "Xem trang 5"},
		{"a text of another file", `<w:altChunk r:id="rIdT"/>`, map[string]string{"word/_rels/document.xml.rels": xmlHead + `<Relationships><Relationship Id="rIdT" Type="x/aFChunk" Target="phan.txt"/></Relationships>`, "word/phan.txt": "Dòng một\nDòng hai"}, "Dòng một\n\nDòng hai"},
		{"an old equation", `<w:p>` + r("", "Diện tích ") + `<w:r><w:object><o:OLEObject xmlns:o="o" ProgID="Equation.3"/></w:object></w:r></w:p>`, nil, "Diện tích [Công thức]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/tin.docx", word(t, title+c.body, c.more))
			items := read(t, dir, nil)
			if len(items) != 1 || items[0].Err != nil {
				t.Fatalf("got %+v", items)
			}
			if d := cmp.Diff(c.want, items[0].Bulletin.Text); d != "" {
				t.Errorf("%s (-want +got)\n%s", items[0].Bulletin.HTML, d)
			}
		})
	}
}

// What a page has of lists and cells is what Word shows.
func TestDocxPage(t *testing.T) {
	cell := func(properties, text string) string {
		return `<w:tc><w:tcPr>` + properties + `</w:tcPr>` + p("", "", text) + `</w:tc>`
	}
	row := func(cells ...string) string { return `<w:tr>` + strings.Join(cells, "") + `</w:tr>` }
	begins, goesOn := `<w:vMerge w:val="restart"/>`, `<w:vMerge/>`
	title := p("Tiu", "", "Tin") + p("", "", "Mở đầu.")
	for _, c := range []struct{ name, body, want string }{
		{"a list in two parts", item(0, 1, "Một") + p("", "", "Giữa.") + item(0, 1, "Hai"), "<ol><li>Một</li></ol>\n<p>Giữa.</p>\n<ol start=\"2\"><li>Hai</li></ol>"},
		{"a deeper list first", item(1, 1, "Một"), "<ol type=\"a\"><li>Một</li></ol>"},
		{"two merged cells, one below the other", `<w:tbl>` + row(cell(begins, "A"), cell("", "1")) + row(cell(goesOn, ""), cell("", "2")) + row(cell(begins, "B"), cell("", "3")) + row(cell(goesOn, ""), cell("", "4")) + `</w:tbl>`,
			`<table><tbody><tr><td rowspan="2">A</td><td>1</td></tr><tr><td>2</td></tr><tr><td rowspan="2">B</td><td>3</td></tr><tr><td>4</td></tr></tbody></table>`},
		{"a merged cell that goes on from none", `<w:tbl>` + row(cell(goesOn, "A"), cell("", "1")) + row(cell("", "B"), cell("", "2")) + `</w:tbl>`,
			`<table><tbody><tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></tbody></table>`},
		{"rows that are repeated on each page", `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>` + cell("", "Tỉnh") + `</w:tr>` + row(cell("", "Phú Thọ")) + row(cell("", "Lai Châu")) + `</w:tbl>`,
			`<table><tbody><tr><th>Tỉnh</th></tr><tr><td>Phú Thọ</td></tr><tr><td>Lai Châu</td></tr></tbody></table>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/tin.docx", word(t, title+c.body, numbered([]string{"decimal|%1.", "lowerLetter|%2."})))
			items := read(t, dir, nil)
			if len(items) != 1 || items[0].Err != nil {
				t.Fatalf("got %+v", items)
			}
			if d := cmp.Diff(c.want, strings.TrimSpace(items[0].Bulletin.HTML)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// Files within files within files are read to a depth, and what is left out is told.
func TestDocxChunksEnd(t *testing.T) {
	chunk := map[string]string{"word/_rels/document.xml.rels": xmlHead + `<Relationships><Relationship Id="rIdT" Type="x/aFChunk" Target="phan.docx"/></Relationships>`}
	file := word(t, p("", "", "Tận cùng"), nil)
	for i := range 6 {
		chunk["word/phan.docx"] = file
		file = word(t, p("", "", fmt.Sprintf("Tầng %d", i))+`<w:altChunk r:id="rIdT"/>`, chunk)
	}
	dir := t.TempDir()
	write(t, dir+"/tin.docx", file)
	b := read(t, dir, nil)[0].Bulletin
	if all := b.Title + b.Lead + b.Text; !strings.Contains(all, "Tầng 2") || strings.Contains(all, "Tầng 1") || len(b.Warnings) == 0 {
		t.Errorf("%q, warnings %q", all, b.Warnings)
	}
}

// A file with macros is read as one without.
func TestDocm(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.docm", word(t, p("Tiu", "", "Tin mới")+p("", "", "Mở đầu."), map[string]string{"word/vbaProject.bin": "macro"}))
	if items := read(t, dir, nil); len(items) != 1 || items[0].Err != nil || items[0].Bulletin.Title != "Tin mới" {
		t.Errorf("got %v", outcome(items))
	}
}

// What a page cannot show leaves a line with its words, and is told.
func TestDocxLeavesLines(t *testing.T) {
	drawing := func(inside string) string {
		return `<w:p>` + r("", "Xem: ") + `<w:r><w:drawing><a:graphic xmlns:a="a"><a:graphicData>` + inside + `</a:graphicData></a:graphic></w:drawing></w:r></w:p>`
	}
	parts := map[string]string{
		"word/_rels/document.xml.rels": xmlHead + `<Relationships><Relationship Id="rIdC" Type="x/chart" Target="charts/chart1.xml"/><Relationship Id="rIdD" Type="x/diagramData" Target="diagrams/data1.xml"/></Relationships>`,
		"word/charts/chart1.xml":       `<c:chartSpace xmlns:c="c" xmlns:a="a"><c:title><a:t>Số suất học bổng</a:t></c:title></c:chartSpace>`,
		"word/diagrams/data1.xml":      `<d:dataModel xmlns:d="d" xmlns:a="a"><a:t>Trung ương Hội</a:t><a:t>Tỉnh hội</a:t></d:dataModel>`,
	}
	for _, c := range []struct{ name, body, line, told string }{
		{"a chart", drawing(`<c:chart xmlns:c="c" r:id="rIdC"/>`), "Xem: [Biểu đồ: Số suất học bổng]", "biểu đồ trong tệp Word"},
		{"SmartArt", drawing(`<d:relIds xmlns:d="d" r:dm="rIdD"/>`), "Xem: [Sơ đồ: Trung ương Hội; Tỉnh hội]", "sơ đồ (SmartArt)"},
		{"an embedded sheet", `<w:p>` + r("", "Xem: ") + `<w:r><w:object><o:OLEObject xmlns:o="o" ProgID="Excel.Sheet.12"/></w:object></w:r></w:p>`, "Xem: [Bảng tính]", "bảng tính hoặc tệp nhúng"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/tin.docx", word(t, p("Tiu", "", "Tin")+p("", "", "Mở đầu.")+c.body, parts))
			item := read(t, dir, nil)[0]
			if item.Err != nil || item.Bulletin.Text != c.line || item.Missing == nil || !strings.Contains(item.Missing.Words.VI, c.told) {
				t.Errorf("%v: %q, told %+v", item.Err, item.Bulletin.Text, item.Missing)
			}
		})
	}
}
