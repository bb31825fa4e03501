package source_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bantin/source"
)

const (
	wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
		`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" ` +
		`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="wps"`
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
)

// word makes a .docx as Word does, with the body given; more adds or replaces
// parts.
func word(t testing.TB, body string, more map[string]string) string {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":         xmlHead + `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml":   xmlHead + `<w:document ` + wordNS + `><w:body>` + body + `<w:sectPr/></w:body></w:document>`,
		"word/_rels/document.xml.rels": xmlHead + `<Relationships><Relationship Id="rId7" Type="x/image" Target="media/image1.png"/>` +
			`<Relationship Id="rId8" Type="x/hyperlink" Target="https://example.org/van-ban" TargetMode="External"/>` +
			`<Relationship Id="rId9" Type="x/image" Target="http://example.net/theo-doi.png" TargetMode="External"/></Relationships>`,
		"word/styles.xml": xmlHead + `<w:styles ` + wordNS + `><w:style w:styleId="Tiu"><w:name w:val="Title"/></w:style>` +
			`<w:style w:styleId="u2"><w:name w:val="heading 2"/></w:style><w:style w:styleId="Rieng"><w:name w:val="Của Hội"/><w:basedOn w:val="u2"/></w:style>` +
			`<w:style w:styleId="Chuthich"><w:name w:val="caption"/></w:style><w:style w:styleId="Vong"><w:name w:val="x"/><w:basedOn w:val="Vong"/></w:style></w:styles>`,
		"word/numbering.xml": xmlHead + `<w:numbering ` + wordNS + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>` +
			`<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>` +
			`<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="1"/></w:num></w:numbering>`,
		"word/media/image1.png": unquoteBytes("PNG 40x30"),
	}
	maps.Copy(parts, more)
	return zipped(t, parts)
}

func zipped(t testing.TB, parts map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(parts[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// p is a paragraph in words: "style|properties|text".
func p(style, properties, text string) string {
	if style != "" {
		properties = `<w:pStyle w:val="` + style + `"/>` + properties
	}
	return `<w:p><w:pPr>` + properties + `</w:pPr>` + r("", text) + `</w:p>`
}

func r(properties, text string) string {
	return `<w:r><w:rPr>` + properties + `</w:rPr><w:t xml:space="preserve">` + text + `</w:t></w:r>`
}

const (
	centred = `<w:jc w:val="center"/>`
	shot    = `<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:drawing><a:graphic><a:blip r:embed="rId7"/></a:graphic></w:drawing></w:r></w:p>`
)

func li(level, list int, text string) string {
	return p("", fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, level, list), text)
}

// body makes HTML comparable: each picture is named alike.
func body(html string) string {
	var out []string
	for line := range strings.Lines(strings.TrimSpace(html)) {
		if before, after, ok := strings.Cut(line, "/images/"); ok {
			_, after, _ = strings.Cut(after, `"`)
			line = before + `ANH"` + after
		}
		out = append(out, strings.TrimRight(line, "\n"))
	}
	return strings.Join(out, "\n")
}

