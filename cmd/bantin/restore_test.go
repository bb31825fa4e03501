package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The machine burns down after a backup. The journal was copied: who left since then stays
// left, who was erased is not imported again, and the editions of the time between are
// named.
func TestRestoreWithJournal(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{
		"bantin.yaml":          daemonYAML,
		"bulletins/phu-tho.md": phuTho,
		"contacts.csv":         "email\nlan@example.org\nminh@example.org\nhoa@example.org\n",
	})
	f.ok("collect")
	f.ok("contacts", "import", "contacts.csv")
	f.ok("backup", "sao-luu.db")
	d := f.start()
	f.ok("contacts", "erase", "minh@example.org")
	f.ok("suppressions", "add", "hoa@example.org", "--reason", "goi dien")
	f.ok("digest", "send", "hang-tuan")
	until(t, "the journal has it", func() bool {
		text, _ := os.ReadFile(f.path("var/journal/journal.jsonl"))
		return strings.Contains(string(text), `"erased"`) && strings.Contains(string(text), `"suppressed"`) && strings.Contains(string(text), `"edition"`)
	})
	f.fails(1, []string{"pid"}, "restore", "sao-luu.db", "--lang", "en")
	d.stop()
	f.ok("backup", "--journal", "ban-chep")
	if err := os.RemoveAll(f.path("var")); err != nil {
		t.Fatal(err)
	}
	out := f.ok("restore", "sao-luu.db", "--journal", "ban-chep", "--lang", "en")
	for _, want := range []string{"0 more unsubscribed, 1 erased, 1 suppressed", "Edition hang-tuan-1: it was done, 1 have got it; nobody gets it again."} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	f.ok("contacts", "import", "contacts.csv")
	if out := f.ok("contacts", "export"); strings.Contains(out, "minh@") || !strings.Contains(out, "lan@") {
		t.Errorf("the list:\n%s", out)
	}
	if out := f.ok("suppressions", "list"); !strings.Contains(out, "hoa@example.org") {
		t.Errorf("suppressions:\n%s", out)
	}
	// A journal that ends before the backup was made, and whose copy was cut.
	f.ok("backup", "moi.db")
	f.write("ban-chep/journal.jsonl", f.read("ban-chep/journal.jsonl")+`{"kind":"era`)
	out = f.ok("restore", "moi.db", "--journal", "ban-chep", "--lang", "en")
	for _, want := range []string{"This journal is older than the backup", "1 lines of the journal cannot be read."} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	f.write("khac/journal.jsonl", `{"kind":"journal","version":1,"instance":"khac","fingerprint":"x"}`+"\n")
	f.fails(1, []string{"another installation"}, "restore", "sao-luu.db", "--journal", "khac", "--lang", "en")
}

// Restores at the same time: each is done whole or refused, none leaves anything half, and
// each keeps the database of before under a name of its own.
func TestRestoresAtOnce(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML})
	f.ok("contacts", "add", "lan@example.org")
	f.ok("backup", "sao-luu.db")
	f.ok("contacts", "add", "minh@example.org")
	const n = 4
	all := make(chan ended, n)
	for range n {
		go func() {
			cmd := exec.Command("bantin", "restore", "sao-luu.db", "--lang", "en")
			var out, stderr bytes.Buffer
			cmd.Dir, cmd.Stdout, cmd.Stderr = f.dir, &out, &stderr
			_ = cmd.Run() // its status says it
			all <- ended{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
		}()
	}
	done := 0
	for range n {
		switch e := <-all; {
		case e.status == 0:
			done++
		case e.status != 1 || !strings.Contains(e.err, "bantin restore") && !strings.Contains(e.err, "in use"):
			t.Errorf("one ended with status %d\n%s%s", e.status, e.out, e.err)
		}
	}
	kept, err := filepath.Glob(f.path("var/bantin.db.before-*"))
	if err != nil || done == 0 || len(kept) != done {
		t.Errorf("%d were done and kept %v: %v", done, kept, err)
	}
	if left, err := filepath.Glob(f.path("var/.restore-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if out := f.ok("contacts", "export"); !strings.Contains(out, "lan@") || strings.Contains(out, "minh@") {
		t.Errorf("the contacts are\n%s", out)
	}
}
