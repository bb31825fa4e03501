package bounce

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// wordingText is the vocabulary; its head says how it is written.
//
//go:embed wording.txt
var wordingText string

// wording is a phrase that expresses a reason.
type wording struct {
	reason Reason
	weak   bool     // also occurs in messages with other reasons
	noun   bool     // what does not exist, where that is not the recipient: it gives no reason alone
	parts  []string // in their order, near each other
	whole  bool     // parts must end at a word boundary too; all must begin at one
	line   int      // of wording.txt
}

// match is where a wording stands in a folded text.
type match struct {
	reason     Reason // "" for no match
	found      string // the wording, folded
	line       int    // of wording.txt
	start, end int
}

// maxGap is how many bytes may stand between the parts of a wording.
const maxGap = 60

// table is the vocabulary with its index.
type table struct {
	list  []wording
	noise []string
	index *wordingIndex
}

// vocabulary is parsed once and never changes.
var vocabulary = sync.OnceValue(func() *table {
	list, err := parseWording(wordingText)
	if err != nil {
		panic(err) // a fault in this package, which any test finds
	}
	t := &table{list: list, index: newWordingIndex(list)}
	for i := range list {
		if list[i].reason == noise {
			t.noise = append(t.noise, list[i].parts[0])
		}
	}
	return t
})

// noise is text that systems write whatever happened.
const noise Reason = "noise"

func parseWording(text string) ([]wording, error) {
	var list []wording
	var reason Reason
	weak, noun := false, false
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			line, weak = strings.CutPrefix(strings.Trim(line, "[]"), "~")
			line, noun = strings.CutPrefix(line, "^")
			reason = Reason(line)
			if reason.Words().VI == "" && reason != noise {
				return nil, fmt.Errorf("wording.txt:%d: there is no reason %q", n+1, reason)
			}
		default:
			w := wording{reason: reason, weak: weak, noun: noun, line: n + 1}
			line, w.whole = strings.CutPrefix(line, "=")
			for part := range strings.SplitSeq(line, "…") {
				w.parts = append(w.parts, fold(part))
			}
			list = append(list, w)
		}
	}
	return list, nil
}

// matchWording returns the first match, in the order of the vocabulary, in a folded
// text.
func matchWording(folded string, wanted func(*wording) bool) match {
	if folded == "" {
		return match{}
	}
	v := vocabulary()
	var found match
	v.index.in(folded).each(func(n int) bool {
		w := &v.list[n]
		if w.reason == noise || !wanted(w) {
			return true
		}
		if start, end := w.find(folded); end > 0 {
			found = match{w.reason, strings.Join(w.parts, "…"), w.line, start, end}
		}
		return found.reason == ""
	})
	return found
}

func strong(w *wording) bool { return !w.weak && !w.noun && w.reason != Challenge }

func weak(w *wording) bool { return w.weak }

// removeNoise removes noise from a folded text.
func removeNoise(folded string) string {
	for _, words := range vocabulary().noise {
		folded = strings.ReplaceAll(folded, words, " ")
	}
	return folded
}

// find returns where the wording begins and ends in a folded text; 0, 0 where it does
// not occur.
func (w *wording) find(text string) (start, end int) {
	for from := 0; ; {
		i := strings.Index(text[from:], w.parts[0])
		if i < 0 {
			return 0, 0
		}
		i += from
		end := i + len(w.parts[0])
		if begins(text, i) && (!w.whole || ends(text, end)) {
			if end = w.follows(text, end); end > 0 {
				return i, end
			}
		}
		from = i + 1
	}
}

// follows returns where the other parts end, each near the one before; 0 where they do
// not follow.
func (w *wording) follows(text string, from int) int {
	for _, part := range w.parts[1:] {
		near := text[:min(len(text), from+maxGap+len(part))]
		if end := strings.Index(near[from:], ". "); end >= 0 {
			near = near[:from+end] // another sentence
		}
		for {
			i := strings.Index(near[from:], part)
			if i < 0 {
				return 0
			}
			start := from + i
			from = start + len(part)
			if begins(text, start) && (!w.whole || ends(text, from)) {
				break
			}
		}
	}
	return from
}

// begins reports whether a word may begin at i. In scripts without spaces it may
// begin anywhere.
func begins(text string, i int) bool {
	return i == 0 || !isASCIIWord(text[i-1]) || !isASCIIWord(text[i])
}

func ends(text string, i int) bool {
	return i == len(text) || !isASCIIWord(text[i]) || !isASCIIWord(text[i-1])
}

func isASCIIWord(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'z' }
