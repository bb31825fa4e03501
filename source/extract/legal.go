package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin"
)

// A reference is a number, perhaps a year, and a symbol of short words in
// capitals: 387/QĐ-TTg, 49-KL/TW, 22/2020/TT-BGDĐT, 43/2019/QH14. Letters put
// blanks and dashes of all sorts inside. A train 3/SE4, a house 12/A, a score
// have the same form, so one is only taken where its symbol has a word that
// documents have, or the word for a document stands directly before it.

// documentKinds pairs the first word of a symbol with the kind it stands for.
const documentKinds = "QĐ Quyết định|CT Chỉ thị|KL Kết luận|NQ Nghị quyết|KH Kế hoạch|TB Thông báo|HD Hướng dẫn|CV Công văn|" +
	"NĐ Nghị định|TT Thông tư|TTLT Thông tư liên tịch|BC Báo cáo|TTr Tờ trình|CTr Chương trình|QC Quy chế|QyĐ Quy định|QĐi Quy định|" +
	"CĐ Công điện|GM Giấy mời|ĐA Đề án|PA Phương án|PL Pháp lệnh|L Luật|LCT Lệnh|SL Sắc lệnh|VBHN Văn bản hợp nhất|NQLT Nghị quyết liên tịch|" +
	"CTPH Chương trình phối hợp|KHPH Kế hoạch phối hợp|HDLT Hướng dẫn liên tịch|ĐL Điều lệ|TL Thể lệ|BB Biên bản|TLBC Tài liệu|CTHĐ Chương trình hành động|TTHĐ Thỏa thuận|HĐBT Quyết định"

// documentWords are kinds that no symbol has of its own.
const documentWords = "Thông tri|Luật|Hiến pháp|Bộ luật|Văn bản|Thư|Công thư|Giấy phép|Lệnh|Chương trình hành động|Quy định|Thỏa thuận|Đề án|Nghị quyết liên tịch"

// issuers are words of symbols that name who wrote the document.
const issuers = "TTg CP TW TƯ TU HU ThU ĐU BCH BBT UBND HĐND HĐBT BGDĐT BGD BNV BTC BLĐTBXH BVHTTDL BTTTT BKHĐT BYT BCA BQP BTP VPCP VPTW " +
	"KHVN HKHVN HKH HKHT TWHKH TWHKHVN KHTW BTGTW BTGDVTW BTCTW BDVTW UBKT MTTQ MTTW ĐTN HCCB HND LHPN UBTVQH SGDĐT SGD CTN VP CTUBND TTKQH"

// symbols has the words of symbols: those of documents with their kinds, and
// the issuers with none.
type symbols map[string]string

func symbolTable() symbols {
	s := symbols{}
	for pair := range strings.SplitSeq(documentKinds, "|") {
		word, kind, _ := strings.Cut(pair, " ")
		s[strings.ToUpper(word)] = kind
	}
	for word := range strings.FieldsSeq(issuers) {
		if word = strings.ToUpper(word); s[word] == "" {
			s[word] = ""
		}
	}
	return s
}

// documentNames lists the words for documents, the longest first.
func documentNames() []string {
	names := strings.Split(documentWords, "|")
	for pair := range strings.SplitSeq(documentKinds, "|") {
		_, kind, _ := strings.Cut(pair, " ")
		names = append(names, kind)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(names)
}

// vocabulary is the words by which references are known.
type vocabulary struct {
	symbols symbols
	names   []string
}

// LegalRefs finds the documents that a text cites, each once, in the order of
// their first mention, with the number of mentions and, where the text tells,
// their kind and day. What looks like one and has neither the word for a
// document before it nor a known symbol is none. The time is linear.
func LegalRefs(text string) []bantin.LegalRef {
	f := refFinder{text: text, book: legalVocabulary()}
	f.find()
	return f.refs
}

// refFinder finds references, and where they stand.
type refFinder struct {
	text  string
	book  *vocabulary
	refs  []bantin.LegalRef
	marks []RefMark
	last  candidateRef
}

func (f *refFinder) find() {
	text := f.text
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < '0' || c > '9' {
			continue
		}
		if c, ok := f.candidate(i); ok {
			f.addShared(&c)
			f.add(c)
			if len(f.marks) < maxReferences {
				f.marks = append(f.marks, RefMark{c.start, c.end, c.ref})
			}
			i = c.end - 1
			continue
		}
		for i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9' {
			i++
		}
	}
}

// candidateRef is what has the form of a reference.
type candidateRef struct {
	start, end int
	ref        string
	kind       string
}

const maxReferences = 500 // in one text

// candidate reads the reference that begins with the digit at i.
func (f *refFinder) candidate(i int) (c candidateRef, ok bool) {
	if len(f.refs) >= maxReferences || !f.numberMayBegin(i) {
		return c, false
	}
	p := scanner{text: f.text, at: i}
	number, sep := p.number()
	if sep == 0 {
		return c, false
	}
	parts, symbol := p.symbol()
	if symbol == "" {
		return c, false
	}
	c = candidateRef{start: i, end: p.at, ref: number + string(sep) + symbol}
	word := f.documentBefore(i)
	kind, known := f.known(parts)
	switch {
	case known && (len(parts) > 1 || isParliament(parts[0]) && strings.ContainsRune(number, '/')):
	case word != "" && areAbbreviations(parts):
	default:
		return c, false
	}
	c.kind = word
	if c.kind == "" || c.kind == "Văn bản" {
		c.kind = kind
	}
	if c.kind == "" && f.last.kind != "" && f.continuesList(i) {
		c.kind = f.last.kind
	}
	return c, true
}

