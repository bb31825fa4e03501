package picture_test

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"bantin/picture"
)

func TestFiles(t *testing.T) {
	s, err := picture.OpenFiles(t.TempDir() + "/files")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, content, mediaType, ends string }{
		{"Kế hoạch.pdf", "%PDF-1.7", "application/pdf", "-ke-hoach.pdf"},
		{"Kế hoạch", "\ufeff%PDF-1.7", "application/pdf", "-ke-hoach.pdf"},
		{"mẫu.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "-ke-hoach.doc"},
		{"mẫu.docx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cũ", "application/msword", "-ke-hoach.doc"},
		{"mẫu.doc", `{\rtf1 x}`, "application/rtf", "-ke-hoach.rtf"},
		{"mẫu.doc", "PK\x03\x04 word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "-ke-hoach.docx"},
		{"BẢNG.XLSX", "PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "-ke-hoach.xlsx"},
		{"ghi.txt", "Hội Khuyến học", "text/plain", "-ke-hoach.txt"},
	} {
		f, err := s.Put(c.name, "ke-hoach", strings.NewReader(c.content))
		if err != nil || f.Type != c.mediaType || !strings.HasSuffix(f.Name, c.ends) || f.Length != int64(len(c.content)) {
			t.Errorf("%s: %+v, %v", c.name, f, err)
			continue
		}
		kept, err := fs.ReadFile(s.FS(), f.Name)
		if again, _ := s.Put(c.name, "ke-hoach", strings.NewReader(c.content)); err != nil || string(kept) != c.content || again != f {
			t.Errorf("%s: kept %q, %v; again %+v", c.name, kept, err, again)
		}
		if mediaType, known := picture.FileType(f.Name); mediaType != c.mediaType || !known {
			t.Errorf("%s is served as %q", f.Name, mediaType)
		}
	}
	if f, err := s.Put("a.pdf", "..//Đ "+strings.Repeat("dài-", 50), strings.NewReader("%PDF-")); err != nil || len(f.Name) > 100 || strings.ContainsAny(f.Name, "/ Đ") {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestFilesRefuses(t *testing.T) {
	s, err := picture.OpenFiles(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content io.Reader
		is      error
	}{
		"trang.pdf":    {strings.NewReader("<!DOCTYPE html><script>alert(1)</script> %PDF-"), picture.ErrFileKind},
		"trang.txt":    {strings.NewReader("\n <html>"), picture.ErrFileKind},
		"may.exe":      {strings.NewReader("MZ\x90"), picture.ErrFileKind},
		"may.doc":      {strings.NewReader("MZ\x90"), picture.ErrFileKind},
		"hinh.svg":     {strings.NewReader("<svg onload=alert(1)>"), picture.ErrFileKind},
		"nen.zip":      {strings.NewReader("PK\x03\x04"), picture.ErrFileKind},
		"rong.pdf":     {strings.NewReader(""), picture.ErrFileKind},
		"khong-duoi":   {strings.NewReader("PK\x03\x04"), picture.ErrFileKind},
		"lon.pdf":      {io.MultiReader(strings.NewReader("%PDF-"), endless{}), picture.ErrFileTooLarge},
		"nhi-phan.txt": {strings.NewReader("a\x00b"), picture.ErrFileKind},
	} {
		if f, err := s.Put(name, "x", c.content); !errors.Is(err, c.is) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}
