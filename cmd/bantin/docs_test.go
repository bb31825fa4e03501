package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```")

// typedIn gives the lines that a page has a reader type, without remarks.
func typedIn(t *testing.T, page string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// Each line of the docs that starts this program names a command that there is, with flags
// that it has.
func TestCommandsOfTheDocs(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, "../../README.md", "../../README.vi.md")
	program := regexp.MustCompile(`^(?:sudo (?:-u bantin )?)?(?:\./)?bantin ([^|>&;]*)`)
	found := 0
	for _, page := range pages {
		for _, line := range typedIn(t, page) {
			m := program.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			found++
			root := (&app{printer: printer{out: &bytes.Buffer{}, err: &bytes.Buffer{}}}).root()
			c, rest, err := root.Find(strings.Fields(m[1]))
			if err == nil {
				err = c.ParseFlags(rest)
			}
			if err != nil || c.HasSubCommands() && len(c.Flags().Args()) > 0 {
				t.Errorf("%s: %s: %v", page, line, err)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d lines were found", found)
	}
}

// These pages are the same in both languages, so that the same is typed.
func TestTranslationsTypeTheSame(t *testing.T) {
	for _, page := range []string{"backup", "contacts", "office", "sources", "symptoms"} {
		english, vietnamese := typedIn(t, "../../docs/"+page+".md"), typedIn(t, "../../docs/"+page+".vi.md")
		if a, b := strings.Join(english, "\n"), strings.Join(vietnamese, "\n"); a != b {
			t.Errorf("docs/%s.md and its translation differ:\n%s\n\n%s", page, a, b)
		}
	}
}
