package mailbox

import (
	"regexp"
	"strings"
)

// encodedWord is an encoded word (RFC 2047) as programs write it: also glued to other
// text, within quotes, with blanks in it, with a language behind the charset.
var encodedWord = regexp.MustCompile(`=\?([\w.:+-]+)(?:\*[\w-]*)?\?([bBqQ])\?(.*?)\?=`)

// decodeWords decodes a header field. Words of one charset that follow each other are
// joined before they are decoded: some programs cut them within a letter. The bytes of an
// unknown charset stay, for a caller that knows more.
func decodeWords(field string) string {
	found := encodedWord.FindAllStringSubmatchIndex(field, -1)
	if found == nil {
		return field
	}
	var out strings.Builder
	var run []byte
	label, last := "", 0
	flush := func() {
		out.Write(utf8Of(run, label))
		run = run[:0]
	}
	for _, m := range found {
		between := field[last:m[0]]
		word, text := field[m[2]:m[3]], field[m[6]:m[7]]
		if last == 0 || strings.TrimSpace(between) != "" || !strings.EqualFold(word, label) {
			flush()
			if last == 0 || strings.TrimSpace(between) != "" {
				out.WriteString(between)
			}
		}
		label, last = word, m[1]
		if field[m[4]]|0x20 == 'b' {
			decoded, _ := decodeBase64([]byte(text))
			run = append(run, decoded...)
		} else {
			run = append(run, decodeQuoted([]byte(strings.ReplaceAll(text, "_", " ")))...)
		}
	}
	flush()
	return out.String() + field[last:]
}
