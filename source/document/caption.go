package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// In the print view a picture leaves only its caption, and that only by its
// position: where the picture was is an empty line of its own, so that the
// caption has two lines before it, the last of them empty. A paragraph that
// follows a line of no-break spaces directly is mostly running text: the editor
// put those in for distance. There only what cannot be a sentence is taken for
// a caption. Position alone is not enough: what is long, or goes on, is none.

const captionLength = 300 // characters

// isCaption reports whether paragraph i is the caption of a picture.
func isCaption(all []para, i int) bool {
	text := all[i].text
	switch {
	case i == 0:
		return false
	case all[i].gap == gapDouble:
		return describes(text)
	case all[i].gap == gapHard:
		return !strings.HasSuffix(text, ".") && strings.ContainsRune(text, ' ') && describes(text)
	}
	return false
}

// captionPlaces reports whether distances mean anything in this text: where
// most paragraphs are far apart, they do not.
func captionPlaces(all []para) bool {
	far := 0
	for _, p := range all[min(1, len(all)):] {
		if p.gap == gapDouble {
			far++
		}
	}
	return 2*far <= len(all)
}

// describes reports whether text may say what a picture shows: one sentence
// that is not long, does not announce what follows, and is no heading.
func describes(text string) bool {
	if utf8.RuneCountInString(text) > captionLength || strings.ContainsRune(":;,?", rune(text[len(text)-1])) {
		return false
	}
	if sentenceEnd.MatchString(text) || strings.ToUpper(text) == text {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	return !unicode.IsDigit(first) && !strings.ContainsRune("-–•*+", first) && !numbered(text)
}

// numbered reports whether text is a heading such as "II. Phương hướng".
func numbered(text string) bool {
	number, _, ok := strings.Cut(text, ". ")
	if !ok {
		number, _, ok = strings.Cut(text, ") ")
	}
	return ok && len(number) <= 5 && strings.Trim(strings.ToUpper(number), "IVXABCD") == ""
}
