package bounce

import (
	"strconv"
	"strings"

	"bantin"
)

// evidence is all that is known of one recipient.
type evidence struct {
	address    string
	action     string // RFC 3464 2.3.3, in lower case
	status     string // of the field Status
	diagnostic string // of the field Diagnostic-Code, or the lines about it
	field      string // where diagnostic stands
	section    string // what the notice says of this address
	rest       string // what it says of all
	others     bool   // it speaks of others too
}

// Answer says what a server's answer to a message means, such as the one that
// a permanent refusal brings while it is sent.
func Answer(address, reply string) Recipient {
	e := evidence{address: address, diagnostic: reply, field: "reply"}
	return e.judge()
}

// judge decides what the evidence means.
func (e *evidence) judge() Recipient {
	r := Recipient{Address: e.address, Diagnostic: oneLine(e.said(), 1000)}
	r.Status = e.bestStatus()
	switch e.action {
	case "delivered", "relayed", "expanded", "deliverable":
		r.Kind, r.Reason = Auto, Delivered
		r.Because = Because{bantin.Words{VI: "hệ thống báo đã chuyển", EN: "the system says it was passed on"}, "Action", e.action}
		return r
	}
	r.Reason, r.Because = e.reason(r.Status)
	if r.Reason.ofAddress() {
		r.Reason, r.Because = e.doubt(r.Reason, r.Because)
	}
	r.Kind, r.Delayed = Soft, e.action == "delayed"
	if r.Reason.ofAddress() && !e.mayPass(r.Reason, r.Status) {
		r.Kind = Hard
	}
	return r
}

// doubt looks for what contradicts that the address is at an end: the server
// answered to our name and not to the recipient's, or the notice says that the
// mailbox is full.
func (e *evidence) doubt(r Reason, why Because) (Reason, Because) {
	text := e.fold(e.section + "\n" + e.diagnostic)
	if why.Field == "text" && replyCode(e.diagnostic) == 0 && guesses(text+" "+e.fold(e.rest)) {
		return Unclear, Because{bantin.Words{VI: "thư chỉ đoán", EN: "it only guesses"}, "text", why.Found}
	}
	for _, words := range []string{"after mail from", "reply to mail from", "response to mail from", "mail from command", "our mail from"} {
		if strings.Contains(text, words) {
			return Sender, Because{bantin.Words{VI: "máy chủ trả lời câu MAIL FROM", EN: "the server answered MAIL FROM"}, "text", words}
		}
	}
	if strings.HasPrefix(e.bestStatus(), "5.7.") && vague(why.Found) {
		return Policy, Because{bantin.Words{VI: "mã 5.7 nói về nơi gửi", EN: "a status of 5.7 is about the sender"}, "Status", e.bestStatus()}
	}
	if full, found := inWords(e.fold(e.rest), func(w *wording) bool { return w.reason == MailboxFull }); full != "" {
		return full, because("text", found)
	}
	return r, why
}

// vague reports whether words may mean more than that nobody is there.
func vague(found string) bool {
	return strings.Contains(found, "unavail") || strings.Contains(found, "not avail") || strings.Contains(found, "reject") || strings.Contains(found, "denied")
}

// guesses reports whether a notice says that something may be so.
func guesses(text string) bool {
	for _, words := range []string{
		"may not exist", "might not exist", "may be invalid", "may have been", "il se peut", "peut-etre", "es posible", "puede que", "e possivel que", "pode ser que",
		"moglicherweise", "co the khong", "co the da", "可能", "かもしれ",
	} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// said is the words to show: of the server, else of the notice.
func (e *evidence) said() string {
	if e.diagnostic != "" {
		return e.diagnostic
	}
	return e.section
}

// bestStatus prefers the most exact code: systems write 5.0.0 into the field
// while the server said 5.1.1.
func (e *evidence) bestStatus() string {
	own, said := statusCode(e.status), statusCode(e.diagnostic)
	if said == "" {
		said = statusCode(e.section)
	}
	if own == "" || exactness(said) > exactness(own) {
		return said
	}
	return own
}

func exactness(status string) int {
	if status == "" {
		return -1
	}
	n := 0
	for _, part := range strings.Split(status, ".")[1:] {
		if part != "0" {
			n++
		}
	}
	return n
}

// reason looks into the places in the order of how far their words bind.
func (e *evidence) reason(status string) (Reason, Because) {
	diagnostic, section := e.fold(e.diagnostic), e.fold(e.section)
	if r, found := inWords(diagnostic, strong); r != "" && !e.overruled(r, status) {
		return r, because(e.field, found)
	}
	if r := byStatus(status); r != "" && !loose(r) {
		return r, Because{bantin.Words{VI: "mã trạng thái", EN: "the status code"}, "Status", status}
	}
	if r, found := inWords(section, strong); r != "" {
		return r, because("text", found)
	}
	rest := e.fold(e.rest)
	if r, found := inWords(rest, e.ofAll); r != "" {
		return r, because("text", found)
	}
	if r := byReply(replyCode(e.said())); r != "" {
		return r, Because{bantin.Words{VI: "mã trả lời SMTP", EN: "the reply code of SMTP"}, e.field, strconv.Itoa(replyCode(e.said()))}
	}
	for _, place := range []struct{ name, text string }{{e.field, diagnostic}, {"text", section}, {"text", rest}} {
		if r, found := inWords(place.text, weak); r != "" {
			return r, because(place.name, found)
		}
	}
	if r := byStatus(status); r != "" {
		return r, Because{bantin.Words{VI: "mã trạng thái", EN: "the status code"}, "Status", status}
	}
	return Unclear, Because{bantin.Words{VI: "không có từ nào quen", EN: "no known words"}, e.field, ""}
}

// overruled: an account that is gone is called inactive too; then the status
// tells.
func (e *evidence) overruled(r Reason, status string) bool {
	return (r == Suspended || r == Filtered) && strings.HasPrefix(status, "5.1.") && byStatus(status).ofAddress()
}

// ofAll takes from what a notice says of several addresses only what ends none.
func (e *evidence) ofAll(w *wording) bool { return strong(w) && !(e.others && w.reason.ofAddress()) }

func because(field, found string) Because {
	return Because{bantin.Words{VI: "cách nói của hệ thống thư", EN: "the words of mail systems"}, field, found}
}

// fold prepares a text, without the addresses in it: "mailbox-full@example.org"
// says nothing.
func (e *evidence) fold(text string) string {
	for _, address := range findAddresses(text) {
		text = strings.ReplaceAll(text, address, " ")
	}
	return withoutNoise(fold(text))
}

// loose are reasons that a status gives for want of anything better.
func loose(r Reason) bool { return r == Policy || r == System || r == Network }

// mayPass reports whether the system still tries, or the server spoke of now.
func (e *evidence) mayPass(reason Reason, status string) bool {
	if e.action == "delayed" {
		return true
	}
	if e.action == "failed" && strings.HasPrefix(e.status, "5") {
		return false
	}
	if e.action == "failed" && reason == UserUnknown && statusCode(e.status) == status {
		return false // it was said again and again until the system gave up: Postfix may answer 450 for unknown users
	}
	code := replyCode(e.said())
	return strings.HasPrefix(status, "4") || code >= 400 && code < 500 && !strings.HasPrefix(status, "5")
}
