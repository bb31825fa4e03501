package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bantin/internal/smtptest"
)

// The commands of docs/symptoms.md and its translation, in their order, in an office where
// all of it has happened. Lines of other programs are left out.
func TestSymptoms(t *testing.T) {
	t.Parallel()
	texts := map[string][]string{}
	for _, name := range []string{"symptoms.md", "symptoms.vi.md"} {
		text, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			texts[name] = append(texts[name], strings.Split(strings.TrimSpace(block[1]), "\n")...)
		}
	}
	lines := texts["symptoms.md"]
	if got := strings.Join(texts["symptoms.vi.md"], "\n"); got != strings.Join(lines, "\n") {
		t.Errorf("the translation has other commands:\n%s", got)
	}

	server := smtptest.Start(t, nil)
	f := mailFolder(t, mailYAML(server.Port(), noTLS)+"http: {listen: \"127.0.0.1:0\"}\n")
	f.ok("contacts", "add", "lan@example.org")
	f.ok("digest", "send", "hang-tuan")
	f.ok("suppressions", "add", "binh@example.org")
	if err := os.Mkdir(f.path("sao-luu"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.ok("backup", "sao-luu/2026-11-30.db")
	f.start().stop() // writes the journal
	f.ok("backup", "--journal", "ban-chep")
	here := strings.NewReplacer("/var/backups/bantin", "sao-luu", "/mnt/elsewhere/journal", "ban-chep")
	ran := 0
	for _, line := range lines {
		command, ok := strings.CutPrefix(line, "bantin ")
		if !ok {
			continue
		}
		ran++
		e := f.bantin(strings.Fields(here.Replace(command))...)
		if doctor := strings.HasPrefix(command, "doctor"); e.status != 0 && !(doctor && e.status == 1) { // there is no such site
			t.Errorf("%s: status %d\n%s%s", line, e.status, e.out, e.err)
		}
	}
	if ran < 25 {
		t.Errorf("%d commands were found", ran)
	}
	for address, n := range server.Received() { // lan also got it again, and the doctor's tests
		if n != 1 && address != "lan@example.org" {
			t.Errorf("%s has %d messages", address, n)
		}
	}
}
