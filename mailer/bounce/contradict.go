package bounce

import (
	"strconv"
	"strings"
	"sync"

	"bantin"
)

// contradict looks for evidence against a permanent failure of the address: a reply
// that only guesses, names us or somebody else, leaves a choice of reasons, or calls
// itself temporary.
func (e *evidence) contradict(r Reason, why Explanation) (Reason, Explanation) {
	text, rest := e.fold(e.section+"\n"+e.diagnostic), e.fold(e.rest)
	e.temporary = e.temporary || saysTemporary(e.fold(e.reportedText()))
	for _, doubt := range []func(Reason, Explanation, string, string) (Reason, Explanation){
		e.guesses, e.answersLogin, e.answersMailFrom, e.speaksOfHelo, e.namesUs, e.namesAnother, e.isOfAnother, e.concernsSender, e.cameAfterData, e.leavesChoice, e.isFull,
	} {
		if instead, because := doubt(r, why, text, rest); instead != "" {
			return instead, because
		}
	}
	return r, why
}

func (e *evidence) guesses(_ Reason, why Explanation, text, rest string) (Reason, Explanation) {
	if why.Field != "text" || replyCode(e.diagnostic) != 0 || !isSpeculative(text+" "+rest) {
		return "", why
	}
	return Unclear, Explanation{bantin.Words{VI: "thư chỉ đoán", EN: "the notice only guesses"}, "text", why.Found, why.Line}
}

// answersLogin knows the reply codes of a log-in (RFC 4954 6): the user is ours.
func (e *evidence) answersLogin(_ Reason, why Explanation, _, _ string) (Reason, Explanation) {
	switch code := replyCode(e.diagnostic); code {
	case 530, 534, 535, 538:
		return Authentication, Explanation{bantin.Words{VI: "mã trả lời khi đăng nhập", EN: "a reply code of logging in"}, e.field, strconv.Itoa(code), 0}
	}
	return "", why
}

func (e *evidence) answersMailFrom(_ Reason, why Explanation, text, _ string) (Reason, Explanation) {
	words := firstOf(text, "after mail from", "reply to mail from", "response to mail from", "mail from command", "our mail from", ">>> mail from", "but sender was rejected")
	if words == "" {
		return "", why
	}
	return Sender, Explanation{bantin.Words{VI: "máy chủ trả lời câu MAIL FROM", EN: "the server answered MAIL FROM"}, "text", words, 0}
}

// speaksOfHelo knows replies about the name that our server says.
func (e *evidence) speaksOfHelo(_ Reason, why Explanation, text, _ string) (Reason, Explanation) {
	for _, word := range []string{"helo", "ehlo"} {
		w := wording{parts: []string{word}, whole: true}
		if _, end := w.find(text); end > 0 {
			return Blocked, Explanation{bantin.Words{VI: "nói về tên máy chủ gửi", EN: "it concerns our server's name"}, "text", word, 0}
		}
	}
	return "", why
}

// namesUs knows replies that name our address or domain and not the recipient's.
func (e *evidence) namesUs(_ Reason, why Explanation, _, _ string) (Reason, Explanation) {
	if name := e.ours.namedIn(e.reply(), e.address, e.alias); name != "" {
		return Sender, Explanation{bantin.Words{VI: "nói về địa chỉ của ta", EN: "it names our address"}, e.field, name, 0}
	}
	return "", why
}

// namesAnother knows replies that name domains, and not the recipient's among them.
func (e *evidence) namesAnother(r Reason, why Explanation, _, _ string) (Reason, Explanation) {
	if r != HostUnknown && r != TakesNoMail || e.address == "" {
		return "", why
	}
	if name := foreignDomain(e.reply(), e.address, e.alias); name != "" {
		return Network, Explanation{bantin.Words{VI: "nói về tên miền khác", EN: "it names another domain"}, e.field, name, 0}
	}
	return "", why
}

