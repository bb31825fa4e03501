package bantin_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bantin"
	"bantin/config"
)

// TestReadmeYAML does what the READMEs tell a newcomer to write: each of their
// configurations can be used as it stands.
func TestReadmeYAML(t *testing.T) {
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	for _, readme := range []string{"README.md", "README.vi.md"} {
		dir := t.TempDir()
		var yaml strings.Builder // the second block is added to the first
		for _, found := range block.FindAllStringSubmatch(read(t, readme), -1) {
			yaml.WriteString(found[1])
		}
		file := filepath.Join(dir, "bantin.yaml")
		write(t, file, yaml.String())
		write(t, filepath.Join(dir, "smtp.password"), "bí mật\n")
		if err := os.Mkdir(filepath.Join(dir, "bulletins"), 0o755); err != nil {
			t.Fatal(err)
		}
		_, report := config.Load(file)
		if len(report.Problems) > 0 {
			var said strings.Builder
			if err := report.Write(&said, bantin.English); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s: its YAML has problems:\n%s", readme, said.String())
		}
	}
}

// TestDocumentsLead follows what documents point at: links, and files named in
// backquotes or in doc.go. What moved is mended here and not found by a reader.
func TestDocumentsLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)[^):]*\)|src="([^":]+)"`)
	file := regexp.MustCompile(`\b((?:cmd|config|contact|docs|examples|feed|mailer|picture|place|publish|schedule|source|store|templates|web|internal)/[\w/.-]+\.(?:go|md|txt|html|csv|yaml|sh))\b`)
	samples := regexp.MustCompile("(?s)```.*?```") // their links are the reader's
	for _, document := range documents(t) {
		text := read(t, document)
		for _, found := range link.FindAllStringSubmatch(samples.ReplaceAllString(text, ""), -1) {
			target := filepath.Join(filepath.Dir(document), found[1]+found[2])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s leads to %s: %v", document, found[1]+found[2], err)
			}
		}
		for _, found := range file.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(found[1]); err != nil && !planned(found[1]) {
				t.Errorf("%s speaks of %s: %v", document, found[1], err)
			}
		}
	}
}

// TestLogIsExplained holds the table of docs/watch.md to the program: each
// warning and error that it can log is there, and nothing else is.
func TestLogIsExplained(t *testing.T) {
	logged := regexp.MustCompile(`[lL]og\w*\.(Debug|Info|Warn|Error)(?:Context)?\((?:ctx, )?"([^"]+)"`)
	quoted := regexp.MustCompile("`([^`]+)`")
	_, page, _ := strings.Cut(read(t, "docs/watch.md"), "\n## The log\n")
	said := map[string]bool{}
	for _, file := range programFiles(t) {
		for _, found := range logged.FindAllStringSubmatch(read(t, file), -1) {
			message := strings.ReplaceAll(found[2], "`", "'") // as it stands within backquotes
			said[message] = true
			if level := found[1]; (level == "Warn" || level == "Error") && !strings.Contains(page, message) {
				t.Errorf("docs/watch.md does not explain %q of %s", message, file)
			}
		}
	}
	said["the configuration has a problem"] = true // its level is a variable
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, found := range quoted.FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			if !said[found[1]] {
				t.Errorf("docs/watch.md explains %q, which nothing logs", found[1])
			}
		}
	}
}

// programFiles are the Go files of the program, without tests and their helpers.
func programFiles(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (file == "internal" || file == "bench" || strings.HasPrefix(file, ".g")) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			list = append(list, file)
		}
		return err
	})
	if err != nil || len(list) < 100 {
		t.Fatal(len(list), err)
	}
	return list
}

// TestHouseIsDrawn holds the picture in docs/design.md to the table in
// imports_test.go.
func TestHouseIsDrawn(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `([\\w/]+)` \\|[^|]*\\| ([^|]*) \\|$")
	drawn := map[string][]string{}
	for _, found := range row.FindAllStringSubmatch(read(t, "docs/design.md"), -1) {
		drawn[found[1]] = nil
		if found[2] != "–" && found[2] != "everything" {
			drawn[found[1]] = strings.Split(found[2], ", ")
		}
	}
	for room, may := range house() {
		if room == "." || strings.HasPrefix(room, "internal/") {
			continue
		}
		want := slices.Clone(may)
		if room == "cmd/bantin" {
			want = nil
		}
		got, ok := drawn[room]
		slices.Sort(got)
		slices.Sort(want)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("docs/design.md draws %s with imports %v (there: %t), imports_test.go allows %v", room, got, ok, want)
		}
	}
}