func TestDocx(t *testing.T) {
	text := p("", "", "Mở đầu bản tin.") + p("", "", "Sáng nay, Hội tổ chức hội nghị.")
	for _, c := range []struct {
		name, body  string
		title, html string
	}{
		{"the style Title", p("", "", "HỘI KHUYẾN HỌC VIỆT NAM") + p("Tiu", "", "Hội nghị Cụm I") + text, "Hội nghị Cụm I",
			"<p>Sáng nay, Hội tổ chức hội nghị.</p>"},
		{"the first heading, of a style based on one", p("Rieng", "", "Hội nghị Cụm I") + text + p("u2", "", "Phương hướng"), "Hội nghị Cụm I",
			"<p>Sáng nay, Hội tổ chức hội nghị.</p>\n<h3>Phương hướng</h3>"},
		{"the first bold line below the letterhead", p("", "", "Số: 12/TB-KHVN") +
			`<w:p>` + r("<w:b/>", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") + `</w:p><w:p>` + r("<w:b/>", "Về việc khen ") + r(`<w:b w:val="true"/><w:i/>`, "thưởng") + `</w:p>` + text, "Về việc khen thưởng",
			"<p>Sáng nay, Hội tổ chức hội nghị.</p>\n<p>Số: 12/TB-KHVN</p>"},
		{"a letter as offices write it", `<w:tbl><w:tr><w:tc>` + p("", centred, "HỘI KHUYẾN HỌC VIỆT NAM") + p("", centred, "Số: 05/KH-KHVN") + `</w:tc><w:tc>` + p("", centred, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") + p("", centred, "Độc lập – Tự do – Hạnh phúc") +
			p("", centred, "Hà Nội, ngày 05 tháng 01 năm 2026") + `</w:tc></w:tr></w:tbl><w:p>` + r("<w:b/>", "KẾ HOẠCH") + `</w:p><w:p>` + r("<w:b/>", "Công tác năm 2026") + `</w:p>` + text, "Kế hoạch: Công tác năm 2026",
			"<p>Sáng nay, Hội tổ chức hội nghị.</p>\n<p>Số: 05/KH-KHVN</p>"},
		{"a picture with a caption by style", p("Tiu", "", "Tin") + text + shot + p("", "", "") + p("Chuthich", "", "Trao học bổng") + p("", "", "Lễ trao diễn ra buổi sáng."), "Tin",
			`<p>Sáng nay, Hội tổ chức hội nghị.</p>` + "\n" + `<figure><img src="ANH" alt="" width="40" height="30"><figcaption>Trao học bổng</figcaption></figure>` + "\n<p>Lễ trao diễn ra buổi sáng.</p>"},
		{"a caption in the middle below a picture", p("Tiu", "", "Tin") + text + shot + p("", centred, "Các đại biểu chụp ảnh lưu niệm") + shot + p("", "", "Sau đó, đoàn ra về."), "Tin",
			`<p>Sáng nay, Hội tổ chức hội nghị.</p>` + "\n" + `<figure><img src="ANH" alt="" width="40" height="30"><figcaption>Các đại biểu chụp ảnh lưu niệm</figcaption></figure>` + "\n" +
				`<figure><img src="ANH" alt="" width="40" height="30"></figure>` + "\n<p>Sau đó, đoàn ra về.</p>"},
		{"lists within lists", p("Tiu", "", "Tin") + text + li(0, 3, "Vận động quỹ") + li(1, 3, "cấp tỉnh") + li(1, 3, "cấp xã") + li(0, 3, "Củng cố chi hội") + li(0, 4, "Một") + li(0, 4, "Hai") + p("", "", "Hết."), "Tin",
			"<p>Sáng nay, Hội tổ chức hội nghị.</p>\n<ul><li>Vận động quỹ<ol><li>cấp tỉnh</li><li>cấp xã</li></ol></li><li>Củng cố chi hội</li></ul>\n<ol><li>Một</li><li>Hai</li></ol>\n<p>Hết.</p>"},
		{"a table", p("Tiu", "", "Tin") + text + `<w:tbl><w:tblPr/><w:tr><w:tc><w:tcPr/>` + p("", "", "Tỉnh") + `</w:tc><w:tc>` + p("", "", "Suất") + `</w:tc></w:tr><w:tr><w:tc>` + p("", "", "Phú Thọ") + `</w:tc><w:tc>` + p("", "", "120") + `</w:tc></w:tr></w:tbl>`, "Tin",
			"<p>Sáng nay, Hội tổ chức hội nghị.</p>\n<table><tbody><tr><td>Tỉnh</td><td>Suất</td></tr><tr><td>Phú Thọ</td><td>120</td></tr></tbody></table>"},
		{"a cell over two columns, numbers above and below the line", p("Tiu", "", "Tin") + text + `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("", "", "Diện tích") + `</w:tc></w:tr><w:tr><w:tc>` + p("", "", "Phú Thọ") + `</w:tc><w:tc><w:p>` + r("", "90 m") + r(`<w:vertAlign w:val="superscript"/>`, "2") + r(`<w:vertAlign w:val="baseline"/>`, ", CO") + r(`<w:vertAlign w:val="subscript"/>`, "2") + `</w:p></w:tc></w:tr></w:tbl>`, "Tin",
			"<p>Sáng nay, Hội tổ chức hội nghị.</p>\n<table><tbody><tr><td colspan=\"2\">Diện tích</td></tr><tr><td>Phú Thọ</td><td>90 m², CO₂</td></tr></tbody></table>"},
		{"links, breaks, what was deleted, fields", p("Tiu", "", "Tin") + p("", "", "Mở đầu.") + `<w:p><w:hyperlink r:id="rId8">` + r("<w:b/>", "Xem văn bản") + `</w:hyperlink><w:del>` + r("", "bỏ") + `</w:del><w:ins>` + r("", " thêm") + `</w:ins><w:r><w:br/><w:instrText>PAGE</w:instrText><w:t>dòng &lt;dưới&gt;</w:t></w:r></w:p>`, "Tin",
			`<p><a href="https://example.org/van-ban"><strong>Xem văn bản</strong></a> thêm<br>dòng &lt;dưới&gt;</p>`},
		{"a text box and its copy for old programs", p("Tiu", "", "Tin") + p("", "", "Mở đầu.") + `<w:p><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>` + p("", "", "Trong khung") + `</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><v:textbox><w:txbxContent>` + p("", "", "Trong khung") + `</w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r>` + r("", "Ngoài khung") + `</w:p>`, "Tin",
			"<p>Ngoài khung</p>\n<p>Trong khung</p>"},
		{"an old drawing, and a picture elsewhere", p("Tiu", "", "Tin") + p("", "", "Mở đầu.") + `<w:p><w:r><w:pict><v:shape><v:imagedata r:id="rId7"/></v:shape></w:pict></w:r><w:r><w:drawing><a:blip r:embed="rId9"/></w:drawing></w:r></w:p>`, "Tin",
			`<figure><img src="ANH" alt="" width="40" height="30"></figure>`},
		{"TCVN3 in a Unicode file", p("Tiu", "", "Héi nghÞ côm I") + p("", "", "Mở đầu.") + p("", "", "Héi KhuyÕn häc ViÖt Nam tæ chøc héi nghÞ tæng kÕt n¨m häc."), "Hội nghị cụm I",
			"<p>Hội Khuyến học Việt Nam tổ chức hội nghị tổng kết năm học.</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/tin.docx", word(t, c.body, nil))
			items := read(t, dir, nil)
			if len(items) != 1 || items[0].Err != nil {
				t.Fatalf("got %+v", items)
			}
			b := items[0].Bulletin
			if day := b.Published.Format("2006-01-02"); strings.HasPrefix(b.Title, "Kế hoạch") && day != "2026-01-05" {
				t.Errorf("published on %s", day)
			}
			if b.Title != c.title || body(b.HTML) != c.html {
				t.Errorf("title %q, lead %q, warnings %q (-want +got)\n%s", b.Title, b.Lead, b.Warnings, cmp.Diff(c.html, body(b.HTML)))
			}
		})
	}
}

func TestDocxRefuses(t *testing.T) {
	whole := word(t, p("", "", "Tin"), nil)
	entity := strings.Replace(xmlHead, "?>", "?>\n<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", 1)
	deep := strings.Repeat("<w:sdt>", 500) + strings.Repeat("</w:sdt>", 500)
	for name, c := range map[string]struct{ file, says string }{
		"zip slip":          {word(t, p("", "", "Tin"), map[string]string{"../../etc/cron.d/x": "x"}), "path outside of it"},
		"absolute":          {word(t, p("", "", "Tin"), map[string]string{"/etc/x": "x"}), "path outside of it"},
		"backslashes":       {word(t, p("", "", "Tin"), map[string]string{`..\x`: "x"}), "path outside of it"},
		"external entity":   {word(t, "", map[string]string{"word/document.xml": entity + "<x>&e;</x>"}), "DOCTYPE"},
		"entity in styles":  {word(t, "", map[string]string{"word/styles.xml": entity + "<x>&e;</x>"}), "DOCTYPE"},
		"a million rows":    {word(t, "<w:tbl>"+strings.Repeat("<w:tr/>", 1_000_001)+"</w:tbl>", nil), "too large unpacked"},
		"many rows":         {word(t, "<w:tbl>"+strings.Repeat("<w:tr><w:tc><w:p><w:r><w:t>Phú Thọ</w:t></w:r></w:p></w:tc></w:tr>", 300_000)+"</w:tbl>", nil), "too"},
		"a bomb":            {word(t, p("", "", "Tin"), map[string]string{"word/media/image1.png": strings.Repeat("\x00", 50<<20)}), "too large unpacked"},
		"many parts":        {manyParts(t), "3007 parts"},
		"deep":              {word(t, deep, nil), "too long"},
		"cut off":           {whole[:len(whole)/2], "damaged or truncated"},
		"cut XML":           {word(t, "", map[string]string{"word/document.xml": `<w:document ` + wordNS + `><w:body><w:p>`}), "damaged"},
		"no text part":      {zipped(t, map[string]string{"a.txt": "x"}), "not a Word document"},
		"password":          {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"},
		"a page":            {"<html>Không phải Word</html>", "damaged"},
		"nothing in it":     {word(t, "", nil), "neither title nor text"},
		"one line of 30 MB": {word(t, p("", "", strings.Repeat("Hội Khuyến học ", 2<<20)), nil), "too large unpacked"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/tin.docx", c.file)
			items := read(t, dir, nil)
			if len(items) != 1 || items[0].Err == nil || !strings.Contains(items[0].Err.Error(), c.says) {
				t.Fatalf("got %v", outcome(items))
			}
			if problem := items[0].Err.(*source.Problem); problem.Words.VI == "" {
				t.Error("it is not said in Vietnamese")
			}
		})
	}
}

func manyParts(t testing.TB) string {
	parts := map[string]string{}
	for i := range 3000 {
		parts[fmt.Sprintf("word/media/%d.png", i)] = "x"
	}
	return word(t, p("", "", "Tin"), parts)
}

// Notes stand at the end, in the order in which the text calls them.
func TestDocxNotes(t *testing.T) {
	note := func(id, text string) string {
		return `<w:footnote w:id="` + id + `"><w:p><w:r><w:footnoteRef/></w:r>` + r("", text) + `</w:p></w:footnote>`
	}
	dir := t.TempDir()
	write(t, dir+"/tin.docx", word(t, p("Tiu", "", "Tin")+p("", "", "Mở đầu.")+
		`<w:p>`+r("", "Quỹ có 5 tỉ đồng")+`<w:r><w:footnoteReference w:id="3"/></w:r>`+r("", ", thêm 2 tỉ")+`<w:r><w:footnoteReference w:id="2"/></w:r></w:p>`, map[string]string{
		"word/footnotes.xml": xmlHead + `<w:footnotes ` + wordNS + `>` + note("0", "đường kẻ") + note("2", "Tới tháng 6.") + note("3", "Số liệu năm 2025.") + `</w:footnotes>`,
	}))
	b := read(t, dir, nil)[0].Bulletin
	if want := "Quỹ có 5 tỉ đồng¹, thêm 2 tỉ²\n\n1. Số liệu năm 2025.\n\n2. Tới tháng 6."; b.Text != want {
		t.Errorf("%q, want %q", b.Text, want)
	}
}

// Words that Word does not show are left out, and the bulletin says so.
func TestDocxHiddenWords(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.docx", word(t, p("Tiu", "", "Tin")+p("", "", "Mở đầu.")+`<w:p>`+r("", "Thấy")+r("<w:vanish/>", "cờ bạc")+`</w:p>`, nil))
	b := read(t, dir, nil)[0].Bulletin
	if strings.Contains(b.HTML, "cờ bạc") || len(b.Warnings) != 1 {
		t.Errorf("%q, warnings %q", b.HTML, b.Warnings)
	}
}
