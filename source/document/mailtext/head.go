package mailtext

import (
	"regexp"
	"strings"
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
)

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

var coverWords = regexp.MustCompile(`^(?:xin |em |toi )?(?:kinh chuyen|kinh gui|kinh nho|chuyen tiep|chuyen de|xin chuyen|fyi\b|de biet|de dang|nho dang|gui (?:anh|chi|ban|cac|quy|van phong))`)

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
