package place

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// notOfWord reports whether a letter at a word's edge is punctuation.
func notOfWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// bare is a word without the punctuation at its edges.
func bare(w string) string { return strings.TrimFunc(w, notOfWord) }

// replaceBare puts form in the place of the word and keeps the punctuation around it.
func replaceBare(w, form string) string {
	core := bare(w)
	at := strings.Index(w, core)
	return w[:at] + form + w[at+len(core):]
}

func sameWords(a, b []string) bool {
	for i := range a {
		if !strings.EqualFold(bare(a[i]), bare(b[i])) {
			return false
		}
	}
	for _, w := range b[:len(b)-1] { // no name goes on behind a comma
		if strings.IndexFunc(w, unicode.IsLetter) >= 0 && strings.ContainsAny(w, ",;:.!?”\")") {
			return false
		}
	}
	return true
}

func allCapitals(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return strings.ContainsFunc(w, unicode.IsLower) })
}

func startsCapital(w string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(w, notOfWord))
	return unicode.IsUpper(r) && strings.ContainsFunc(w, unicode.IsLower)
}

// isPerson reports whether the words are written as the names of people are.
func isPerson(words []string) bool {
	for _, w := range words {
		if !startsCapital(w) {
			return false
		}
	}
	return len(words) > 1
}

// hasInnerCapital reports whether a word is written as TTg or GDĐTh are.
func hasInnerCapital(w string) bool {
	_, first := utf8.DecodeRuneInString(w)
	return strings.ContainsFunc(w[first:], unicode.IsUpper) && strings.ContainsFunc(w, unicode.IsLower)
}

func capitalize(w string) string {
	at := strings.IndexFunc(w, unicode.IsLetter)
	if at < 0 || strings.IndexFunc(w[:at], unicode.IsDigit) >= 0 {
		return w
	}
	r := []rune(w[at:])
	r[0] = unicode.ToUpper(r[0])
	return w[:at] + string(r)
}

// endsSentence reports whether the next word begins a sentence.
func endsSentence(w string) bool {
	w = strings.TrimRight(w, "”\"')")
	return strings.HasSuffix(w, ".") || strings.HasSuffix(w, "!") || strings.HasSuffix(w, "?")
}

// opensQuotation reports whether the word begins a title in quotation marks.
func opensQuotation(w string) bool { return strings.HasPrefix(w, "“") || strings.HasPrefix(w, `"`) }

// hasVowel tells words from abbreviations such as THCS and HĐND.
func hasVowel(w string) bool { return strings.ContainsAny(Fold(w), "aeiouy") }

// isRoman reports whether a word in capitals is a Roman number. Some are words as well:
// VI and XI count only behind what is numbered.
func isRoman(w, before string) bool {
	if w == "" || strings.Trim(w, "IVX") != "" {
		return false
	}
	switch strings.ToLower(before) {
	case "khóa", "khoá", "thứ", "quý", "kỳ", "cụm", "đợt", "lần", "hạng", "cấp", "loại", "vòng", "tập", "phần", "chương":
		return true
	}
	return w != "VI" && w != "XI"
}
