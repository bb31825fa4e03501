package document

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin/internal/cost"
)

// processorTime is what reading a document takes, the least of three times.
func processorTime(t *testing.T, text string) time.Duration {
	t.Helper()
	least := time.Hour
	for range 3 {
		least = min(least, cost.Time(func() { made(t, "tin.md", text) }))
	}
	return least
}

// Four times as much Markdown of a kind that once cost seconds takes about four times as
// long, where what it takes grew with the square of its length: sixteen times.
func TestMarkdownTime(t *testing.T) {
	rep := strings.Repeat
	numbered := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		n    int
		make func(n int) string
	}{
		"definitions":                {10_000, func(n int) string { return numbered(n, "[a%d]: http://x.vn/\n") }},
		"definitions, all used":      {6_000, func(n int) string { return numbered(n, "[a%d]: http://x.vn/\n") + "\n" + numbered(n, "[a%d]\n") }},
		"definitions with open ends": {15_000, func(n int) string { return rep("[a]: /u\n'\n", n) }},
		"a label of many lines":      {40_000, func(n int) string { return "[" + rep("a\n", n) + "]: x\n" }},
		"links in lines":             {40_000, func(n int) string { return "[a]: b\n\n" + rep("[a]\n", n) }},
		"links in a heading":         {40_000, func(n int) string { return "[a]: b\n\n" + rep("[a]\n", n) + "===\n" }},
		"brackets":                   {20_000, func(n int) string { return rep("[", n) + "a" + rep("]", n) }},
		"emphasis":                   {20_000, func(n int) string { return rep("a**b_", n) }},
		"emphasis without ends":      {20_000, func(n int) string { return rep("_a ", n) + rep("b* ", n) }},
	} {
		t.Run(name, func(t *testing.T) {
			made(t, "tin.md", c.make(c.n/10)) // what is made once
			few, many := processorTime(t, c.make(c.n)), processorTime(t, c.make(4*c.n))
			if many > 9*few+100*time.Millisecond {
				t.Errorf("%v for %d, %v for four times as much", few, c.n, many)
			}
			if testing.Verbose() {
				t.Logf("%d: %v, %d: %v", c.n, few, 4*c.n, many)
			}
		})
	}
}
