package templates

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin"

	"github.com/google/go-cmp/cmp"
)

func TestDates(t *testing.T) {
	at := time.Date(2026, time.November, 23, 14, 5, 0, 0, time.UTC)
	vi, en := bantin.Vietnamese, bantin.English
	tests := []struct{ got, want string }{
		{LongDate(vi, at), "Thứ Hai, 23 tháng 11 năm 2026"},
		{LongDate(en, at), "Monday, 23 November 2026"},
		{LongDate(vi, at.AddDate(0, 0, 6)), "Chủ nhật, 29 tháng 11 năm 2026"},
		{ShortDate(at), "23/11/2026"},
		{ShortDate(at.AddDate(0, 0, -14)), "9/11/2026"},
		{DayMonth(vi, at), "23/11"},
		{DayMonth(en, at), "23 Nov"},
		{Clock(at), "14:05"},
		{Number(vi, 0), "0"}, {Number(vi, 999), "999"}, {Number(vi, 2911), "2.911"},
		{Number(en, 2911), "2,911"}, {Number(vi, 20_000_007), "20.000.007"}, {Number(en, -1000), "-1,000"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{
		"Khuyến học": 10, "Khuye\u0302\u0301n": 6, "学习": 4, "🎓": 2, "a\u200Db": 2, "": 0,
	} {
		if got := Columns(s); got != want {
			t.Errorf("Columns(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	text := "Đợt đăng ký khép lại sớm mười ngày, xem https://bantin.example.org/bulletins/mot-tin-rat-dai nhé"
	want := "1. Đợt đăng ký khép lại\n   sớm mười ngày, xem\n   https://bantin.example.org/bulletins/mot-tin-rat-dai\n   nhé"
	if diff := cmp.Diff(want, Wrap(24, "1. ", "   ", text)); diff != "" {
		t.Error(diff)
	}
	if got := Wrap(10, "- ", "  ", " \n "); got != "- " {
		t.Errorf("of nothing: %q", got)
	}
}

func FuzzWrap(f *testing.F) {
	f.Add(20, "Hội Khuyến học Việt Nam 🎓 học suốt đời")
	f.Add(-1, "a\u0302 b")
	f.Fuzz(func(t *testing.T, columns int, text string) {
		out := Wrap(columns, "", "", text)
		if got, want := strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(text), " "); got != want {
			t.Fatalf("words changed: %q, want %q", got, want)
		}
		for line := range strings.SplitSeq(out, "\n") {
			if Columns(line) > columns && strings.Contains(line, " ") {
				t.Fatalf("%q is wider than %d", line, columns)
			}
		}
	})
}

// folder writes overrides.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOverrideOneFile(t *testing.T) {
	dir := folder(t, map[string]string{
		"page/message.html": "\uFEFF<p>{{.Title}} của chúng tôi</p>",
		"README.md":         "ghi chú của văn phòng",
		"mail/logo.png":     "không phải mẫu",
	})
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var w strings.Builder
	if err := set.Page("message").Execute(&w, map[string]string{"Title": "Trang"}); err != nil || w.String() != "<p>Trang của chúng tôi</p>" {
		t.Errorf("page = %q, %v", w.String(), err)
	}
	if set.MailText("digest").Name() != "mail/digest.txt" {
		t.Error("the other templates are not the built-in ones")
	}
}

func TestOutdatedOverrides(t *testing.T) {
	dir := folder(t, map[string]string{
		"mail/digest.html":  `{{template "top" .}}{{template "greeting" .}}{{range .Sections}}{{.Note}}{{end}}`,
		"mail/digest.txt":   "{{with .Greeting}}{{.Text}}{{end}}{{range .Corrections}}{{.Text}}{{end}}{{with .Note}}{{.}}{{end}}",
		"page/message.html": "<p></p>",
	})
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []Outdated{{filepath.Join(dir, "mail/digest.html"), []string{".Corrections", ".Note"}}, {filepath.Join(dir, "mail/digest.txt"), []string{".File"}}}
	if diff := cmp.Diff(want, set.Outdated()); diff != "" {
		t.Error(diff)
	}
	if set, err = Load(""); err != nil || len(set.Outdated()) > 0 {
		t.Errorf("the built-in ones: %v, %v", set.Outdated(), err)
	}
}

// TestOldPartial: a partial from before a block existed leaves that to the built-in one,
// and replaces what it defines.
func TestOldPartial(t *testing.T) {
	set, err := Load(folder(t, map[string]string{"mail/_frame.html": `{{define "top"}}<p>Đầu thư cũ</p>{{end}}{{define "bottom"}}<p>Chân thư cũ</p>{{end}}`}))
	if err != nil {
		t.Fatal(err)
	}
	mail := set.MailHTML("digest")
	for name, want := range map[string]string{"top": "Đầu thư cũ", "bottom": "Chân thư cũ", "note": ""} {
		part := mail.Lookup(name)
		if part == nil || !strings.Contains(part.Tree.Root.String(), want) {
			t.Errorf("the partial %q: %v", name, part)
		}
	}
}

func TestOverridesThatCannotBe(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"syntax", "mail/digest.txt", "một\nhai\n{{if .X}}", "digest.txt:3"},
		{"function", "page/home.html", "một\n{{khong .X}}", "home.html:2"},
		{"shared part", "page/_layout.html", "{{define \"top\"}}\n\n{{end}", "_layout.html:3"},
		{"escaping", "mail/digest.html", "<p>một</p>\n<a href='{{.X}}>hai</a>", "digest.html"},
		{"name", "page/bulletn.html", "<p></p>", "page/bulletin.html"},
		{"size", "mail/digest.txt", strings.Repeat("dài ", maxSize/4), "larger"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(folder(t, map[string]string{tt.file: tt.text}))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "khong-co")); err == nil {
		t.Error("a folder that is not there is no error")
	}
}

func TestUnknownNamePanics(t *testing.T) {
	set, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	set.Page("khong-co")
}
