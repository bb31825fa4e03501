//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bantin/internal/testneed"
)

// The program is killed while it reads a file, by nothing that the file is to blame for.
// At the next start a child process reads the file first, and then it is read as any.
func TestKilledWhileReading(t *testing.T) {
	testneed.Program(t, "/bin/sh")
	f := newFolder(t, map[string]string{
		"bantin.yaml":            "site: {title: Hội, url: \"https://hoi.example\", contact: vanphong@hoi.example}\nsources:\n  - {id: van-phong, kind: folder, path: bulletins, schedule: \"@every 1m\"}\n",
		"bulletins/ke-hoach.rtf": `{\rtf1 Kế hoạch}`,
	})
	bin, begun := t.TempDir(), filepath.Join(t.TempDir(), "begun")
	program := func(script string) {
		if err := os.WriteFile(filepath.Join(bin, "soffice"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program("touch " + begun + "; exec sleep 1000")
	cmd := exec.Command("bantin", "collect")
	cmd.Dir, cmd.Env = f.dir, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the file is being read", func() bool { _, err := os.Stat(begun); return err == nil })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	notes := filepath.Join(f.dir, "var", "reading")
	if raw, err := os.ReadFile(notes); err != nil || !strings.Contains(string(raw), "r ") {
		t.Fatalf("what is being read is not noted: %q, %v", raw, err)
	}

	program("exit 1")
	cmd = exec.Command("bantin", "collect")
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	if e := f.end(cmd); e.status != 0 || !strings.Contains(e.out+e.err, "ke-hoach") || strings.Contains(e.out+e.err, "dừng") {
		t.Errorf("status %d\n%s%s", e.status, e.out, e.err)
	}
	if raw, err := os.ReadFile(notes); err != nil || strings.TrimSpace(string(raw)) != "" {
		t.Errorf("still noted: %q, %v", raw, err)
	}
}
