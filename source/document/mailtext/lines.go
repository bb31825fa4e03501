// Package mailtext finds out what of a mail is its writer's own text. The head of a mail
// that it forwards, what it answers and signatures name people, and are left out: of
// plain text and of paragraphs by their lines ([Own]), of HTML also by the marks that mail
// programs leave in it ([CutElements]).
package mailtext

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"bantin/place"
)

// headNames are the names of fields in the head of a forwarded mail, folded.
var headNames = map[string]string{
	"from": "from", "tu": "from", "nguoi gui": "from",
	"date": "date", "sent": "date", "ngay": "date", "da gui": "date", "ngay gui": "date", "gui": "date", "gui luc": "date", "thoi gian": "date",
	"to": "to", "toi": "to", "den": "to", "nguoi nhan": "to", "gui toi": "to", "gui den": "to",
	"cc": "cc", "bcc": "cc", "dong gui": "cc", "sao gui": "cc", "reply-to": "cc", "tra loi": "cc",
	"subject": "subject", "chu de": "subject", "tieu de": "subject", "objet": "subject", "de": "from", "envoye": "date",
}

var (
	headLine    = regexp.MustCompile(`^[*\s]*([\p{L}-]+(?: \p{L}+)?)\s*:[*\s]`)
	forwardMark = regexp.MustCompile(`(?i)^[-_=*\s]*(?:forwarded message|thư (?:đã|được) chuyển tiếp|tin nhắn (?:đã|được) chuyển tiếp|begin forwarded message|bắt đầu (?:thư|tin nhắn) (?:đã|được) chuyển tiếp)[-_=*:\s]*$`)
	answerMark  = regexp.MustCompile(`(?i)^[-_=*\s]*(?:original message|thư gốc|tin nhắn gốc)[-_=*:\s]*$|^_{8,}$`)
	attribution = regexp.MustCompile(`(?i)^(?:on|vào|ngày|lúc|le|am)\s.{4,250}(?:wrote|viết|a écrit|schrieb)\s*:$|^.{1,150}<[^<>\s]+@[^<>\s]+>.{0,100}(?:wrote|viết)\s*:$`)
	deviceLine  = regexp.MustCompile(`(?i)^(?:sent from (?:my|mail for|outlook|yahoo)|gửi từ (?:iphone|ipad|điện thoại|outlook|thư)|(?:được|đã) gửi từ|get outlook for|tải outlook cho|lấy outlook cho)\b`)
	coverWords  = regexp.MustCompile(`^(?:xin |em |toi )?(?:kinh chuyen|kinh gui|kinh nho|chuyen tiep|chuyen de|xin chuyen|fyi\b|de biet|de dang|nho dang|gui (?:anh|chi|ban|cac|quy|van phong))`)
)

// Lines are the lines of a mail.
type Lines struct {
	Cut []bool // by line: it is none of the mail's own text

	lines   []string
	answers bool // the mail answers another, as its subject says
	head    int  // where the first head of a forwarded mail began; -1: there is none
}

// Own finds the lines that are a mail's own text. answers says that the mail answers
// another: then what stands behind a head is that one.
func Own(lines []string, answers bool) *Lines {
	o := &Lines{lines: lines, Cut: make([]bool, len(lines)), answers: answers, head: -1}
	o.cutHeads()
	o.cutAnswered()
	o.cutSignature()
	o.cutCover()
	o.cutDevice()
	return o
}

var answerSubject = regexp.MustCompile(`(?i)^\s*(?:re|trả lời|aw|sv)\s*(?:\[\d+\])?\s*:`)

// IsAnswer reports whether a mail answers another, by its subject.
func IsAnswer(subject string) bool { return answerSubject.MatchString(subject) }

func (o *Lines) text(i int) string { return strings.TrimSpace(strings.TrimLeft(o.lines[i], "> ")) }

