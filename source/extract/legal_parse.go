package extract

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// legalVocabulary holds the words of symbols and documents, made once.
var legalVocabulary = sync.OnceValue(func() *vocabulary { return &vocabulary{symbolTable(), documentNames()} })

// scanner reads the pieces of references and days.
type scanner struct {
	text string
	at   int
}

// blanks passes blanks and at most one line end.
func (p *scanner) blanks() {
	lines := 0
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		if r == '\n' {
			lines++
		}
		if !unicode.IsSpace(r) || lines > 1 {
			return
		}
		p.at += n
	}
}

// number reads "387", "12a", "22/2020" and what stands before the symbol: '/'
// or '-', or 0 where nothing does.
func (p *scanner) number() (number string, sep byte) {
	const longest = 6
	digits := p.digits()
	if len(digits) == 0 || len(digits) > longest {
		return "", 0
	}
	number = digits
	if c := p.peek(p.at); isLetter(c) && !isLetter(p.peek(p.at+1)) && p.peek(p.at+1) < utf8.RuneSelf {
		number += string(c) // 12a/QĐ
		p.at++
	}
	sep = p.separator()
	if c := p.peek(p.at); sep == '/' && '0' <= c && c <= '9' {
		year := p.digits()
		if len(year) != 4 {
			return "", 0
		}
		number += "/" + year
		sep = p.separator()
	}
	return number, sep
}

// separator reads a stroke or a dash with blanks around it.
func (p *scanner) separator() byte {
	start := p.at
	p.blanks()
	r, n := utf8.DecodeRuneInString(p.text[p.at:])
	var sep byte
	switch {
	case r == '/':
		sep = '/'
	case r == '-' || unicode.Is(unicode.Pd, r) || r == '−':
		sep = '-'
	default:
		p.at = start
		return 0
	}
	p.at += n
	p.blanks()
	return sep
}

// symbol reads the words of a symbol. What follows behind a blank and a dash
// must be written like one, for a dash is punctuation too.
func (p *scanner) symbol() (parts []string, symbol string) {
	const most = 5
	var out strings.Builder
	for {
		word := p.word()
		if !symbolWord(word) {
			return parts, out.String()
		}
		parts = append(parts, word)
		out.WriteString(word)
		end := p.at
		sep := p.separator()
		if sep == 0 || len(parts) == most {
			p.at = end
			return parts, out.String()
		}
		blank := p.at-end > 1 && strings.TrimSpace(p.text[end:p.at]) != p.text[end:p.at]
		next := *p
		if w := next.word(); !symbolWord(w) || blank && !knownSymbol(w) {
			p.at = end
			return parts, out.String()
		}
		out.WriteByte(sep)
	}
}

func knownSymbol(word string) bool {
	_, ok := legalVocabulary().symbols[strings.ToUpper(word)]
	return ok || isParliament(word)
}

// symbolWord reports whether a word can stand in a symbol: short, and large but
// for letters that "TTg" and "TTr" have small.
func symbolWord(word string) bool {
	const longest = 12
	large, n := 0, 0
	for _, r := range word {
		if n++; unicode.IsUpper(r) {
			large++
		}
	}
	return n > 0 && n <= longest && (2*large >= n || knownSymbol(word))
}

// word reads letters and digits; U+00D0, the lookalike of Đ, is that.
func (p *scanner) word() string {
	start := p.at
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		p.at += n
	}
	return strings.ReplaceAll(p.text[start:p.at], "\u00d0", "Đ")
}

func (p *scanner) digits() string {
	start := p.at
	for c := p.peek(p.at); '0' <= c && c <= '9'; c = p.peek(p.at) {
		p.at++
	}
	return p.text[start:p.at]
}

// integer reads a number of at most so many digits; length 0 where it is longer.
func (p *scanner) integer(most int) (value, length int) {
	digits := p.digits()
	if len(digits) > most {
		return 0, 0
	}
	for _, c := range []byte(digits) {
		value = 10*value + int(c-'0')
	}
	return value, len(digits)
}

// dayApart reads what stands between day and month.
func (p *scanner) dayApart() string {
	return p.oneOf("/", "-", ".", " / ", " - ", " – ", " tháng ", "–")
}

// yearApart reads what stands between month and year, given that.
func (p *scanner) yearApart(apart string) bool {
	if apart == " tháng " {
		return p.oneOf(" năm ", ", ", "/", "-") != ""
	}
	if apart == " – " {
		return p.oneOf(apart) != ""
	}
	return p.oneOf(apart, "/", "-") != ""
}

func (p *scanner) oneOf(choices ...string) string {
	for _, c := range choices {
		if strings.HasPrefix(p.text[p.at:], c) {
			p.at += len(c)
			return c
		}
	}
	return ""
}

func (p *scanner) peek(i int) byte {
	if i < len(p.text) {
		return p.text[i]
	}
	return 0
}

// isLetter tells the letters of ASCII.
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
