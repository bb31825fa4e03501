package bounce

import (
	"strings"

	"bantin"
)

// author returns who wrote a message that is none of a mail system; "" where that is not
// known.
func (l *analysis) author() string {
	from := l.header.addresses("from")
	if len(from) == 0 || isMailerDaemon(from[0]) || strings.TrimSpace(l.header.get("return-path")) == "<>" {
		return ""
	}
	return from[0]
}

// fromPerson reports whether a person passes a message on or answers one: what they
// quote did not come back to us.
func (l *analysis) fromPerson() bool {
	if automatic, _ := l.automaticField(); automatic != "" || l.author() == "" || l.header.has("x-failed-recipients") {
		return false
	}
	subject := fold(l.header.text("subject"))
	for _, prefix := range []string{"re:", "fwd:", "fw:", "tr:", "wg:", "aw:", "rv:", "enc:", "i:", "chuyen tiep:", "tra loi:", "转发:", "答复:"} {
		if strings.HasPrefix(subject, prefix) {
			return true
		}
	}
	return l.header.has("in-reply-to") && l.header.has("return-path")
}

// forwarded turns the verdicts on what a person passes on into ones that nothing follows
// from.
func forwarded(list []Recipient) []Recipient {
	for i := range list {
		list[i].Kind, list[i].Reason = Soft, Forwarded
		list[i].Because = Explanation{Rule: bantin.Words{VI: "một người chuyển tiếp", EN: "a person passed it on"}}
	}
	return list
}

// wrapped classifies the bounce inside a message of a mail system that says nothing of
// its own: providers pass bounces on with a page of advice above. A bounce of a bounce
// names its recipient and is none of these.
func (l *analysis) wrapped(outer []Recipient, ours []string) *Classification {
	if len(outer) != 1 || outer[0].Kind != Soft || len(l.statusGroups()) > 0 || containsAddress(l.notice.named(l.isSenderAddress), outer[0].Address) {
		return nil
	}
	from := l.original.addresses("from", "return-path")
	if len(from) == 0 || !isMailerDaemon(from[0]) {
		return nil
	}
	if _, kind, _ := strings.Cut(l.original.get("content-type"), "report-type="); !strings.HasPrefix(strings.ToLower(strings.Trim(kind, `" `)), "delivery-status") {
		return nil
	}
	inner := analyze(l.nested(), ours)
	list := inner.dsn()
	if len(list) == 0 {
		return nil
	}
	report := &Classification{Recipients: list, Original: inner.returnedMessage()}
	report.Kind = mostSevere(list)
	return report
}