// cutHeads cuts the heads of forwarded mails, and all behind one that begins what the mail
// answers.
func (o *Lines) cutHeads() {
	for i := 0; i < len(o.lines); i++ {
		end, fields, address := o.headAt(i)
		mark, marked := o.markBefore(i)
		isHead := address && fields["from"] && len(fields) >= 2 || fields["from"] && fields["subject"] && len(fields) >= 3 || marked && len(fields) >= 2
		if !isHead {
			continue
		}
		o.remove(mark, end)
		if o.head < 0 {
			o.head = mark
		}
		if o.answers && !(marked && forwardMark.MatchString(o.text(mark))) {
			o.remove(end, len(o.lines))
			return
		}
		i = end - 1
	}
}

// headAt reads fields from a line on, with empty lines and continued addresses between
// them.
func (o *Lines) headAt(i int) (end int, fields map[string]bool, address bool) {
	fields = map[string]bool{}
	end = i
	for j := i; j < len(o.lines) && j < i+30; j++ {
		text := o.text(j)
		m := headLine.FindStringSubmatch(text + " ")
		kind := ""
		if m != nil {
			kind = headNames[place.Fold(m[1])]
		}
		switch {
		case kind != "":
			fields[kind] = true
			address = address || (kind == "from" || kind == "to") && strings.Contains(text, "@")
			end = j + 1
		case j == i:
			return i, fields, false
		case text == "" && j < end+2:
		case strings.Contains(text, "@") && strings.ContainsAny(text, "<;,") && j == end:
			end = j + 1
		default:
			return end, fields, address
		}
	}
	return end, fields, address
}

// markBefore is the line that announces a head before line i, if there is one.
func (o *Lines) markBefore(i int) (line int, ok bool) {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		text := o.text(j)
		if text == "" {
			continue
		}
		if forwardMark.MatchString(text) || answerMark.MatchString(text) {
			return j, true
		}
		break
	}
	return i, false
}

func (o *Lines) remove(begin, end int) {
	for i := begin; i < end; i++ {
		o.Cut[i] = true
	}
}

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

// cutSignature cuts from the line "-- " (RFC 3676 4.3) to the end, or to the head of a
// forwarded mail. Editors drop the blank: then only a few lines are a signature.
func (o *Lines) cutSignature() {
	const longest = 12 // lines
	for i, line := range o.lines {
		if o.Cut[i] || strings.TrimRight(line, " \t\u00a0\r") != "--" {
			continue
		}
		end := len(o.lines)
		if o.head > i {
			end = o.head
		}
		if line == "-- " || end-i <= longest {
			o.remove(i, end)
		}
	}
}

// cutCover cuts the line with which somebody forwards a mail, such as "Kính chuyển.".
func (o *Lines) cutCover() {
	const longest = 120 // characters
	if o.head < 0 {
		return
	}
	var words []string
	for i := range o.head {
		if !o.Cut[i] {
			words = append(words, o.text(i))
		}
	}
	if cover := strings.TrimSpace(strings.Join(words, " ")); IsCover(cover) && utf8.RuneCountInString(cover) <= longest {
		o.remove(0, o.head)
	}
}

// IsCover reports whether a text only says that something is sent.
func IsCover(text string) bool { return coverWords.MatchString(place.Fold(text)) }

// cutDevice cuts the last line, where a program names itself.
func (o *Lines) cutDevice() {
	for i := len(o.lines) - 1; i >= 0; i-- {
		if o.Cut[i] || o.text(i) == "" {
			continue
		}
		o.Cut[i] = deviceLine.MatchString(o.text(i))
		return
	}
}

// Kept are the lines that are left, without the signs of quoting.
func (o *Lines) Kept() (lines []string) {
	for i, line := range o.lines {
		if !o.Cut[i] {
			if isQuoted(line) {
				line = strings.TrimLeft(line, "> ")
			}
			lines = append(lines, line)
		}
	}
	return lines
}