// isOfAnother knows replies in which something else than the recipient does not exist:
// "the sending domain does not exist", "user database not found".
func (e *evidence) isOfAnother(_ Reason, why Explanation, text, _ string) (Reason, Explanation) {
	m := matchWording(text, func(w *wording) bool { return strong(w) && w.reason.AboutAddress() })
	if m.reason == "" {
		return "", why
	}
	gap := nounGap
	if !isASCII(m.found) {
		gap *= 3 // as many letters of other scripts
	}
	clause := lastClause(text[max(0, m.start-gap):m.start]) + text[m.start:m.end]
	if noun := matchWording(clause, func(w *wording) bool { return w.noun }); noun.reason != "" {
		return noun.reason, because("text", noun)
	}
	return "", why
}

// nounGap is how many bytes before a wording its noun may begin.
const nounGap = 30

func (e *evidence) concernsSender(_ Reason, why Explanation, _, _ string) (Reason, Explanation) {
	if !strings.HasPrefix(e.bestStatus(), "5.7.") || !isVague(why.Found) {
		return "", why
	}
	return Policy, Explanation{bantin.Words{VI: "mã 5.7 nói về nơi gửi", EN: "status 5.7 concerns the sender"}, "Status", e.bestStatus(), 0}
}

// cameAfterData knows servers that accepted the recipient and refused the message: some
// say "unknown user" to whom the recipient's filter keeps out.
func (e *evidence) cameAfterData(r Reason, why Explanation, text, _ string) (Reason, Explanation) {
	if r != UserUnknown || !strings.Contains(why.Found, "unknown") || strings.Contains(statusCode(e.diagnostic), ".1.") {
		return "", why
	}
	words := firstOf(text, "end of data", "failed after i sent the message", "failed_after_i_sent", "reply to data command")
	if words == "" {
		return "", why
	}
	return Filtered, Explanation{bantin.Words{VI: "bị từ chối sau khi đã gửi nội dung", EN: "refused after the message was sent"}, "text", words, 0}
}

// leavesChoice knows replies that give another reason beside: "unknown or disabled".
func (e *evidence) leavesChoice(_ Reason, why Explanation, text, _ string) (Reason, Explanation) {
	if m := alternative(text); m.reason != "" {
		return Unclear, Explanation{bantin.Words{VI: "cho chọn giữa nhiều lý do", EN: "it leaves a choice of reasons"}, "text", m.found, m.line}
	}
	return "", why
}

func (e *evidence) isFull(_ Reason, why Explanation, _, rest string) (Reason, Explanation) {
	full := matchWording(rest, func(w *wording) bool { return w.reason == MailboxFull })
	return full.reason, because("text", full)
}

// blamesUs finds, where no better reason is known, that the reply names us.
func (e *evidence) blamesUs(r Reason, why Explanation) (Reason, Explanation) {
	switch r {
	case Unclear, System, Network, Expired:
	default:
		return r, why
	}
	diagnostic := e.fold(e.diagnostic)
	for _, doubt := range []func(Reason, Explanation, string, string) (Reason, Explanation){e.namesUs, e.speaksOfHelo} {
		if instead, because := doubt(r, why, diagnostic, ""); instead != "" {
			return instead, because
		}
	}
	return r, why
}

// isVague reports wording that may mean something else than an unknown user.
func isVague(found string) bool {
	return firstOf(found, "unavail", "not avail", "reject", "denied") != ""
}

// isSpeculative reports whether a notice only supposes its reason.
func isSpeculative(text string) bool { return firstOf(text, guessWords()...) != "" }

var guessWords = sync.OnceValue(func() []string {
	return foldAll("may not exist", "might not exist", "may be invalid", "may have been", "il se peut", "peut-etre", "es posible", "puede que", "e possivel que", "pode ser que",
		"moglicherweise", "co the khong", "co the da", "可能", "かもしれ", "возможно", "수도 있습니다")
})

// saysTemporary reports whether a system calls a failure temporary.
func saysTemporary(text string) bool { return firstOf(text, temporaryWords()...) != "" }

var temporaryWords = sync.OnceValue(func() []string {
	return foldAll("temporar", "try again later", "try later", "retry later", "not permanent", "tam thoi", "thu lai sau", "vorubergehend", "provisoire", "reessayer",
		"intente mas tarde", "tente novamente", "一時的", "しばらく", "暂时", "暫時", "稍后", "временно", "일시적")
})

// firstOf returns the first of some words that a text contains, "" for none.
func firstOf(text string, words ...string) string {
	for _, w := range words {
		if strings.Contains(text, w) {
			return w
		}
	}
	return ""
}
