package source_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
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

// mailWith is a cover letter with a file attached.
func mailWith(name, content string) string {
	return "From: vanphong@example.org\nSubject: =?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte("Bài gửi đăng")) + "?=\nDate: Mon, 30 Nov 2026 08:00:00 +0700\n" +
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nKính chuyển.\n" +
		"--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=UTF-8''" + url.PathEscape(name) + "\nContent-Transfer-Encoding: base64\n\n" +
		base64.StdEncoding.EncodeToString([]byte(content)) + "\n--b--\n"
}

// What a program that is installed makes of a document is read: .odt and .rtf as .docx is,
// the words of .doc and PDF are held beside the file.
func TestFolderConverts(t *testing.T) {
	testneed.Program(t, "/bin/sh")
	made := filepath.Join(t.TempDir(), "made.docx")
	write(t, made, word(t, p("Tiu", "", "Lễ trao học bổng")+p("", "", "Sáng nay, Hội trao 50 suất."), nil))
	docx, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	script := func(text string) string {
		name := filepath.Join(t.TempDir(), "program")
		write(t, name, "#!/bin/sh\n"+text)
		if err := os.Chmod(name, 0o700); err != nil {
			t.Fatal(err)
		}
		return name
	}
	works := &convert.Programs{Office: script(`cp ` + made + ` "$TMPDIR/out/in.docx"`), PDF: script(`printf 'Sáng nay, Hội\ntrao 50 suất.\n\n\n1\n'`)}
	const oleWord = "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00"
	const rtf, ole = `{\rtf1 x}`, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	for _, c := range []struct {
		name, raw string
		programs  *convert.Programs
		want      string
	}{
		{"tin.rtf", rtf, works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 0 held ""`},
		{"tin.doc", ole, works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 1 held "the words of a .doc may be incomplete"`},
		{"là-rtf.doc", rtf, works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 0 held ""`},
		{"là-doc.docx", ole + oleWord, works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 1 held "the words of a .doc may be incomplete"`},
		{"là-docx.doc", string(docx), nil, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 0 held ""`},
		{"tin.pdf", "%PDF-1.4", works, `"tin" "Sáng nay, Hội trao 50 suất. 1" files 1 held "the words of a PDF may be out of order"`},
		{"tin.rtf", rtf, nil, `"tin" "" files 1 held "the words of the file are not read (LibreOffice is not installed on the server)"`},
		{"tin.pdf", "%PDF-1.4", nil, `"tin" "" files 1 held "it has an attachment and no text"`},
		{"tin.rtf", rtf, &convert.Programs{Office: script("exit 1")}, `"tin" "" files 1 held "the words of the file are not read (the file cannot be read)"`},
		{"tin.rtf", rtf, &convert.Programs{Office: script("sleep 1000"), Timeout: 200 * time.Millisecond}, `"tin" "" files 1 held "the words of the file are not read (reading the file took too long and was stopped)"`},
		{"thư.eml", mailWith("bài.rtf", rtf), works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 0 held ""`},
		{"thư.eml", mailWith("bài.doc", ole), works, `"Lễ trao học bổng" "Sáng nay, Hội trao 50 suất." files 1 held "the words of a .doc may be incomplete"`},
		{"thư.eml", mailWith("bài.rtf", rtf), nil, `"Bài gửi đăng" "Kính chuyển." files 1 held "the words of the file are not read (LibreOffice is not installed on the server)"`},
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
