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

// packaged reads a file of packaging.
func packaged(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "packaging", name))
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

// units are what systemd runs of the package.
var units = []string{"bantin.service", "bantin.socket", "bantin-backup.service", "bantin-backup.timer"}

// olderSystemd is what a systemd before 253 says of the type that it does not know.
var olderSystemd = regexp.MustCompile(`(?m)^.*Failed to parse service type, ignoring: notify-reload\n`)

// The units are what systemd takes, they leave little to a program that was taken over, and
// what they start are commands that there are.
func TestServiceUnits(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("bantin")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	verify := []string{"verify"}
	for _, name := range units {
		text := strings.ReplaceAll(packaged(t, name), "/usr/bin/bantin", program)
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		verify = append(verify, file)
	}
	f := newFolder(t, nil)
	for _, line := range regexp.MustCompile(`(?m)^Exec(?:Start|Reload)=\S*bantin (.*)$`).FindAllStringSubmatch(packaged(t, "bantin.service"), -1) {
		f.ok(append(strings.Fields(line[1]), "--help")...)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		testneed.Skip(t, "systemd-analyze")
	}
	cmd := exec.Command(analyze, verify...)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":", "MANPATH="+dir) // pages that are not installed are not missed
	said, err := cmd.CombinedOutput()
	said = regexp.MustCompile(`(?m)^.*Command 'man .*\n`).ReplaceAll(olderSystemd.ReplaceAll(said, nil), nil)
	if strings.Contains(string(said), dir) {
		t.Errorf("systemd-analyze verify: %v\n%s", err, said)
	}
	for name, most := range map[string]string{"bantin.service": "20", "bantin-backup.service": "20"} { // of 100, which is all that a process may do
		cmd := exec.Command(analyze, "security", "--offline=true", "--threshold="+most, filepath.Join(dir, name))
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("systemd-analyze security %s: %v\n%s", name, err, said)
		}
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
	here := strings.NewReplacer("/usr/bin/bantin", "bantin", "/etc/bantin/bantin.yaml", f.path("bantin.yaml"),
		"/var/lib/bantin", f.path("var"), "/var/backups/bantin", f.path("backups"), "$$", "$", "%%", "%", "*.db", "'*.db'")
	for _, line := range regexp.MustCompile(`(?m)^ExecStart(?:Post)?=(-?)(.*)$`).FindAllStringSubmatch(packaged(t, "bantin-backup.service"), -1) {
		if e := f.end(exec.Command("sh", "-c", here.Replace(line[2]))); e.status != 0 && line[1] == "" {
			t.Errorf("%s: status %d\n%s", line[2], e.status, e.err)
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
