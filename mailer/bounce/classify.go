package bounce

import (
	"strconv"
	"strings"

	"bantin"
)

// evidence is everything known about one recipient.
type evidence struct {
	address    string
	action     string // RFC 3464 2.3.3, in lower case
	status     string // the field Status
	diagnostic string // the field Diagnostic-Code, or the lines with the server's reply
	field      string // where diagnostic was found
	section    string // the notice's text about this address
	rest       string // the notice's text about all addresses
	others     bool   // the notice reports on other addresses too
}

// ClassifyReply classifies a server's reply about an address, such as the reply
// of a permanent failure while a message is sent.
func ClassifyReply(address, reply string) Recipient {
	e := evidence{address: address, diagnostic: reply, field: "reply"}
	return e.judge()
}

// judge makes the verdict.
func (e *evidence) judge() Recipient {
	r := Recipient{Address: e.address, Diagnostic: oneLine(e.reportedText(), 1000)}
	r.Status = e.bestStatus()
	switch e.action {
	case "delivered", "relayed", "expanded", "deliverable":
		r.Kind, r.Reason = Auto, Delivered
		r.Because = Explanation{bantin.Words{VI: "hệ thống báo đã chuyển", EN: "the system reports delivery or relaying"}, "Action", e.action}
		return r
	}
	r.Reason, r.Because = e.reason(r.Status)
	if r.Reason.AboutAddress() {
		r.Reason, r.Because = e.contradict(r.Reason, r.Because)
	}
	r.Kind, r.Delayed = Soft, e.action == "delayed"
	if r.Reason.AboutAddress() && !e.isTransient(r.Reason, r.Status) {
		r.Kind = Hard
	}
	return r
}

// contradict looks for evidence against a permanent failure: the server replied
// to the sender's address and not to the recipient's, or the notice says that the
// mailbox is full.
func (e *evidence) contradict(r Reason, why Explanation) (Reason, Explanation) {
	text := e.fold(e.section + "\n" + e.diagnostic)
	if why.Field == "text" && replyCode(e.diagnostic) == 0 && isSpeculative(text+" "+e.fold(e.rest)) {
		return Unclear, Explanation{bantin.Words{VI: "thư chỉ đoán", EN: "the notice only guesses"}, "text", why.Found}
	}
	for _, words := range []string{"after mail from", "reply to mail from", "response to mail from", "mail from command", "our mail from"} {
		if strings.Contains(text, words) {
			return Sender, Explanation{bantin.Words{VI: "máy chủ trả lời câu MAIL FROM", EN: "the server answered MAIL FROM"}, "text", words}
		}
	}
	if strings.HasPrefix(e.bestStatus(), "5.7.") && isVague(why.Found) {
		return Policy, Explanation{bantin.Words{VI: "mã 5.7 nói về nơi gửi", EN: "status 5.7 concerns the sender"}, "Status", e.bestStatus()}
	}
	if full, found := matchWording(e.fold(e.rest), func(w *wording) bool { return w.reason == MailboxFull }); full != "" {
		return full, because("text", found)
	}
	return r, why
}

// isVague reports wording that may mean something else than an unknown user.
func isVague(found string) bool {
	return strings.Contains(found, "unavail") || strings.Contains(found, "not avail") || strings.Contains(found, "reject") || strings.Contains(found, "denied")
}

// isSpeculative reports whether a notice only supposes its reason.
func isSpeculative(text string) bool {
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

// reportedText is the text to show: the server's reply, else the notice's.
func (e *evidence) reportedText() string {
	if e.diagnostic != "" {
		return e.diagnostic
	}
	return e.section
}

// bestStatus prefers the most precise code: systems write 5.0.0 into the field
// while the server replied 5.1.1.
func (e *evidence) bestStatus() string {
	senderAddresses, reportedText := statusCode(e.status), statusCode(e.diagnostic)
	if reportedText == "" {
		reportedText = statusCode(e.section)
	}
	if senderAddresses == "" || precision(reportedText) > precision(senderAddresses) {
		return reportedText
	}
	return senderAddresses
}

func precision(status string) int {
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

// reason searches the evidence in the order of its reliability.
func (e *evidence) reason(status string) (Reason, Explanation) {
	diagnostic, section := e.fold(e.diagnostic), e.fold(e.section)
	if r, found := matchWording(diagnostic, strong); r != "" && !e.overruledByStatus(r, status) {
		return r, because(e.field, found)
	}
	if r := byStatus(status); r != "" && !isFallback(r) {
		return r, Explanation{bantin.Words{VI: "mã trạng thái", EN: "the status code"}, "Status", status}
	}
	if r, found := matchWording(section, strong); r != "" {
		return r, because("text", found)
	}
	rest := e.fold(e.rest)
	if r, found := matchWording(rest, e.appliesToAll); r != "" {
		return r, because("text", found)
	}
	if r := byReply(replyCode(e.reportedText())); r != "" {
		return r, Explanation{bantin.Words{VI: "mã trả lời SMTP", EN: "the SMTP reply code"}, e.field, strconv.Itoa(replyCode(e.reportedText()))}
	}
	for _, place := range []struct{ name, text string }{{e.field, diagnostic}, {"text", section}, {"text", rest}} {
		if r, found := matchWording(place.text, weak); r != "" {
			return r, because(place.name, found)
		}
	}
	if r := byStatus(status); r != "" {
		return r, Explanation{bantin.Words{VI: "mã trạng thái", EN: "the status code"}, "Status", status}
	}
	return Unclear, Explanation{bantin.Words{VI: "không có từ nào quen", EN: "no known wording"}, e.field, ""}
}

// overruledByStatus: systems call a deleted account inactive too, and the limit of
// a mailbox a quota; then the status code decides.
func (e *evidence) overruledByStatus(r Reason, status string) bool {
	if r == Quota {
		return byStatus(status) == MailboxFull
	}
	return (r == Suspended || r == Filtered) && strings.HasPrefix(status, "5.1.") && byStatus(status).AboutAddress()
}

// appliesToAll accepts, from text about several addresses, only reasons that make
// none of them invalid.
func (e *evidence) appliesToAll(w *wording) bool {
	return strong(w) && !(e.others && w.reason.AboutAddress())
}

func because(field, found string) Explanation {
	return Explanation{bantin.Words{VI: "cách nói của hệ thống thư", EN: "known wording of mail systems"}, field, found}
}

// fold prepares a text for matching, without its addresses:
// "mailbox-full@example.org" means nothing.
func (e *evidence) fold(text string) string {
	for _, address := range findAddresses(text) {
		text = strings.ReplaceAll(text, address, " ")
	}
	return removeNoise(fold(text))
}

// isFallback reports reasons that a status code gives for lack of a better one.
func isFallback(r Reason) bool { return r == Policy || r == System || r == Network }

// isTransient reports whether the system still retries, or the server replied
// with a temporary failure.
func (e *evidence) isTransient(reason Reason, status string) bool {
	if e.action == "delayed" {
		return true
	}
	if e.action == "failed" && strings.HasPrefix(e.status, "5") {
		return false
	}
	if e.action == "failed" && reason == UserUnknown && statusCode(e.status) == status {
		return false // repeated until the system gave up: Postfix may reply 450 for unknown users
	}
	code := replyCode(e.reportedText())
	return strings.HasPrefix(status, "4") || code >= 400 && code < 500 && !strings.HasPrefix(status, "5")
}
