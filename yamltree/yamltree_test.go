package yamltree

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"bantin/internal/cost"
)

func TestFaults(t *testing.T) {
	for text, want := range map[string]Fault{
		"site: [":                               {Line: 1, Column: 7},
		"a: 1\nsite: [\n\n":                     {Line: 2, Column: 7},
		"tiêu đề: \"Họp\nnơi: Huế\n":            {Line: 1, Column: 10}, // the quotation that has no end
		"tiêu đề: Bản tin: khuyến học\n":        {Line: 1, Column: 17},
		"nơi:\n" + strings.Repeat("- ", 30):     {Line: 2, TooDeep: true},
		"title: " + strings.Repeat("[", 30_000): {Line: 1, TooDeep: true},
	} {
		roots, fault := Parse(text, 10)
		if fault == nil {
			t.Errorf("%.40q is %d documents", text, len(roots))
			continue
		}
		if fault.Line != want.Line || fault.TooDeep != want.TooDeep || want.Column > 0 && fault.Column != want.Column {
			t.Errorf("%.40q: %+v, want %+v", text, fault, want)
		}
	}
}

// Whatever the text, a fault lies in it.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"nơi: [Huế", "a: &x [*x]\n", "a: *x", "- - - a", "\ufeffa: 1\n---\nb: 2", "a: \"\\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var roots []*yaml.Node
		var fault *Fault
		cost.Within(t, len(text), func() { roots, fault = Parse(text, 10) })
		if fault == nil {
			for _, n := range roots {
				for range Pairs(n) {
				}
			}
			return
		}
		if lines := strings.Count(text, "\n") + 1; fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.Message == "" {
			t.Errorf("%+v of %d lines", fault, lines)
		}
	})
}

// A text of twice the length costs at most about twice as much, whatever is in it.
func TestParseIsLinear(t *testing.T) {
	for _, piece := range []string{"- ", "[", "a: ", "? ", "&a ", "*a ", "\"", "a: 1\n", "!!x "} {
		cost.Linear(t, "a: ", piece, "\n", 30_000, func(text string) { Parse(text, 10) })
	}
}
