package bantin_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// house says which of our packages each may import; all may import the root,
// and the root imports the standard library only. This is the picture in
// docs/design.md: a change here is a change of the design.
func house() map[string][]string {
	return map[string][]string{
		".":                     {},
		"cmd/bantin":            {"*"},
		"publish":               {"clock", "publish/alarm", "publish/collect", "publish/delivery", "publish/edition", "publish/returns", "publish/syndicate", "schedule", "store"},
		"publish/alarm":         {"internal/disk", "internal/process", "mailer", "schedule", "store"},
		"publish/collect":       {"contact", "place", "schedule", "source", "source/extract", "store"},
		"publish/delivery":      {"mailer", "place", "schedule", "store"},
		"publish/edition":       {"mailer", "place", "schedule", "store"},
		"publish/returns":       {"mailbox", "mailer", "mailer/bounce", "mailer/webhook", "schedule", "store"},
		"publish/syndicate":     {"feed", "place", "schedule", "store"},
		"web":                   {"feed", "mailer", "mailer/webhook", "store", "place", "templates"},
		"web/office":            {"contact", "feed", "mailer", "mailer/bounce", "place", "statistics", "store", "templates", "web", "web/office/draw"},
		"web/office/draw":       {},
		"statistics":            {"contact", "place", "store"},
		"source":                {"source/nukeviet", "source/attempt", "source/document", "source/document/convert", "source/charset", "source/extract", "place", "mailbox", "fetch", "picture"},
		"source/charset":        {},
		"source/document":       {"yamltree", "source/document/docx", "source/document/markdown", "source/document/convert", "source/document/mailtext", "source/document/dom", "source/document/story", "source/charset", "source/extract", "place", "mailbox", "fetch", "picture"},
		"source/document/docx":  {"source/charset", "mailbox", "picture"},
		"source/document/dom":   {"source/charset"},
		"source/document/story": {"source/document/dom", "source/charset", "source/extract", "place"},
		"source/extract":        {"source/charset", "place"},
		"source/nukeviet":       {"source/attempt", "source/document", "source/document/story", "source/charset", "source/extract", "place", "fetch"},
		"feed":                  {"fetch"},
		"picture":               {"fetch"},
		"clock":                 {},
		"config":                {"place", "schedule", "yamltree"},
		"yamltree":              {},
		"contact":               {"place"},
		"mailer":                {"mailer/bounce", "mailer/dkim", "mailer/oauth2", "templates"},
		"mailer/oauth2":         {},
		"mailer/dkim":           {},
		"mailer/bounce":         {},
		"mailer/webhook":        {"mailer", "mailer/bounce"},
		"mailbox":               {"source/charset"}, // mails name encodings that no library has
		"place":                 {},
		"fetch":                 {},
		"schedule":              {},
		"store":                 {},
		"templates":             {},
		"doctor":                {"clock", "contact", "internal/disk", "mailer", "mailer/dkim", "store"},
		"examples":              {},
		"internal/disk":         {},
		"internal/corpora":      {"contact", "fetch", "picture", "source", "source/attempt", "source/document/convert"},
		"internal/certtest":     {},
		"internal/cost":         {},
		"internal/dnstest":      {},
		"internal/mutate":       {},
		"internal/freeport":     {},
		"internal/imaptest":     {"internal/certtest", "internal/freeport", "internal/testneed"},
		"internal/mailtest":     {"internal/freeport", "internal/pagetest", "internal/testneed", "mailer", "source/document/dom"},
		"internal/nukeviettest": {},
		"internal/officetest":   {"internal/pgtest", "internal/sqlitetest", "mailer", "place", "source", "store", "templates"},
		"internal/pagetest":     {"internal/testneed"},
		"internal/pgtest":       {"internal/freeport", "internal/testneed"},
		"internal/process":      {},
		"internal/smtptest":     {"internal/certtest", "internal/freeport", "internal/testneed"},
		"internal/sqlitetest":   {},
		"internal/testneed":     {},
		"internal/storm":        {"internal/smtptest"},

		"source/attempt":           {},
		"source/document/convert":  {"internal/process"},
		"source/document/markdown": {},
		"source/document/mailtext": {"source/document/dom", "place"},
	}
}

func TestImports(t *testing.T) {
	rooms := house()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && file != "." {
			return skipOr(err)
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		room := path.Dir(filepath.ToSlash(file))
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s: the house has no room %q: see docs/design.md", file, room)
			return nil
		}
		check(t, file, room, allowed)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A newcomer finds a file in its room: none has more than forty files of code, but the
// store, whose transactions span tables, and the command, with a file a subcommand.
func TestRoomsAreSmall(t *testing.T) {
	const most = 40
	for room := range house() {
		if room == "store" || room == "cmd/bantin" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(filepath.FromSlash(room), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
		if len(files) == 0 || len(files) > most {
			t.Errorf("%s has %d files of code", room, len(files))
		}
	}
}

func skipOr(err error) error {
	if err != nil {
		return err
	}
	return filepath.SkipDir
}

// check looks at the imports of one file.
func check(t *testing.T, file, room string, allowed []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range f.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		ours, inside := strings.CutPrefix(name, "bantin/")
		standard := !strings.Contains(strings.Split(name, "/")[0], ".")
		switch {
		case room == "." && (inside || !standard):
			t.Errorf("%s imports %s: the root imports the standard library only", file, name)
		case inside && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*"):
			t.Errorf("%s imports %s: %s may import %v", file, name, room, allowed)
		}
	}
}
