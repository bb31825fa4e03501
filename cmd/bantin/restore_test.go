package main

import (
	"os"
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
	f.write("khac/journal.jsonl", `{"kind":"journal","version":1,"instance":"khac","fingerprint":"x"}`+"\n")
	f.fails(1, []string{"another installation"}, "restore", "sao-luu.db", "--journal", "khac", "--lang", "en")
}
