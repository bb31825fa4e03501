package document

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/source/charset"
)

// What these check is what every bulletin promises its readers.

func FuzzText(f *testing.F) {
	f.Add([]byte("Tin\n29.04.2022\n\nMở đầu.\n\u00a0\n\nÔng A phát biểu\n\nURL của bản tin này::http://x.vn/a\n"))
	f.Add([]byte("a - b\na http://x\n\nb\n1.1.2022 25:61\n"))
	f.Add([]byte("\ufeffHo\u0323c\r\n\x0b"))
	f.Fuzz(func(t *testing.T, raw []byte) { fuzz(t, raw, "a.txt") })
}

func FuzzMarkdown(f *testing.F) {
	f.Add([]byte("---\ntitle: Tin\ndate: 2026-01-02\nplaces: [Phú Thọ, x]\nevent: {date: x}\n---\n# A\n\n![a](b \"c\")\n*d*\n"))
	f.Add([]byte("---\na: &a [*a, *a]\n? b\n---\n<script>x</script><b onclick=x>\n\n|a|\n|-|\n|b|"))
	f.Add([]byte("---\n- x\n---\n[a](javascript:x) <a href='//x'>b</a>"))
	f.Fuzz(func(t *testing.T, raw []byte) { fuzz(t, raw, "a.md") })
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("<title>A&#13;B</title><link rel=canonical href='http://x.vn/'><h1>A</h1><p>b<img src=x onerror=y>"))
	f.Add([]byte("<table><tr><td><img src=/a><td>b<table><ul><li>c<ol><li>d</table><figure><figcaption>e"))
	f.Add([]byte("<svg><style><img src=x onerror=y></style></svg><math><mi>x</math><a href='data:x'>e&#769;</a>"))
	f.Fuzz(func(t *testing.T, raw []byte) { fuzz(t, raw, "a.html") })
}

func FuzzMail(f *testing.F) {
	f.Add([]byte("From: =?utf-8?q?V=C4=83n?= <a@b.vn>\nSubject: Fwd: H\xe9i\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>x<img src=cid:a>\n--r\nContent-ID: <a>\nContent-Type: image/png\n\nx\n--r--\n"))
	f.Add([]byte("Subject:\nContent-Type: text/plain; charset=windows-1258\nContent-Transfer-Encoding: base64\n\nSPTyaQ==\n"))
	f.Fuzz(func(t *testing.T, raw []byte) { fuzz(t, raw, "a.eml") })
}

// FuzzDocx varies the text of a document; the zip around it is the standard
// library's to fuzz.
func FuzzDocx(f *testing.F) {
	f.Add([]byte("<w:p><w:pPr><w:pStyle w:val='Title'/></w:pPr><w:r><w:t>Tin</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>a&#769;</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"))
	f.Add([]byte("<w:p><w:pPr><w:numPr><w:ilvl w:val='3'/><w:numId w:val='1'/></w:numPr></w:pPr><w:hyperlink r:id='a'><w:r><w:drawing><a:blip r:embed='a'/></w:drawing></w:r></w:hyperlink></w:p>"))
	f.Add([]byte("<!DOCTYPE x><w:p><w:r><w:pict><w:txbxContent><w:p/></w:txbxContent></w:pict></w:r>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var file bytes.Buffer
		z := zip.NewWriter(&file)
		w, err := z.CreateHeader(&zip.FileHeader{Name: "word/document.xml", Method: zip.Store})
		if err == nil {
			_, err = w.Write(append([]byte("<w:document xmlns:w='w' xmlns:r='r' xmlns:a='a'><w:body>"), body...))
		}
		if err == nil {
			_, err = w.Write([]byte("</w:body></w:document>"))
		}
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		fuzz(t, file.Bytes(), "a.docx")
	})
}

func fuzz(t *testing.T, raw []byte, name string) {
	options := &Options{Location: time.UTC, Now: time.Now}
	if work, out := made(t, name, string(raw)); out > maxMade || work > 64<<20+3000*uint64(len(raw)) {
		t.Errorf("%d bytes make a bulletin of %d KB, and %d MB on the way", len(raw), out>>10, work>>20)
	}
	d, err := Read(t.Context(), options, File{Name: name, Raw: raw})
	if err != nil {
		if p, ok := err.(*Problem); !ok || p.Words.VI == "" || p.Words.EN == "" {
			t.Fatalf("not a problem in both languages: %#v", err)
		}
		return
	}
	b := d.Finish()
	if b.Title == "" || strings.ContainsAny(b.Title, "\r\n\t") {
		t.Errorf("title %q", b.Title)
	}
	said := []string{b.Title, b.Lead, b.HTML, b.Text, b.Author}
	for _, w := range b.Warnings {
		said = append(said, w.In(bantin.Vietnamese), w.In(bantin.English))
	}
	for _, s := range said {
		if !utf8.ValidString(s) || charset.DropForbidden(s) != s || !norm.NFC.IsNormalString(s) {
			t.Errorf("not clean: %q", s)
		}
	}
	if again := sanitise(b.HTML); plainly(again) != plainly(b.HTML) {
		t.Errorf("not sanitised\n%q\n%q", b.HTML, again)
	}
}

// plainly takes away differences in how the same HTML is written.
func plainly(page string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		b.WriteString(z.Token().String())
	}
	return b.String()
}