// numberMayBegin reports whether a number begins at i: not inside a word, a
// date or a longer number.
func (f *refFinder) numberMayBegin(i int) bool {
	if i == 0 {
		return true
	}
	r, n := utf8.DecodeLastRuneInString(f.text[:i])
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return f.isStuckToNumberWord(i)
	}
	if !strings.ContainsRune("/-–.,:_", r) || i == n {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(f.text[:i-n])
	return !unicode.IsDigit(before) && r != '/' && r != '_'
}

// isStuckToNumberWord reports whether "số" stands before i without the blank: "số1373/QĐ-TTg".
func (f *refFinder) isStuckToNumberWord(i int) bool {
	for _, word := range [...]string{"số", "Số", "SỐ"} {
		if before, ok := strings.CutSuffix(f.text[:i], word); ok {
			r, _ := utf8.DecodeLastRuneInString(before)
			return !unicode.IsLetter(r)
		}
	}
	return false
}

// known reports whether a word of the symbol is one of documents or issuers,
// and which kind it tells.
func (f *refFinder) known(parts []string) (kind string, ok bool) {
	for i, part := range parts {
		name, found := f.book.symbols[strings.ToUpper(part)]
		if isParliament(part) {
			found = true
			if len(parts) == 1 {
				name = "Luật"
			}
		}
		if !found || i > 0 && name != "" && !ok && !isParliament(part) {
			continue // "5/XL-TB": a kind stands first, or behind who wrote it
		}
		ok = true
		if i == 0 || kind == "" && name != "" && len(part) > 1 {
			kind = name
		}
	}
	return kind, ok
}

// isParliament tells QH14 and UBTVQH15.
func isParliament(part string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(part, "UBTV"), "QH")
	return ok && rest != "" && strings.Trim(rest, "0123456789XIV") == ""
}

// areAbbreviations reports whether the words are ones of symbols: at least two
// letters, all or most of them large.
func areAbbreviations(parts []string) bool {
	for _, part := range parts {
		large, letters := 0, 0
		for _, r := range part {
			if unicode.IsDigit(r) {
				return false
			}
			letters++
			if unicode.IsUpper(r) {
				large++
			}
		}
		if letters < 2 || 2*large < letters {
			return false
		}
	}
	return true
}

// documentBefore gives the word for a document that stands directly before the
// number, perhaps with "số" between.
func (f *refFinder) documentBefore(i int) string {
	before := strings.TrimRight(f.text[max(0, i-60):i], " \u00a0\n\t:.")
	for _, word := range [...]string{"số", "Số", "SỐ", "No", "no", "of"} {
		if rest, ok := strings.CutSuffix(before, word); ok {
			before = strings.TrimRight(rest, " \u00a0\n\t:")
			break
		}
	}
	for _, name := range f.book.names {
		if n := len(before) - len(name); n >= 0 && strings.EqualFold(before[n:], name) {
			return name
		}
	}
	return f.book.symbols[before[strings.LastIndexAny(before, " \n(“,.;:")+1:]] // "QĐ 12/HKH"
}

// continuesList reports whether the number at i goes on a list whose last reference
// was the one before.
func (f *refFinder) continuesList(i int) bool {
	switch strings.Join(strings.Fields(f.text[f.last.end:i]), " ") {
	case ",", ";", "và", ", và", "và số", ", số", "&", "; số", "hoặc":
		return true
	}
	return false
}

// addShared adds the numbers before c that have its symbol in common with it:
// "Quyết định số 1373, 749 và 387/QĐ-TTg".
func (f *refFinder) addShared(c *candidateRef) {
	var numbers []string
	at := c.start
	for {
		before := strings.TrimRight(f.text[:at], " \u00a0")
		rest := strings.TrimSuffix(strings.TrimSuffix(before, "và"), ",")
		if rest == before {
			break
		}
		rest = strings.TrimRight(rest, " \u00a0")
		digits := len(strings.TrimRight(rest, "0123456789"))
		if digits == len(rest) || len(rest)-digits > 4 || !f.numberMayBegin(digits) {
			return
		}
		numbers, at = append(numbers, rest[digits:]), digits
	}
	kind := ""
	if numbers != nil {
		kind = f.documentBefore(at)
	}
	if kind == "" {
		return
	}
	c.kind = kind
	symbol := c.ref[strings.IndexAny(c.ref, "/-"):]
	for _, number := range slices.Backward(numbers) {
		f.add(candidateRef{end: c.end, ref: number + symbol, kind: kind})
	}
}

func (f *refFinder) add(c candidateRef) {
	f.last = c
	day := dayOfDocument(f.text[c.end:])
	for i := range f.refs {
		if r := &f.refs[i]; r.Ref == c.ref {
			r.Count++
			if r.Date.IsZero() {
				r.Date = day
			}
			r.Kind = cmp.Or(r.Kind, c.kind)
			return
		}
	}
	f.refs = append(f.refs, bantin.LegalRef{Ref: c.ref, Kind: c.kind, Date: day, Count: 1})
}
