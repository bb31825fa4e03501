package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin/config"
)

// What a file that was changed will do when it is read again.
func TestSettingChanges(t *testing.T) {
	load := func(text string) (*config.Config, []config.Problem) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "bantin.yaml")
		if err := os.WriteFile(file, []byte("site: {title: Hội, url: https://bantin.example.org}\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, report := config.Load(file)
		return c, report.Problems
	}
	const digest = `{id: hang-tuan, title: Bản tin, schedule: "0 7 * * MON"}`
	was, _ := load("digests: [" + digest + "]\nfeeds: [{id: cu, title: Cũ}]\n")
	now := time.Date(2026, time.November, 20, 3, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"digests: [" + digest + "]\nfeeds: [{id: cu, title: Mới}]\n":                                        "",
		"digests: [" + strings.Replace(digest, "MON", "TUE", 1) + "]\nfeeds: [{id: cu, title: Cũ}]\n":       "Digest hang-tuan: due next 24/11/2026 07:00 +07:00 instead of 23/11/2026 07:00 +07:00",
		"digests: [" + strings.Replace(digest, "hang-tuan", "moi", 1) + "]\nfeeds: [{id: cu, title: Cũ}]\n": "Digest hang-tuan goes; Digest moi is new",
		"digests: [" + digest + "]\n":            "Feed cu goes",
		"digests: [" + digest + "]\nfeedz: []\n": "It will be refused, line 3",
	} {
		next, problems := load(text)
		var got []string
		for _, c := range settingChanges(was, next, problems, now) {
			got = append(got, c.EN)
		}
		if all := strings.Join(got, "; "); all != want && !(strings.HasPrefix(want, "It will") && strings.HasPrefix(all, want)) {
			t.Errorf("%s: %q, want %q", text, all, want)
		}
	}
}

// What may be a secret is shown to nobody; the rest stays as it is written.
func TestWithoutSecrets(t *testing.T) {
	for in, want := range map[string]string{
		"database: postgres://bantin:mật-khẩu@db/bantin": "database: postgres://bantin:…@db/bantin",
		"database: postgres://bantin@db/bantin":          "database: postgres://bantin@db/bantin",
		"  password_file: /run/credentials/smtp":         "  password_file: /run/credentials/smtp",
		"  password: abc":                                "  password: …",
		"  client_secret: \"abc\"":                       "  client_secret: …",
		"alarm: {url: https://hooks.example.org/T024}":   "alarm: …",
		"alarm:\n  url: https://hooks.example.org/T024\n  command: [/usr/local/bin/tell, \"0123\"]\n  after: 5m\nsmtp:\n  host: a:b": "alarm:\n  url: …\n  command: …\n  after: 5m\nsmtp:\n  host: a:b",
		"alarm:\n  command:\n    - /usr/local/bin/tell\n    - \"a: b\"\n":                                                            "alarm:\n  command:…\n    …\n    …",
		"alarm:\n  url:\n    https://hooks.example.org/T024\n":                                                                       "alarm:\n  url:…\n    …",
		"# ghi chú: một dòng\nsite: {title: Hội}":                                                                                    "# ghi chú: một dòng\nsite: {title: Hội}",
	} {
		if diff := cmp.Diff(want, strings.Join(withoutSecrets(in), "\n")); diff != "" {
			t.Errorf("of %q (-want +got)\n%s", in, diff)
		}
	}
}

// The office is shown all that check finds without a line: of the database, and of the files
// that the YAML names.
func TestProblemsForTheOffice(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "bantin.yaml")
	for name, text := range map[string]string{
		"bantin.yaml": `site: {title: Hội Khuyến học, url: "https://bantin.example.org", contact: vanphong@example.org, logo: logo.png, language: en}
contacts: danh-sach.csv
digests: [{id: hang-tuan, title: Bản tin, schedule: "0 7 * * MON", subject: "Gửi {{.Contact.Name}}", audience: {levels: [tinh]}}]
`,
		"logo.png": "không phải ảnh", "danh-sach.csv": "họ tên,thư điện tử\nNguyễn Thị Ánh,anh@example.org\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := opened(t, file)
	var shown []string
	for _, p := range w.problems()(t.Context()) {
		shown = append(shown, p.Message.EN)
	}
	for _, want := range []string{"has 0 recipients", "the logo", "uses .Contact", "selects contacts by level"} {
		if !slices.ContainsFunc(shown, func(text string) bool { return strings.Contains(text, want) }) {
			t.Errorf("no %q in %q", want, shown)
		}
	}
	checked, _, _ := bantinRun(t, file, "check", "--json")
	var found struct{ Problems []struct{ Line int } }
	if err := json.Unmarshal([]byte(checked), &found); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range found.Problems {
		if p.Line == 0 {
			n++
		}
	}
	if n != len(shown) {
		t.Errorf("check finds %d without a line, the office is shown %q: %s", n, shown, checked)
	}
}

// opened is what a program that says nothing works with.
func opened(t *testing.T, file string) *deps {
	t.Helper()
	a := &app{printer: printer{out: io.Discard, err: io.Discard}, config: file}
	w, err := a.open(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	return w
}

// Each read of a folder says which files are gone, so that what was wrong with one goes with
// it. A feed lists its latest entries alone.
func TestFolderListsAll(t *testing.T) {
	t.Parallel()
	f := &folder{t, t.TempDir()}
	f.write("bantin.yaml", `site: {title: Hội Khuyến học, url: "https://bantin.example.org"}
sources:
  - {id: van-phong, kind: folder, path: tin, schedule: "@hourly"}
  - {id: hoi-tinh, kind: feed, url: "https://hoi.example.org/rss", schedule: "@hourly"}
`)
	f.write("tin/tin.md", "# Tin\n")
	w := opened(t, f.path("bantin.yaml"))
	for i, want := range []bool{true, false} {
		s := &w.config.Sources[i]
		if r, err := w.reading(s, readOptions{}); err != nil || r.Listed != want {
			t.Errorf("%s lists all: %v, %v", s.ID, !want, err)
		}
	}
}
