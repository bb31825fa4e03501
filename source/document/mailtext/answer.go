package mailtext

import (
	"regexp"
	"strings"
	"unicode"
)

var answerSubject = regexp.MustCompile(`(?i)^\s*(?:re|trả lời|aw|sv)\s*(?:\[\d+\])?\s*:`)

// IsAnswer reports whether a mail answers another, by its subject.
func IsAnswer(subject string) bool { return answerSubject.MatchString(subject) }

var attribution = regexp.MustCompile(`(?i)^(?:on|vào|ngày|lúc|le|am)\s.{4,250}(?:wrote|viết|a écrit|schrieb)\s*:$|^.{1,150}<[^<>\s]+@[^<>\s]+>.{0,100}(?:wrote|viết)\s*:$`)

// cutAnswered cuts what the mail answers: behind the line that says who wrote it, and
// behind the signs of quoting. Where a mail is nothing but quoted lines, these are its text.
func (o *Lines) cutAnswered() {
	said := false
	for i := range o.lines {
		n := o.attributionAt(i)
		if n == 0 || o.Cut[i] {
			continue
		}
		said = true
		o.remove(i, i+n)
		if o.answers && !o.quotedBehind(i+n) {
			o.remove(i+n, len(o.lines))
		}
	}
	own := false
	for i, line := range o.lines {
		own = own || !o.Cut[i] && !isQuoted(line) && strings.ContainsFunc(line, isWordRune)
	}
	for i, line := range o.lines {
		if isQuoted(line) && own && (said || o.answers) {
			o.Cut[i] = true
		}
	}
}

// attributionAt is how many lines from i on say who wrote what follows.
func (o *Lines) attributionAt(i int) int {
	joined := ""
	for n := 1; n <= 3 && i+n <= len(o.lines); n++ {
		if joined = strings.TrimSpace(joined + " " + o.text(i+n-1)); len(joined) > 500 || o.text(i+n-1) == "" {
			return 0
		}
		if attribution.MatchString(joined) {
			return n
		}
	}
	return 0
}

func (o *Lines) quotedBehind(i int) bool {
	for ; i < len(o.lines); i++ {
		if strings.TrimSpace(o.lines[i]) != "" {
			return isQuoted(o.lines[i])
		}
	}
	return false
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isQuoted(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), ">") }
