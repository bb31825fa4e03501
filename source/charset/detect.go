package charset

import (
	"strings"
	"unicode/utf8"
)

// detected is a text with the encoding that it was found in.
type detected struct {
	text     string
	encoding string // empty: UTF-8
	unsure   bool   // no encoding is sure; text is as it came, made valid
}

// detect decodes a text of which only the bytes are known.
func detect(text string) detected {
	if utf8.ValidString(text) && !isSuspect(text) {
		return detected{text: text}
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if !utf8.ValidString(l) {
			lines[i] = asBytes(l)
		}
	}
	return detectLines(lines, utf8.ValidString(text))
}

// asBytes writes each byte as the character of its number (Latin-1).
// A line with a byte that is not UTF-8 is taken to have no UTF-8 at all.
func asBytes(l string) string {
	var b strings.Builder
	for i := range len(l) {
		b.WriteRune(rune(l[i]))
	}
	return b.String()
}

// detectLines picks the encoding of the lines that do not read as they stand.
func detectLines(lines []string, valid bool) detected {
	asIs := make([]score, len(lines))
	var total, strange score
	var broken []string
	unicode := false // some line can only be Unicode
	for i, l := range lines {
		asIs[i] = scoreOf(l)
		total.good, total.bad = total.good+asIs[i].good, total.bad+asIs[i].bad
		if asIs[i].bad > 0 && !asIs[i].reads() {
			broken = append(broken, withoutSigns(l))
			strange.good, strange.bad = strange.good+asIs[i].good, strange.bad+asIs[i].bad
		} else if vietnameseOnly(l) {
			unicode = true
		}
	}
	asItStands := detected{text: strings.Join(lines, "\n")}
	if total.bad == 0 && valid && !isLossy(asItStands.text) {
		return asItStands
	}
	best, second := bestTwo(broken)
	if best.code.read == nil || !best.sure(second, strange) {
		asItStands.unsure = !valid || isLossy(asItStands.text) || isGarbled(asItStands.text, strange, best.score)
		return asItStands
	}
	return repair(lines, asIs, best.code, unicode)
}

// candidate is an encoding with the score of the broken lines in it.
type candidate struct {
	code  legacyEncoding
	score score
}

// bestTwo gives the two encodings in which the lines read best.
func bestTwo(lines []string) (best, second candidate) {
	text := strings.Join(lines, "\n")
	for _, c := range encodings() {
		this := candidate{c, scoreOf(c.read(text))}
		switch {
		case best.code.read == nil || this.score.surplus() > best.score.surplus():
			best, second = this, best
		case second.code.read == nil || this.score.surplus() > second.score.surplus():
			second = this
		}
	}
	return best, second
}

// sure reports whether a candidate can be trusted: nearly all of its words are
// Vietnamese, and the second best is far behind.
func (c candidate) sure(second candidate, asIs score) bool {
	const fewest = 2 // words: less may read well by chance
	lead := c.score.surplus() - max(second.score.surplus(), asIs.surplus())
	if !c.score.reads() || c.score.good < fewest {
		return false
	}
	return lead >= max(2, c.score.words()/5) || lead > 0 && c.score.bad == 0 && second.score.bad > 0 && asIs.bad > 0
}

// repair decodes the lines. Where other lines are Unicode, only those are changed
// that read better then.
func repair(lines []string, asIs []score, c legacyEncoding, mixed bool) detected {
	var all score
	for i, l := range lines {
		if !foreignLetters(l) && c.name != codeVISCII {
			continue
		}
		read := c.read(l)
		s := scoreOf(c.read(withoutSigns(l)))
		if mixed && s.surplus() <= asIs[i].surplus() {
			s = asIs[i]
		} else {
			lines[i] = read
		}
		if s.bad > 2 && !s.reads() && s.bad > s.good {
			return detected{text: strings.Join(lines, "\n"), encoding: c.name, unsure: true}
		}
		all.good, all.bad = all.good+s.good, all.bad+s.bad
	}
	text := strings.Join(lines, "\n")
	return detected{text: text, encoding: c.name, unsure: !all.reads() || isLossy(text)}
}

