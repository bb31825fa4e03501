package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bantin/internal/testneed"
)

// service reads a file of examples/service.
func service(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "service", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// docsPage reads a page of docs.
func docsPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The units are what systemd takes, and what they start are commands that there
// are.
func TestServiceUnits(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("bantin")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	verify := []string{"verify"}
	for _, name := range []string{"bantin.service", "bantin-backup.service", "bantin-backup.timer"} {
		text := strings.ReplaceAll(service(t, name), "/usr/local/bin/bantin", program)
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		verify = append(verify, file)
	}
	line := regexp.MustCompile(`(?m)^ExecStart=\S*bantin (.*)$`).FindStringSubmatch(service(t, "bantin.service"))
	f := newFolder(t, nil)
	f.ok(append(strings.Fields(line[1]), "--help")...)
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		testneed.Skip(t, "systemd-analyze")
	}
	if said, err := exec.Command(analyze, verify...).CombinedOutput(); err != nil || strings.Contains(string(said), dir) {
		t.Errorf("systemd-analyze verify: %v\n%s", err, said)
	}
}

// What the nightly backup runs makes a backup, beside the pictures, and removes
// none but those of over thirty days.
func TestServiceBackup(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho, "backups/hom-nay.db": "", "backups/nam-ngoai.db": ""})
	f.ok("collect")
	f.write("var/images/anh.png", "x")
	past := mustStat(t, f.path("bantin.yaml")).ModTime().AddDate(-1, 0, 0)
	if err := os.Chtimes(f.path("backups/nam-ngoai.db"), past, past); err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("/usr/local/bin/bantin", "bantin", "/etc/bantin/bantin.yaml", f.path("bantin.yaml"),
		"/var/lib/bantin", f.path("var"), "/var/backups/bantin", f.path("backups"), "$$", "$", "%%", "%", "*.db", "'*.db'")
	for _, line := range regexp.MustCompile(`(?m)^ExecStart(?:Post)?=-?(.*)$`).FindAllStringSubmatch(service(t, "bantin-backup.service"), -1) {
		if e := f.end(exec.Command("sh", "-c", here.Replace(line[1]))); e.status != 0 {
			t.Errorf("%s: status %d\n%s", line[1], e.status, e.err)
		}
	}
	copies, err := filepath.Glob(f.path("backups/20*.db"))
	if err != nil || len(copies) != 1 {
		t.Fatalf("backups: %q, %v", copies, err)
	}
	if mustStat(t, copies[0]).Size() == 0 || mustStat(t, f.path("backups/images/anh.png")).Size() != 1 {
		t.Error("the backup is empty, or without its pictures")
	}
	if _, err := os.Stat(f.path("backups/nam-ngoai.db")); err == nil {
		t.Error("a backup of last year is still there")
	}
	mustStat(t, f.path("backups/hom-nay.db"))
}

func mustStat(t *testing.T, file string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
