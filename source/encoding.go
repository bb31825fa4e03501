package source

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bantin"
)

// Text that says it is UTF-8 may be written in an old Vietnamese code, or have
// been encoded twice. Which it is cannot be asked of anybody, so each line is
// read in every way, and the reading that makes Vietnamese syllables wins. Where
// none does surely, the bulletin waits for a person. Most text is plain Unicode
// and is looked at once, a byte at a time.

// reading is what a text says, and in which code it was.
type reading struct {
	text     string
	encoding string // empty: UTF-8
	unsure   bool   // no reading is sure; text is as it came, made valid
}

// reread reads a text of which only the bytes are known.
func reread(text string) reading {
	if utf8.ValidString(text) && !suspect(text) {
		return reading{text: text}
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if !utf8.ValidString(l) {
			lines[i] = asBytes(l)
		}
	}
	return choose(lines, utf8.ValidString(text))
}

// asBytes writes each byte that is not UTF-8's as the character of its number.
// A line with any such byte is taken to have no UTF-8 at all, unless that reads
// well.
func asBytes(l string) string {
	var b strings.Builder
	for i := range len(l) {
		b.WriteRune(rune(l[i]))
	}
	return b.String()
}

// choose picks the code of the lines that do not read as they stand.
func choose(lines []string, valid bool) reading {
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
	asItStands := reading{text: strings.Join(lines, "\n")}
	if total.bad == 0 && valid && !lossy(asItStands.text) {
		return asItStands
	}
	best, second := rank(broken)
	if best.code.read == nil || !best.sure(second, strange) {
		asItStands.unsure = !valid || lossy(asItStands.text) || garbled(asItStands.text, strange, best.score)
		return asItStands
	}
	return repair(lines, asIs, best.code, unicode)
}

// candidate is a code with how the broken lines read in it.
type candidate struct {
	code  code
	score score
}

// rank gives the two codes in which the lines read best.
func rank(lines []string) (best, second candidate) {
	text := strings.Join(lines, "\n")
	for _, c := range codes() {
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

// sure reports whether a reading can be trusted: nearly all of it is
// Vietnamese, and what comes second is far behind.
func (c candidate) sure(second candidate, asIs score) bool {
	const fewest = 2 // words: less may read well by chance
	lead := c.score.surplus() - max(second.score.surplus(), asIs.surplus())
	if !c.score.reads() || c.score.good < fewest {
		return false
	}
	return lead >= max(2, c.score.words()/5) || lead > 0 && c.score.bad == 0 && second.score.bad > 0 && asIs.bad > 0
}

// repair reads the lines in the code. Where other lines are Unicode, only those
// are touched that read better then.
func repair(lines []string, asIs []score, c code, mixed bool) reading {
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
			return reading{text: strings.Join(lines, "\n"), encoding: c.name, unsure: true}
		}
		all.good, all.bad = all.good+s.good, all.bad+s.bad
	}
	text := strings.Join(lines, "\n")
	return reading{text: text, encoding: c.name, unsure: !all.reads() || lossy(text)}
}

// garbled reports whether a text that no code surely explains is nevertheless
// none: some code makes more Vietnamese of it than it is, or it bears the
// marks of UTF-8 that lost bytes. Other languages make nothing in any code.
func garbled(text string, asIs, best score) bool {
	switch {
	case asIs.bad > 0 && best.bad == 0 && best.surplus() > asIs.surplus():
		return true
	case asIs.bad >= 3 && asIs.bad > asIs.good && best.good >= 3 && 2*best.good > best.words():
		return true
	}
	return strings.Count(text, "á»")+strings.Count(text, "áº")+strings.Count(text, "Æ°") >= 2 ||
		asIs.bad >= 3 && strings.ContainsFunc(text, func(r rune) bool { return 0x80 <= r && r < 0xa0 && r != 0x85 })
}

