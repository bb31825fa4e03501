package convert_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"
	"bantin/source/document/convert"
)

// program writes a script that stands for LibreOffice.
func program(t *testing.T, script string) *convert.Programs {
	t.Helper()
	testneed.Program(t, "/bin/sh")
	path := filepath.Join(t.TempDir(), "soffice")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return &convert.Programs{Office: path, PDF: path}
}

func TestDOCX(t *testing.T) {
	p := program(t, `cat "$TMPDIR/in.odt" > "$TMPDIR/out/in.docx"; echo >> "$TMPDIR/out/in.docx"; ls "$TMPDIR/profile/user" >> "$TMPDIR/out/in.docx"`)
	out, err := p.DOCX(t.Context(), []byte("văn bản"), ".odt")
	if err != nil || string(out) != "văn bản\nregistrymodifications.xcu\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestPDFText(t *testing.T) {
	p := program(t, `printf 'Ch\341\273\257 \377\n'`)
	if text, err := p.PDFText(t.Context(), []byte("%PDF")); err != nil || text != "Chữ \ufffd\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// A program sees nothing of this process, and keeps to its limits.
func TestLimits(t *testing.T) {
	t.Setenv("BANTIN_SECRET", "mật khẩu")
	for name, c := range map[string]struct{ script, says string }{
		"environment":     {`env >&2; exit 3`, "exit status 3"},
		"nothing written": {`true`, "made nothing"},
		"an endless file": {`yes > "$TMPDIR/out/in.docx"; exit 3`, "exit status 3"},
	} {
		_, err := program(t, c.script).DOCX(t.Context(), []byte("x"), ".rtf")
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "mật khẩu") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A program that does not end is stopped with what it started, and its files are gone.
func TestStopped(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "dir")
	p := program(t, `echo "$TMPDIR" > `+mark+`; sleep 1000 & sleep 1000`)
	p.Timeout = 300 * time.Millisecond
	if _, err := p.DOCX(t.Context(), []byte("x"), ".doc"); !errors.Is(err, convert.ErrTimeout) {
		t.Errorf("%v", err)
	}
	dir, err := os.ReadFile(mark)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(strings.TrimSpace(string(dir))); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.DOCX(ctx, []byte("x"), ".doc"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestNotInstalled(t *testing.T) {
	var none *convert.Programs
	for _, p := range []*convert.Programs{none, {}} {
		_, err := p.DOCX(t.Context(), nil, ".odt")
		_, err2 := p.PDFText(t.Context(), nil)
		if !errors.Is(err, convert.ErrNotInstalled) || !errors.Is(err2, convert.ErrNotInstalled) {
			t.Errorf("%v, %v", err, err2)
		}
	}
}

// The programs themselves, where they are installed.
func TestRealPrograms(t *testing.T) {
	testneed.Program(t, "soffice")
	testneed.Program(t, "pdftotext")
	p := convert.Find()
	rtf := `{\rtf1\ansi\ansicpg1258\uc1{\fonttbl{\f0 Times New Roman;}}\f0\b H\u7897?i ngh\u7883?\b0\par M\u7903? l\u7899?p.\par}`
	out, err := p.DOCX(t.Context(), []byte(rtf), ".rtf")
	if err != nil || !strings.HasPrefix(string(out), "PK") {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	if _, err := p.DOCX(t.Context(), []byte("PK\x03\x04 không phải ODT"), ".odt"); err == nil {
		t.Error("a file that is none was converted")
	}
	pdf := "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 40>>stream\nBT /F 12 Tf 20 100 Td (Hoc bong) Tj ET  \nendstream endobj\ntrailer<</Root 1 0 R>>\n"
	if text, err := p.PDFText(t.Context(), []byte(pdf)); err != nil || strings.TrimSpace(text) != "Hoc bong" {
		t.Errorf("%q, %v", text, err)
	}
}
