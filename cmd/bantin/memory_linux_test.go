package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"
)

// Whatever is in a feed, a document or a list, reading it takes less than 200 MB, the
// program itself included.
func TestMemoryOfForeignInput(t *testing.T) {
	t.Parallel()
	testneed.Long(t, "reads some 40 MB")
	rep := strings.Repeat
	const first = `<item><title>Tin đầu</title><guid>1</guid><description>Bài.</description></item>`
	rss := func(items string) string {
		return `<rss version="2.0"><channel><title>Ngành</title>` + first + items + `</channel></rss>`
	}
	json := func(items string) string {
		return `{"version":"https://jsonfeed.org/version/1.1","title":"Ngành","items":[{"id":"1","title":"Tin đầu","content_text":"Bài."}` + items
	}
	feeds := map[string]string{
		"nested":         rss(`<item><title>Tin</title>` + rep("<a:b>", 1_400_000)),
		"namespaces":     rss(`<item>` + counted(150_000, `<a%[1]d:b xmlns:a%[1]d="urn:%[1]d">`)),
		"nested-in-text": rss(`<item><description>` + rep("<b>", 2_300_000) + `</description></item>`),
		"tiny":           rss(counted(100_000, `<item><title>Tin %d</title></item>`)),
		"json":           json(counted(100_000, `,{"id":"x%[1]d","title":"Tin %[1]d","content_text":"Bài."}`) + `]}`),
		"nested-json":    json(`,{"id":"2","_a":` + rep("[", 7_000_000)),
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, feeds[strings.TrimPrefix(r.URL.Path, "/")])
	}))
	t.Cleanup(site.Close)
	f := newFolder(t, map[string]string{
		"tin/bang.md":      "# Tin\n\nMở đầu.\n\n|" + rep("a|", 1500) + "\n|" + rep("-|", 1500) + "\n" + rep("|x|\n", 1500),
		"tin/dau.md":       "---\ntitle: " + rep("- ", 30_000) + "\n---\n# Tin\n",
		"tin/an.html":      `<title>Tin</title><p>Mở đầu.</p>` + rep(`<div style="font-size:0">`, 400) + `<b style="font-size:12px">x</b>`,
		"tin/dam.html":     `<title>Tin</title><p>Mở đầu.</p>` + rep("<b><i>", 200) + rep("<p>x", 20_000),
		"tin/lien-ket.md":  "# Tin\n\nMở đầu.\n\n[a]: http://x.vn/" + rep("b", 60_000) + "\n\n" + rep("[a] ", 6000),
		"tin/dài.html":     `<title>Tin</title><a href="http://x.vn/` + rep("a", 100_000) + `">` + rep("<p>x</p>", 20_000),
		"tin/van-ban.docx": docxOf(t, 600),
		"cot-xfd.xlsx":     sheetOf(t, counted(3000, `<row r="%[1]d"><c r="A%[1]d" t="inlineStr"><is><t>a%[1]d@example.org</t></is></c><c r="XFD%[1]d" t="inlineStr"><is><t>x</t></is></c></row>`)),
		"trong.xlsx":       sheetOf(t, counted(500_000, `<row r="%[1]d"><c r="A%[1]d"/><c r="ZZ%[1]d" s="0"/></row>`)),
	})
	yaml := `site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
sources:
  - {id: tin, kind: folder, path: tin, schedule: "@every 1h"}
`
	for id := range feeds {
		yaml += fmt.Sprintf("  - {id: %s, kind: feed, url: %q, allow_private: true, schedule: \"@every 1h\"}\n", id, site.URL+"/"+id)
	}
	if err := os.WriteFile(f.path("bantin.yaml"), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	read := func(args ...string) {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			cmd := exec.Command("bantin", args...)
			cmd.Dir = f.path("")
			peak, out := peakMemory(t, cmd)
			if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
				t.Fatalf("exit status %d\n%s", code, out)
			}
			const most = 200_000
			if peak == 0 || peak > most {
				t.Errorf("it took %d KB\n%s", peak, out)
			}
		})
	}
	read("collect", "tin")
	for id := range feeds {
		read("collect", id)
	}
	read("contacts", "import", "cot-xfd.xlsx")
	read("contacts", "import", "trong.xlsx")
}

// peakMemory runs a command and gives the most memory that it had, in KB. The kernel's
// account of an ended process has what its parent had at the start, too.
func peakMemory(t *testing.T, cmd *exec.Cmd) (peak int, out string) {
	t.Helper()
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for often := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-ended:
			often.Stop()
			return peak, b.String()
		case <-often.C:
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if _, value, is := strings.Cut(string(status), "VmHWM:"); err == nil && is {
			if _, err := fmt.Sscan(value, &peak); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// counted repeats a pattern with the numbers from 2 on.
func counted(n int, pattern string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, pattern, i+2)
	}
	return b.String()
}

// docxOf is a Word file with so many paragraphs of 34 KB.
func docxOf(t *testing.T, paragraphs int) string {
	t.Helper()
	const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	text := strings.Repeat("<w:p><w:r><w:t>"+strings.Repeat("Hội khuyến học. ", 2000)+"</w:t></w:r></w:p>", paragraphs)
	return zipOf(t, map[string]string{
		"_rels/.rels":       `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml": `<w:document xmlns:w="` + word + `"><w:body>` + text + `</w:body></w:document>`,
	})
}

// sheetOf is a workbook whose only sheet has these rows below a heading.
func sheetOf(t *testing.T, rows string) string {
	t.Helper()
	const sheet, rel = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return zipOf(t, map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="` + sheet + `" xmlns:r="` + rel + `"><sheets><sheet name="Danh bạ" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet xmlns="` + sheet + `"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c></row>` + rows + `</sheetData></worksheet>`,
	})
}

// zipOf packs files.
func zipOf(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(filepath.ToSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
