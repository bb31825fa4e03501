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
		fuzz(t, docxOf(t, map[string]string{"word/document.xml": wordPart("document", "<w:body>"+string(body)+"</w:body>")}), "a.docx")
	})
}

// FuzzDocxParts varies what stands around the text: styles, lists, notes, relations, and a
// page within the file.
func FuzzDocxParts(f *testing.F) {
	const text = "<w:body><w:p><w:pPr><w:pStyle w:val='a'/><w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>Tin</w:t><w:footnoteReference w:id='1'/></w:r></w:p>" +
		"<w:p><w:pPr><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr><w:hyperlink r:id='a'><w:r><w:t>b</w:t></w:r></w:hyperlink></w:p><w:altChunk r:id='c'/></w:body>"
	f.Add("<w:style w:styleId='a'><w:basedOn w:val='a'/><w:pPr><w:outlineLvl w:val='0'/><w:numPr><w:numId w:val='2'/></w:numPr></w:pPr></w:style>",
		"<w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='1'><w:start w:val='9'/><w:numFmt w:val='upperRoman'/><w:lvlText w:val='Điều %2.%1'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>",
		"<w:footnote w:id='1'><w:p><w:r><w:t>c</w:t><w:footnoteReference w:id='1'/></w:r></w:p></w:footnote>",
		"<Relationship Id='a' Target='http://x.vn/' TargetMode='External'/><Relationship Id='c' Target='c.html'/>", "<p>Bài</p>")
	f.Add("<w:style w:styleId='a'><w:basedOn w:val='b'/></w:style><w:style w:styleId='b'><w:basedOn w:val='a'/></w:style>",
		"<w:abstractNum w:abstractNumId='0'><w:numStyleLink w:val='a'/></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='1'><w:startOverride w:val='9223372036854775807'/></w:lvlOverride></w:num>",
		"<w:footnote/>", "<Relationship Id='c' Target='document.xml'/>", "x")
	f.Fuzz(func(t *testing.T, styles, lists, notes, relations, chunk string) {
		fuzz(t, docxOf(t, map[string]string{
			"word/document.xml": wordPart("document", text), "word/styles.xml": wordPart("styles", styles), "word/numbering.xml": wordPart("numbering", lists),
			"word/footnotes.xml": wordPart("footnotes", notes), "word/_rels/document.xml.rels": "<Relationships>" + relations + "</Relationships>", "word/c.html": chunk,
		}), "a.docx")
	})
}

func wordPart(name, text string) string {
	return "<w:" + name + " xmlns:w='w' xmlns:r='r' xmlns:a='a'>" + text + "</w:" + name + ">"
}

// docxOf is a .docx of these parts.
func docxOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, text := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// FuzzMailParts varies the parts of a mail: files in uuencode, documents, forwarded mails.
func FuzzMailParts(f *testing.F) {
	f.Add("text/plain; format=flowed; delsp=yes", "quoted-printable", "B=C3=A0i =\n> a\n-- \nb")
	f.Add("text/plain; charset=x-viet-tcvn", "8bit", "begin 644 a.docx\n#4$L#\n`\nend\n")
	f.Add("message/rfc822", "7bit", "Subject: a\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\nx\n--q--")
	f.Add("application/vnd.openxmlformats-officedocument.wordprocessingml.document; name*0*=utf-8''a%2e; name*1=docx", "base64", "UEsDBA==")
	f.Add("text/html; charset=\"iso-2022-jp\"", "x-uuencode", "begin 644 x\nM\nend")
	f.Fuzz(func(t *testing.T, kind, encoding, body string) {
		fuzz(t, []byte("From: Văn phòng <a@b.vn>\nSubject: =?utf-8?q?H=E1=BB=99i?=\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/plain\n\nBài.\n--q\nContent-Type: "+
			kind+"\nContent-Transfer-Encoding: "+encoding+"\n\n"+body+"\n--q--\n"), "a.eml")
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
