package bounce

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"bantin"
)

// requestText is how people ask to get no more mail.
//
//go:embed requests.txt
var requestText string

var requests = sync.OnceValue(func() []string {
	var list []string
	for line := range strings.Lines(requestText) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, fold(line))
		}
	}
	return list
})

// politeness stands before a request, and says nothing.
var politeness = sync.OnceValue(func() []string {
	return foldAll("xin", "vui lòng", "làm ơn", "đề nghị", "kính đề nghị", "nhờ", "hãy", "mong", "cho", "tôi", "em", "mình", "chúng tôi", "anh", "chị", "các bạn", "các anh chị", "văn phòng", "ban biên tập",
		"muốn", "được", "phép", "dạ", "thưa", "từ nay",
		"please", "pls", "plz", "kindly", "i", "i'd", "we", "would", "want", "wish", "like", "to", "you", "can", "could", "just", "now")
})

// maxRequest is the length of a line that asks for nothing else.
const maxRequest = 120

// leaveRequest recognizes a person's answer to one of our messages that asks to get no
// more of them. Machines, lists and what has no author ask for nothing: an
// answer to them may be answered for ever.
func (l *analysis) leaveRequest() []Recipient {
	author := l.author()
	if author == "" || !l.answers() || l.isBulk() {
		return nil
	}
	field, found := "Subject", requestIn(withoutReplyPrefix(fold(l.header.text("subject"))))
	if found == "" {
		field, found = "text", requestIn(fold(l.firstWords()))
	}
	if found == "" {
		return nil
	}
	return []Recipient{{Kind: Other, Reason: AsksToLeave, Address: author, Because: Explanation{Field: field, Found: found,
		Rule: bantin.Words{VI: "một người trả lời, xin ngừng nhận", EN: "a person answers and asks to get no more mail"}}}}
}

// IsLeaveRequest reports whether a message is a person's answer that asks to get no more
// mail, and address theirs: for a request to unsubscribe (OptOut) whose proof is too weak to
// act on.
func IsLeaveRequest(raw []byte, address string) bool {
	l := analyze(raw, nil)
	if automatic, _ := l.automaticField(); automatic != "" {
		return false
	}
	list := l.leaveRequest()
	return len(list) == 1 && sameAddress(list[0].Address, address)
}

// answers reports whether the message answers another.
func (l *analysis) answers() bool { return l.header.has("in-reply-to") || l.header.has("references") }

// isBulk reports whether a list or a machine passes the message on.
func (l *analysis) isBulk() bool {
	for _, name := range []string{"list-id", "list-post", "list-unsubscribe", "mailing-list", "x-loop", "x-mailing-list", "feedback-id"} {
		if l.header.has(name) {
			return true
		}
	}
	return slices.Contains([]string{"bulk", "list", "junk"}, strings.ToLower(firstWord(l.header.get("precedence"))))
}

func withoutReplyPrefix(subject string) string {
	for {
		before, after, ok := strings.Cut(subject, ":")
		if !ok || !slices.Contains([]string{"re", "tra loi", "aw", "sv", "vs", "rv", "res"}, strings.TrimSpace(before)) {
			return strings.TrimSpace(subject)
		}
		subject = after
	}
}

// firstWords is the first line that the author wrote: no greeting, and nothing quoted.
func (l *analysis) firstWords() string {
	for _, line := range l.notice.lines[:min(len(l.notice.lines), 20)] {
		line = strings.TrimSpace(line)
		folded := fold(line)
		switch {
		case line == "" || strings.HasPrefix(line, ">"):
		case isGreeting(folded):
		case strings.HasSuffix(folded, ":") && (strings.Contains(folded, "wrote") || strings.Contains(folded, "viet")): // what follows is quoted
		default:
			return line
		}
	}
	return ""
}

func isGreeting(folded string) bool {
	if len(folded) > 60 {
		return false
	}
	return slices.ContainsFunc([]string{"kinh gui", "kinh thua", "chao", "xin chao", "thua", "dear", "hi", "hello", "to whom"}, func(word string) bool {
		return folded == word || strings.HasPrefix(folded, word+" ") || strings.HasPrefix(folded, word+",")
	})
}

// requestIn returns the request that a folded line begins with; "" for none.
func requestIn(line string) string {
	if len(line) > maxRequest {
		return ""
	}
	for rest := strings.TrimLeft(line, " \t\"'([*-_!.,"); rest != ""; {
		for _, request := range requests() {
			if after, ok := strings.CutPrefix(rest, request); ok && (after == "" || !isLetter(after[0])) {
				return request
			}
		}
		word := ""
		for _, w := range politeness() {
			if after, ok := strings.CutPrefix(rest, w); ok && strings.HasPrefix(after, " ") && len(w) > len(word) {
				word = w
			}
		}
		if word == "" {
			return ""
		}
		rest = strings.TrimLeft(rest[len(word):], " ,")
	}
	return ""
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 0x80 }
