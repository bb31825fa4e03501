package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"
	"bantin/picture"
	"bantin/source"
	"bantin/source/document/convert"
)

// What a program that is installed makes of a document is read: .odt and .rtf as .docx is,
// the words of .doc and PDF are held beside the file.
func TestFolderConverts(t *testing.T) {
	testneed.Program(t, "/bin/sh")
	made := filepath.Join(t.TempDir(), "made.docx")
	write(t, made, word(t, p("Tiu", "", "Lễ trao học bổng")+p("", "", "Sáng nay, Hội trao 50 suất."), nil))
	script := func(text string) string {
		name := filepath.Join(t.TempDir(), "program")
		write(t, name, "#!/bin/sh\n"+text)
		if err := os.Chmod(name, 0o700); err != nil {
			t.Fatal(err)
		}
		return name
	}
	works := &convert.Programs{Office: script(`cp ` + made + ` "$TMPDIR/out/in.docx"`), PDF: script(`printf 'Sáng nay, Hội\ntrao 50 suất.\n\n\n1\n'`)}
	const rtf, ole = `{\rtf1 x}`, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	for _, c := range []struct {
		name, raw string
		programs  *convert.Programs
		want      string
	}{
		{"tin.rtf", rtf, works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 0 held ""`},
		{"tin.doc", ole, works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 1 held "the words of a .doc may be incomplete"`},
		{"tin.pdf", "%PDF-1.4", works, `"tin" "Sáng nay, Hội trao 50 suất. 1" files 1 held "the words of a PDF may be out of order"`},
		{"tin.rtf", rtf, nil, `"tin" "" files 1 held "the words of the file are not read (LibreOffice is not installed on the server)"`},
		{"tin.pdf", "%PDF-1.4", nil, `"tin" "" files 1 held "it has an attachment and no text"`},
		{"tin.rtf", rtf, &convert.Programs{Office: script("exit 1")}, `"tin" "" files 1 held "the words of the file are not read (the file cannot be read)"`},
		{"tin.rtf", rtf, &convert.Programs{Office: script("sleep 1000"), Timeout: 200 * time.Millisecond}, `"tin" "" files 1 held "the words of the file are not read (reading the file took too long and was stopped)"`},
		{"tin.rtf", "không phải RTF", works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 0 held ""`},
	} {
		dir := t.TempDir()
		write(t, dir+"/"+c.name, c.raw)
		files, err := picture.OpenFiles(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		for item, err := range open(t, source.Spec{ID: "van-phong", Path: dir, Files: files, Programs: c.programs}).Read(t.Context(), nil) {
			if err != nil || item.Err != nil {
				t.Fatal(err, item.Err)
			}
			if b := item.Bulletin; b != nil {
				held, _, _ := strings.Cut(b.Held.In("en"), ";")
				text := strings.Join(strings.Fields(b.Lead+" "+b.Text), " ")
				if got := fmt.Sprintf("%q %q files %d held %q", b.Title, text, len(b.Attachments), held); got != c.want {
					t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
				}
			}
		}
	}
}
