package bounce

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"bantin"
)

// evidence is everything known about one recipient.
type evidence struct {
	address    string
	alias      string // the address it was forwarded to, where the system says so
	action     string // RFC 3464 2.3.3, in lower case
	status     string // the field Status
	diagnostic string // the field Diagnostic-Code, or the lines with the server's reply
	field      string // where diagnostic was found
	section    string // the notice's text about this address
	rest       string // the notice's text about all addresses
	others     bool   // the notice reports on other addresses too
	temporary  bool   // the system calls the failure temporary
	guessed    bool   // neither words nor a status decided
	subject    string // of the returned message, folded: a notice quotes it
	ours       names
}

// ClassifyReply classifies a server's reply about an address, such as the reply of a
// permanent failure while a message is sent. ours are the addresses and domains that
// stand for the sender.
func ClassifyReply(address, reply string, ours ...string) Recipient {
	e := evidence{address: address, diagnostic: reply, field: "reply", ours: newNames(ours)}
	return e.judge()
}

// judge makes the verdict.
func (e *evidence) judge() Recipient {
	r := Recipient{Address: e.address, Diagnostic: oneLine(e.reportedText(), 1000)}
	r.Status = e.bestStatus()
	switch e.action {
	case "delivered", "relayed", "expanded", "deliverable":
		r.Kind, r.Reason = Auto, Delivered
		r.Because = Explanation{bantin.Words{VI: "hệ thống báo đã chuyển", EN: "the system reports delivery or relaying"}, "Action", e.action, 0}
		return r
	}
	r.Reason, r.Because = e.reason(r.Status)
	if r.Reason.AboutAddress() {
		r.Reason, r.Because = e.contradict(r.Reason, r.Because)
	}
	r.Reason, r.Because = e.blamesUs(r.Reason, r.Because)
	r.Kind, r.Delayed, r.guessed = Soft, e.action == "delayed", e.guessed
	if r.Reason.AboutAddress() && !e.isTransient(r.Reason, r.Status) {
		r.Kind = Hard
	}
	return r
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
	diagnostic, section, rest := e.fold(e.diagnostic), e.fold(e.ownSection()), e.fold(e.rest)
	if m := matchWording(diagnostic, strong); m.reason != "" && !e.overruledByStatus(m.reason, status) {
		return m.reason, because(e.field, m)
	}
	if r := byStatus(status); r != "" && !isFallback(r) && !e.isDerived(r) {
		return r, becauseOfStatus(status)
	}
	if m := matchWording(section, strong); m.reason != "" {
		return m.reason, because("text", m)
	}
	if m := matchWording(rest, e.appliesToAll); m.reason != "" {
		return m.reason, because("text", m)
	}
	if r := byStatus(status); r == Policy || r == Network {
		return r, becauseOfStatus(status) // whatever the reply code: 4.7.x is about us too
	}
	if r := byReply(replyCode(e.reportedText())); r != "" {
		e.guessed = hasWords(diagnostic)
		return r, Explanation{bantin.Words{VI: "mã trả lời SMTP", EN: "the SMTP reply code"}, e.field, strconv.Itoa(replyCode(e.reportedText())), 0}
	}
	for _, place := range []struct{ name, text string }{{e.field, diagnostic}, {"text", section}, {"text", rest}} {
		if m := matchWording(place.text, weak); m.reason != "" {
			e.guessed = m.reason == System
			return m.reason, because(place.name, m)
		}
	}
	if r := byStatus(status); r != "" && !e.isDerived(r) {
		return r, becauseOfStatus(status)
	}
	return Unclear, Explanation{bantin.Words{VI: "không có từ nào quen", EN: "no known wording"}, e.field, "", 0}
}

// isDerived reports a reason against the address that only a relay's status gives, while
// the server itself said words without such a code: sendmail writes 5.1.1 for any 550 at
// RCPT.
func (e *evidence) isDerived(r Reason) bool { return r.AboutAddress() && e.hasOnlyWords() }

// hasOnlyWords reports whether the server said words without a status code.
func (e *evidence) hasOnlyWords() bool {
	return statusCode(e.diagnostic) == "" && hasWords(e.fold(e.diagnostic))
}

// summaryLine is what sendmail concludes below what the server said:
// "550 5.1.1 <lan@example.org>... User unknown".
var summaryLine = regexp.MustCompile(`(?m)^[45]\d\d [45]\.\d+\.\d+ \S+\.\.\. .*$`)

// ownSection is the notice's text about the address without what the relay derived.
func (e *evidence) ownSection() string {
	if e.field == "text" || !e.hasOnlyWords() {
		return e.section
	}
	return summaryLine.ReplaceAllString(e.section, "")
}

// hasWords reports whether a folded reply says anything beside codes.
func hasWords(folded string) bool {
	letters := 0
	for _, r := range folded {
		if r >= 'a' && r <= 'z' || r > unicode.MaxASCII {
			letters++
		}
	}
	return letters > 3
}

func becauseOfStatus(status string) Explanation {
	return Explanation{bantin.Words{VI: "mã trạng thái", EN: "the status code"}, "Status", status, 0}
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

func because(field string, m match) Explanation {
	return Explanation{bantin.Words{VI: "cách nói của hệ thống thư", EN: "known wording of mail systems"}, field, m.found, m.line}
}

// fold prepares a text for matching, without its addresses:
// "mailbox-full@example.org" means nothing.
func (e *evidence) fold(text string) string {
	for _, address := range findAddresses(text) {
		text = strings.ReplaceAll(text, address, " ")
	}
	text = fold(text)
	if len(e.subject) > 3 {
		text = strings.ReplaceAll(text, e.subject, " ")
	}
	return removeNoise(text)
}

// isFallback reports reasons that a status code gives for lack of a better one.
func isFallback(r Reason) bool { return r == Policy || r == System || r == Network }

// isTransient reports whether the system still retries, or the server replied
// with a temporary failure.
func (e *evidence) isTransient(reason Reason, status string) bool {
	if e.action == "delayed" || e.temporary {
		return true
	}
	if e.action == "failed" && strings.HasPrefix(e.status, "5") {
		return replyCode(e.diagnostic)/100 == 4 && strings.HasPrefix(statusCode(e.diagnostic), "4") // the server's own words
	}
	if e.action == "failed" && reason == UserUnknown && statusCode(e.status) == status {
		return false // repeated until the system gave up: Postfix may reply 450 for unknown users
	}
	code := replyCode(e.reportedText())
	return strings.HasPrefix(status, "4") || code >= 400 && code < 500 && !strings.HasPrefix(status, "5")
}
