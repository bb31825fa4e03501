package delivery

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bantin/internal/mailtest"
)

// TestMailProgramsTable holds the table of docs/letters.md against the mails: it says of each
// element, attribute and property what mail programs do with it, and of nothing else.
func TestMailProgramsTable(t *testing.T) {
	used := map[string]bool{}
	rendered, _ := everyMail(t)
	for _, r := range rendered {
		maps.Copy(used, mailtest.Features(r.HTML))
	}
	written, err := filepath.Glob("../../templates/mail/*.html")
	if err != nil || len(written) == 0 {
		t.Fatal(written, err)
	}
	for _, file := range written { // what no sample shows
		maps.Copy(used, mailtest.Features(readFile(t, file)))
	}
	told := map[string]bool{}
	_, table, _ := strings.Cut(readFile(t, "../../docs/letters.md"), "## What mail programs do with it")
	for line := range strings.Lines(table) {
		first, _, isRow := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !isRow || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
			if told[name[1]] {
				t.Errorf("%s stands twice in the table", name[1])
			}
			told[name[1]] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !told[name] {
			t.Errorf("mails use %s, and the table does not say what programs do with it", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		if !used[name] {
			t.Errorf("the table has %s, and no mail uses it", name)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