// planned tells the names that stand for any: KIND.go, page_NAME.go.
func planned(name string) bool { return regexp.MustCompile(`[A-Z]{3}`).MatchString(name) }

func documents(t *testing.T) []string {
	t.Helper()
	list := []string{"README.md", "README.vi.md", "doc.go"}
	for _, pattern := range []string{"docs/*.md", "docs/decisions/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	return list
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLibrariesHaveReasons holds decision 7 against go.mod: each direct
// dependency stands there, and nothing that is not one.
func TestLibrariesHaveReasons(t *testing.T) {
	record := read(t, "docs/decisions/0007-libraries.md")
	for line := range strings.Lines(read(t, "go.mod")) {
		module, _, found := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "require ")), " v")
		if !found || strings.Contains(line, "// indirect") {
			continue
		}
		name := strings.TrimPrefix(module, "github.com/")
		if !strings.Contains(record, "`"+name+"`") {
			t.Errorf("docs/decisions/0007-libraries.md gives no reason for %s", module)
		}
	}
}

// TestStraightWays holds the two ways that doc.go walks: how many files each
// crosses, that none is long, and that none comes twice.
func TestStraightWays(t *testing.T) {
	step := regexp.MustCompile(`(?m)^ +(\d+)\. ([\w/]+\.go):`)
	var ways [][]string
	for _, found := range step.FindAllStringSubmatch(read(t, "doc.go"), -1) {
		if found[1] == "1" {
			ways = append(ways, nil)
		}
		way := &ways[len(ways)-1]
		if slices.Contains(*way, found[2]) {
			t.Errorf("%s comes twice on a way", found[2])
		}
		*way = append(*way, found[2])
		if lines := strings.Count(read(t, found[2]), "\n"); lines > 300 {
			t.Errorf("%s has %d lines: 300 are the limit on this way", found[2], lines)
		}
	}
	if len(ways) != 2 || len(ways[0]) > 12 || len(ways[1]) > 15 {
		t.Errorf("doc.go walks %v: want at most 12 files from a folder to the store, and 15 from a due time to RCPT TO", ways)
	}
}

// TestLifeAsTyped compares the lines that both pages for operators have typed, and which
// packaging/trial.sh types: they are the same in both languages.
func TestLifeAsTyped(t *testing.T) {
	block := regexp.MustCompile("(?s)```(?:sh|yaml)\n(.*?)```")
	typed := func(page, from, to string) (lines []string) {
		_, life, found := strings.Cut(read(t, page), from)
		life, _, ended := strings.Cut(life, to)
		if !found || !ended {
			t.Fatalf("%s has no chapter %q before %q", page, from, to)
		}
		for _, b := range block.FindAllStringSubmatch(life, -1) {
			lines = append(lines, b[1])
		}
		return lines
	}
	en := typed("docs/operate.md", "## The whole life, as it is typed\n", "\n## Run it as a service\n")
	vi := typed("docs/operate.vi.md", "## Từ ngày đầu đến máy khác: các lệnh\n", "\n## Chạy như một dịch vụ\n")
	if len(en) < 7 || !slices.Equal(en, vi) {
		t.Errorf("the pages differ in what is typed:\n%s\n---\n%s", strings.Join(en, "\n"), strings.Join(vi, "\n"))
	}
}

// TestTranslationsKeepStep compares pages with their translations: the same chapters, and the
// same lines to type but for their comments. docs/operate.vi.md and docs/watch.vi.md are shorter.
func TestTranslationsKeepStep(t *testing.T) {
	block := regexp.MustCompile("(?s)```(?:sh|yaml)\n(.*?)```")
	comment := regexp.MustCompile(`(?m)\s+#.*$`)
	heading := regexp.MustCompile("(?m)^#+ ")
	outline := func(page string) (lines []string) {
		text := read(t, page)
		for _, b := range block.FindAllStringSubmatch(text, -1) {
			lines = append(lines, comment.ReplaceAllString(b[1], ""))
		}
		return append(lines, heading.FindAllString(block.ReplaceAllString(text, ""), -1)...)
	}
	for _, page := range []string{"backup", "contacts", "office", "sources", "symptoms"} {
		en, vi := outline("docs/"+page+".md"), outline("docs/"+page+".vi.md")
		if len(en) < 8 || !slices.Equal(en, vi) {
			t.Errorf("docs/%s.md and its translation differ:\n%s\n---\n%s", page, strings.Join(en, "\n"), strings.Join(vi, "\n"))
		}
	}
}
