//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever the umask and however the folders were made: database, journal, messages, backups and
// keys are for the program's user alone; what a web server gives to readers it can read.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, umask := range []string{"0000", "0027", "0077"} {
		t.Run(umask, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t, map[string]string{
				"bantin.yaml":           daemonYAML,
				"bulletins/phu-tho.md":  phuTho,
				"bulletins/phu-tho.pdf": "%PDF-1.4\n",
				"var/outbox/cu.txt":     "", // the folder is there
				"xuat/cua-nguoi-khac":   "",
			})
			for _, dir := range []string{"var", "var/outbox", "xuat"} {
				if err := os.Chmod(f.path(dir), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, line := range []string{"collect", "contacts add lan@example.org", "digest send hang-tuan", "feeds export xuat", "feeds export moi/xuat",
				"dkim generate --domain example.org --selector s1 --out dkim.pem", "backup sao-luu.db"} {
				cmd := exec.Command("sh", append([]string{"-c", "umask " + umask + `; exec bantin "$@"`, "sh"}, strings.Fields(line)...)...)
				if e := f.end(cmd); e.status != 0 {
					t.Fatalf("%s: status %d\n%s%s", line, e.status, e.out, e.err)
				}
			}
			f.areMode(0o077, 0, "dkim.pem", "sao-luu.db", "sao-luu.db.sha256", "var/bantin.db", "var/outbox/*.eml", "var/journal/*")
			f.areMode(0o044, 0o044, "xuat/feeds/*.rss", "xuat/feeds/*.atom", "moi/xuat/feeds/*.rss", "var/files/*.pdf")
			f.areMode(0o055, 0o055, "xuat/feeds", "moi", "moi/xuat", "moi/xuat/feeds")
		})
	}
}

// areMode wants the bits under a mask of all files that match patterns, of which each has some.
func (f *folder) areMode(mask, want fs.FileMode, patterns ...string) {
	f.t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(f.path(pattern))
		if err != nil || len(files) == 0 {
			f.t.Errorf("there is no %s: %v", pattern, err)
		}
		for _, file := range files {
			if mode := mustStat(f.t, file).Mode().Perm(); mode&mask != want {
				f.t.Errorf("%s has the mode %o", strings.TrimPrefix(file, f.dir), mode)
			}
		}
	}
}
