package main

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// docx makes a document of Word with the paragraphs, the first of which is its
// title.
func docx(t *testing.T, paragraphs ...string) string {
	t.Helper()
	var text, file strings.Builder
	text.WriteString(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for i, p := range paragraphs {
		text.WriteString(`<w:p><w:pPr>` + strings.Repeat(`<w:pStyle w:val="Title"/>`, max(0, 1-i)) + `</w:pPr><w:r><w:t>` + p + `</w:t></w:r></w:p>`)
	}
	text.WriteString(`</w:body></w:document>`)
	z := zip.NewWriter(&file)
	w, err := z.Create("word/document.xml")
	if err == nil {
		_, err = bytes.NewBufferString(text.String()).WriteTo(w)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// An office saves each week's bulletin under the same name.
func TestDocxOverwrittenEachWeek(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": `site: {title: Hội Khuyến học, url: https://bantin.example.org, contact: vanphong@example.org, language: en}
sources: [{id: van-phong, kind: folder, path: bulletins}]
`})
	week := func(want string, paragraphs ...string) {
		t.Helper()
		f.write("bulletins/tin.docx", docx(t, paragraphs...))
		if out := f.ok("collect"); !strings.Contains(out, want) {
			t.Errorf("want %q:\n%s", want, out)
		}
	}
	week("added      van-phong-tin\n", "Phú Thọ trao học bổng", "Sáng nay, Hội Khuyến học tỉnh Phú Thọ trao 120 suất học bổng.", "Buổi lễ có đông đủ thầy cô và học sinh các huyện.")
	week("revised    van-phong-tin\n", "Phú Thọ trao học bổng", "Sáng nay, Hội Khuyến học tỉnh Phú Thọ trao 125 suất học bổng.", "Buổi lễ có đông đủ thầy cô và học sinh các huyện.")
	week("added      van-phong-tin-2\n", "Cần Thơ đón ghe sách", "Ghe sách đầu tiên cập bến Ninh Kiều chiều qua.", "Trẻ em vùng sông nước được mượn truyện miễn phí.")
	if list := f.ok("bulletins", "list"); strings.Count(list, "\n") != 2 {
		t.Errorf("the list is\n%s", list)
	}
}