// isGarbled reports whether a text that no encoding surely explains is broken all
// the same: some encoding makes more Vietnamese of it than it has, or it has the
// marks of UTF-8 that lost bytes. Other languages read badly in every encoding.
func isGarbled(text string, asIs, best score) bool {
	switch {
	case asIs.bad > 0 && best.bad == 0 && best.surplus() > asIs.surplus():
		return true
	case asIs.bad >= 3 && asIs.bad > asIs.good && best.good >= 3 && 2*best.good > best.words():
		return true
	}
	return strings.Count(text, "á»")+strings.Count(text, "áº")+strings.Count(text, "Æ°") >= 2 ||
		asIs.bad >= 3 && strings.ContainsFunc(text, func(r rune) bool { return 0x80 <= r && r < 0xa0 && r != 0x85 })
}

// isLossy reports whether letters inside words were replaced and cannot be
// restored: by U+FFFD, or all of them by question marks.
func isLossy(text string) bool {
	if strings.Count(text, "\ufffd") >= 2 {
		return true
	}
	return !foreignLetters(text) && countQuestionMarks(text) >= 3
}

// countQuestionMarks counts question marks between letters: "H?i Khuy?n h?c". Addresses
// have them too, and the scripts of pages: both have other signs beside them.
func countQuestionMarks(text string) (n int) {
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, ".,:;!()\"'")
		if i := strings.IndexByte(word, '?'); i > 0 && i < len(word)-1 && !strings.ContainsAny(word, "/=&.<>\"'():;{}[]|+*!") {
			n++
		}
	}
	return n
}

// vietnameseOnly reports whether a text has letters that no Western encoding has.
func vietnameseOnly(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r >= 0x1ea0 && r <= 0x1ef9 || r == 'ơ' || r == 'ư' || r == 'đ' || r == 'ă'
	})
}

// isSuspect is the quick check: whether a text has anything that Vietnamese in
// Unicode has not. It costs one pass over the bytes.
func isSuspect(text string) bool {
	vietnamese, western := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < 0x80:
			if c == '?' && i > 0 && isLetterByte(text[i-1]) && i+1 < len(text) && isLetterByte(text[i+1]) {
				western++
			}
		case c == 0xe1:
			vietnamese++
			i += 2
		case c == 0xc4 || c == 0xc6:
			vietnamese++
			i++
		case c == 0xc2 || c == 0xc3:
			if i++; i < len(text) && isForeignSign(text, i) {
				return true
			}
			western += int(c & 1)
		case c == 0xef && strings.HasPrefix(text[i:], "\ufffd"):
			return true
		}
	}
	return vietnamese == 0 && western > 0
}

func isLetterByte(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isForeignSign reports whether the character that ends with byte i does not
// belong to Vietnamese text: a letter of another language, a sign between letters.
func isForeignSign(text string, i int) bool {
	c := text[i]
	if text[i-1] == 0xc3 {
		switch c {
		case 0x97, 0xb7: // × ÷
			return isBetweenLetters(text, i)
		case 0x84, 0x85, 0x86, 0x87, 0x8b, 0x8e, 0x8f, 0x90, 0x91, 0x96, 0x98, 0x9b, 0x9c, 0x9e, 0x9f,
			0xa4, 0xa5, 0xa6, 0xa7, 0xab, 0xae, 0xaf, 0xb0, 0xb1, 0xb6, 0xb8, 0xbb, 0xbc, 0xbe, 0xbf:
			return true
		}
		return false
	}
	switch c {
	case 0xa0: // a no-break space, or the second half of à
		return i >= 3 && text[i-2] == 0x83 && text[i-3] == 0xc3
	case 0xa7, 0xa9, 0xab, 0xad, 0xae, 0xb0, 0xb1, 0xb2, 0xb3, 0xb7, 0xbb, 0xbc, 0xbd, 0xbe:
		return isBetweenLetters(text, i)
	}
	return c != 0x85
}

// isBetweenLetters reports whether a sign touches letters on both sides.
func isBetweenLetters(text string, i int) bool {
	before := i >= 2 && (isLetterByte(text[i-2]) || text[i-2] >= 0x80)
	after := i+1 < len(text) && (isLetterByte(text[i+1]) || text[i+1] >= 0x80)
	return before && after
}
