package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bantin/internal/testneed"
)

// Each shared case of a list of contacts has its right values.
func TestListCases(t *testing.T) {
	t.Parallel()
	dir := testneed.Shared(t, "cases/sources")
	cases, err := filepath.Glob(filepath.Join(dir, "list-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(filepath.Base(c), func(t *testing.T) {
			t.Parallel()
			runListCase(t, c)
		})
	}
}

// listExpectation is what a case expects of an import.
type listExpectation struct {
	Contacts []map[string]any
	Rejected *int
	Notes    []listNote
	NoNotes  []listNote `json:"no_notes"`
	Either   []listExpectation
}

type listNote struct {
	Rows   []int
	Column string
}

// listImported is what an import says and the contacts that are there then.
type listImported struct {
	Rejected int
	Notes    []struct {
		Row    int
		Column string
	}
	contacts map[string]map[string]any
}

func runListCase(t *testing.T, dir string) {
	var c struct {
		Looks []struct {
			Import string
			Expect *listExpectation
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	f := neverRead(t)
	f.write("bantin.yaml", "site: {title: Hội thử, url: \"https://bantin.example.org\", contact: vanphong@example.org, address: Hà Nội}\n"+anyPort+"feeds: [{id: tat-ca, title: Tất cả}]\n")
	for i, look := range c.Looks {
		list, err := os.ReadFile(filepath.Join(dir, look.Import))
		if err != nil {
			t.Fatal(err)
		}
		f.write(look.Import, string(list))
		var got listImported
		if err := json.Unmarshal([]byte(f.ok("contacts", "import", look.Import, "--json")), &got); err != nil {
			t.Fatal(err)
		}
		got.contacts = map[string]map[string]any{}
		for line := range strings.Lines(f.ok("contacts", "export", "--json")) {
			var c map[string]any
			if err := json.Unmarshal([]byte(line), &c); err != nil {
				t.Fatal(err)
			}
			got.contacts[c["email"].(string)] = c
		}
		if look.Expect != nil && !got.fits(look.Expect) {
			t.Errorf("look %d: %+v, want %+v", i+1, got, *look.Expect)
		}
	}
}

// fits reports whether all that is expected holds.
func (l *listImported) fits(e *listExpectation) bool {
	for _, want := range e.Contacts {
		have, here := l.contacts[want["email"].(string)]
		if !here {
			return false
		}
		for field, value := range want {
			if choices, many := value.([]any); many && !slices.Contains(choices, have[field]) || !many && have[field] != value {
				return false
			}
		}
	}
	noted := func(n listNote) bool {
		for _, got := range l.Notes {
			if slices.Contains(n.Rows, got.Row) && (n.Column == "" || n.Column == got.Column) {
				return true
			}
		}
		return false
	}
	return (e.Rejected == nil || *e.Rejected == l.Rejected) &&
		!slices.ContainsFunc(e.Notes, func(n listNote) bool { return !noted(n) }) &&
		!slices.ContainsFunc(e.NoNotes, noted) &&
		(len(e.Either) == 0 || slices.ContainsFunc(e.Either, func(one listExpectation) bool { return l.fits(&one) }))
}
