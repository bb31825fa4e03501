package source_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bantin"
	"bantin/place"
	"bantin/source/extract"
)

// labelled is a text of testdata/labelled with what a careful reader says of it.
type labelled struct {
	name, places, clusters, event, refs string
	day                                 bantin.Day
	title                               string
	paragraphs                          []string // captions begin with "^ "
}

func labelledTexts(t testing.TB) []labelled {
	t.Helper()
	files, err := filepath.Glob("testdata/labelled/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no labelled texts: %v", err)
	}
	var all []labelled
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(strings.TrimPrefix(string(raw), "=== "), "\n=== ") {
			all = append(all, readLabelled(t, part))
		}
	}
	return all
}

func readLabelled(t testing.TB, part string) (l labelled) {
	t.Helper()
	head, text, ok := strings.Cut(part, "\n\n")
	if !ok {
		t.Fatalf("no text: %s", part)
	}
	l.name, head, _ = strings.Cut(head, "\n")
	for row := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(row), ": ")
		switch key {
		case "date":
			day, err := bantin.ParseDay(value)
			if err != nil {
				t.Fatal(err)
			}
			l.day = day
		case "places":
			l.places = value
		case "clusters":
			l.clusters = value
		case "event":
			l.event = value
		case "refs":
			l.refs = value
		}
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	l.title, l.paragraphs = lines[0], lines[1:]
	return l
}

// prose is the text as the collector gives it to those who understand it.
func (l *labelled) prose() string {
	return l.title + "\n\n" + strings.ReplaceAll(strings.Join(l.paragraphs, "\n\n"), "^ ", "")
}

// body is the text without title and captions.
func (l *labelled) body() string {
	return strings.Join(slices.DeleteFunc(slices.Clone(l.paragraphs), func(p string) bool { return strings.HasPrefix(p, "^ ") }), "\n\n")
}

// figure counts what was found right, what wrongly, and what not.
type figure struct {
	right, wrong, missing int
	misses                []string
}

func (f *figure) miss(format string, values ...any) {
	f.misses = append(f.misses, fmt.Sprintf(format, values...))
}

func (f *figure) precision() float64 { return float64(f.right) / float64(max(1, f.right+f.wrong)) }
func (f *figure) recall() float64    { return float64(f.right) / float64(max(1, f.right+f.missing)) }

// tags compares what was found with the labels; "?slug" may be either.
func (f *figure) tags(name string, want, got []string) {
	for _, slug := range got {
		switch {
		case slices.Contains(want, slug):
			f.right++
		case !slices.Contains(want, "?"+slug):
			f.wrong++
			f.miss("%s: %s is found and not labelled", name, slug)
		}
	}
	for _, slug := range want {
		if slug[0] != '?' && !slices.Contains(got, slug) {
			f.missing++
			f.miss("%s: %s is not found", name, slug)
		}
	}
}

func figures(t testing.TB) map[string]*figure {
	all := map[string]*figure{"places": {}, "clusters": {}, "events": {}, "hosts": {}, "references": {}}
	atlas := place.NewAtlas(nil)
	for _, l := range labelledTexts(t) {
		found := atlas.Find(l.prose(), l.day)
		all["places"].tags(l.name, strings.Fields(l.places), found.Places)
		all["clusters"].tags(l.name, strings.Fields(l.clusters), found.Clusters)
		compareEvent(all["events"], all["hosts"], &l, extract.Event(l.body(), l.day, atlas))
		var want, got []string
		for ref := range strings.SplitSeq(l.refs, "; ") {
			if ref != "" {
				want = append(want, ref)
			}
		}
		for _, r := range extract.LegalRefs(l.body()) {
			got = append(got, strings.TrimSpace(r.Ref+" "+strconv.Itoa(r.Count)+" "+r.Date.String()))
		}
		all["references"].tags(l.name, want, got)
	}
	return all
}

func compareEvent(events, hosts *figure, l *labelled, e *bantin.Event) {
	if l.event == "" {
		if e != nil {
			events.wrong++
			events.miss("%s: %v is found and not labelled", l.name, *e)
		}
		return
	}
	want := strings.Split(l.event, " | ")
	if e == nil {
		e = &bantin.Event{}
	}
	place1, place2 := place.Fold(e.Place), place.Fold(want[1])
	if e.Date.String() == want[0] && e.Place != "" && (strings.Contains(place1, place2) || strings.Contains(place2, place1)) {
		events.right++
	} else {
		events.missing++
		events.miss("%s: %s, %q instead of %s, %q", l.name, e.Date, e.Place, want[0], want[1])
	}
	if e.Host == want[2] {
		hosts.right++
	} else {
		hosts.missing++
		hosts.miss("%s: host %q instead of %q", l.name, e.Host, want[2])
	}
}

// The bars of docs/understanding.md, and the table in it, which -update writes.
func TestLabelled(t *testing.T) {
	all := figures(t)
	var table strings.Builder
	for _, bar := range []struct {
		name              string
		precision, recall float64
	}{
		{"places", 0.98, 0.97}, {"clusters", 0.98, 0.97}, {"events", 0.95, 0.95}, {"hosts", 0.95, 0.95}, {"references", 0.98, 0.98},
	} {
		f := all[bar.name]
		fmt.Fprintf(&table, "| %s | %d | %.3f (%.2f) | %.3f (%.2f) | %s |\n", bar.name, f.right+f.missing,
			f.precision(), bar.precision, f.recall(), bar.recall, cmp.Or(strings.Join(f.misses, "; "), "none"))
		t.Logf("%s: precision %.3f, recall %.3f of %d", bar.name, f.precision(), f.recall(), f.right+f.missing)
		for _, miss := range f.misses {
			t.Log("    " + miss)
		}
		if f.precision() < bar.precision || f.recall() < bar.recall {
			t.Errorf("%s: below the bar", bar.name)
		}
	}
	inDocument(t, table.String())
}

// inDocument sees that the document has the table as it is.
func inDocument(t *testing.T, table string) {
	t.Helper()
	const name, begin, end = "../docs/understanding.md", "| --- | --- | --- | --- | --- |\n", "\n## "
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	if !ok {
		t.Fatalf("%s has no table", name)
	}
	was, after, _ := strings.Cut(rest, end)
	if *update {
		if err := os.WriteFile(name, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if was != table {
		t.Errorf("%s has other figures; go test ./source -run Labelled -update writes:\n%s", name, table)
	}
}