// lossy reports whether letters were replaced inside words, so that nothing can
// bring them back: by U+FFFD, or all by question marks.
func lossy(text string) bool {
	if strings.Count(text, "\ufffd") >= 2 {
		return true
	}
	return !foreignLetters(text) && marked(text) >= 3
}

// marked counts question marks between letters: "H?i Khuy?n h?c". Addresses
// have them too, and are left out.
func marked(text string) (n int) {
	for word := range strings.FieldsSeq(text) {
		if i := strings.IndexByte(word, '?'); i > 0 && i < len(word)-1 && !strings.ContainsAny(word, "/=&.<>\"") {
			n++
		}
	}
	return n
}

// vietnameseOnly reports whether a text has letters that no Western code has.
func vietnameseOnly(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r >= 0x1ea0 && r <= 0x1ef9 || r == 'ơ' || r == 'ư' || r == 'đ' || r == 'ă'
	})
}

// suspect is the quick look: whether anything is in a text that Vietnamese in
// Unicode has not. Cost: one pass over the bytes.
func suspect(text string) bool {
	vietnamese, western := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < 0x80:
			if c == '?' && i > 0 && letter(text[i-1]) && i+1 < len(text) && letter(text[i+1]) {
				western++
			}
		case c == 0xe1:
			vietnamese++
			i += 2
		case c == 0xc4 || c == 0xc6:
			vietnamese++
			i++
		case c == 0xc2 || c == 0xc3:
			if i++; i < len(text) && stranger(text, i) {
				return true
			}
			western += int(c & 1)
		case c == 0xef && strings.HasPrefix(text[i:], "\ufffd"):
			return true
		}
	}
	return vietnamese == 0 && western > 0
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// stranger reports whether the character that ends with byte i is none of
// Vietnamese text: a letter of other languages, a sign between letters.
func stranger(text string, i int) bool {
	c := text[i]
	if text[i-1] == 0xc3 {
		switch c {
		case 0x97, 0xb7: // × ÷
			return between(text, i)
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
		return between(text, i)
	}
	return c != 0x85
}

// between reports whether a sign touches letters on both sides.
func between(text string, i int) bool {
	before := i >= 2 && (letter(text[i-2]) || text[i-2] >= 0x80)
	after := i+1 < len(text) && (letter(text[i+1]) || text[i+1] >= 0x80)
	return before && after
}

// text is decode for a part of a draft, which remembers the code.
func (d *draft) text(raw []byte) (string, error) {
	r, err := admit(raw)
	d.remember(r)
	return r.text, err
}

func (d *draft) remember(r reading) {
	if r.encoding != "" {
		d.encoding = r.encoding
	}
	d.unsure = d.unsure || r.unsure
}

// settle reads what did not come through the door in the code of what did, says
// which it was, and keeps the bulletin for a person where that is not sure.
func (d *draft) settle(b *bantin.Bulletin) {
	own := []*string{&b.Title, &b.Author}
	if d.entities {
		own = append(own, &b.Lead, &b.HTML, &b.Text)
	}
	for i := range b.Images {
		own = append(own, &b.Images[i].Caption)
	}
	for _, s := range own {
		if suspect(*s) || !utf8.ValidString(*s) {
			*s = d.like(*s)
		}
	}
	b.Encoding = d.encoding
	if d.unsure {
		b.Held = d.spec.Language.Say("không chắc chữ viết theo bảng mã nào; cần người xem lại",
			"it is not sure in which encoding the text is; a person must look at it")
	}
}

// like reads a piece of text in the code that the draft was found to have, where
// that makes it better; else by itself.
func (d *draft) like(text string) string {
	for _, c := range codes() {
		if c.name != d.encoding {
			continue
		}
		if read := c.read(text); utf8.ValidString(text) && scoreOf(read).surplus() > scoreOf(text).surplus() {
			return norm.NFC.String(allowed(read))
		}
	}
	r := reread(text)
	d.remember(r)
	return norm.NFC.String(allowed(r.text))
}
