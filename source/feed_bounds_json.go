package source

import "strings"

// jsonFits gives a JSON Feed within the limits of feeds: of one that exceeds them the
// items before that. isWhole says that what is left out are only items beyond maxEntries.
func jsonFits(text string) (within string, isWhole bool) {
	var open []byte // what closes what is open
	items, elements, last := 0, 0, -1
	for at := 0; at < len(text); at++ {
		switch c := text[at]; c {
		case '"':
			at = stringEnd(text, at)
		case '{', '[':
			if string(open) == "}]" {
				items, last = items+1, at
			}
			elements++
			open = append(open, c+2) // in ASCII
			if items > maxEntries || elements > maxFeedElements || len(open) > maxFeedDepth {
				return jsonBefore(text, last), items > maxEntries
			}
		case '}', ']':
			open = open[:max(0, len(open)-1)]
		}
	}
	return text, true
}

// stringEnd is where the string ends that begins at i.
func stringEnd(text string, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

// jsonBefore closes a feed before the item that begins at end; "" where there is none.
func jsonBefore(text string, end int) string {
	if end < 0 {
		return ""
	}
	return strings.TrimRight(text[:end], ", \t\r\n") + "]}"
}
