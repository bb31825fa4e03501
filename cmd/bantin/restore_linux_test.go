package main

import (
	"os/exec"
	"strings"
	"testing"

	"bantin/internal/testneed"
)

// A disk that is full in a restore: it says so, and the database is as it was.
func TestDiskFullInRestore(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml":  "site: {title: Hội, url: https://bantin.example.org}\n",
		"contacts.csv": "email\nlan@example.org\n",
	})
	const small = "mkdir -p var; mount -t tmpfs -o size=8m tmpfs var; "
	if f.end(exec.Command("unshare", "-rm", "sh", "-ec", small)).status != 0 {
		testneed.Skip(t, "a kernel that lets anybody mount a disk in memory")
	}
	cmd := exec.Command("unshare", "-rm", "sh", "-ec", small+`
		bantin contacts import contacts.csv
		bantin backup sao-luu.db
		head -c 16000000 /dev/zero > var/đầy || true
		if bantin restore sao-luu.db --lang en; then exit 3; fi
		rm var/đầy
		ls -A var | grep -e before -e restore && exit 4
		bantin contacts export`)
	cmd.Dir = f.dir
	e := f.end(cmd)
	if e.status != 0 || !strings.Contains(e.out, "lan@example.org") || !strings.Contains(e.err, "full") && !strings.Contains(e.err, "no space") {
		t.Errorf("status %d\n%s\n%s", e.status, e.out, e.err)
	}
}
