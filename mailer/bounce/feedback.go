package bounce

import (
	"strings"

	"bantin"
)

// feedbackReports reads complaints: the reports of RFC 5965 (ARF), and those of
// Microsoft, which have the message attached and no fields.
func (l *analysis) feedbackReports() []Recipient {
	for i := range l.parts {
		if p := &l.parts[i]; p.kind == "message/feedback-report" {
			h, _ := parseHeader([]byte(p.text()))
			return l.feedbackReport(h)
		}
	}
	if _, params := mediaType(l.header.get("content-type")); strings.EqualFold(params["report-type"], "feedback-report") {
		for _, line := range l.notice.lines { // the fields stand in a part without a type
			if name, value, ok := cutField([]byte(line)); ok && strings.EqualFold(name, "Feedback-Type") {
				return l.feedbackReport(header{{"feedback-type", value}})
			}
		}
	}
	if list := l.header.addresses("x-hmxmroriginalrecipient"); len(list) > 0 {
		l.original = l.header // Microsoft's old reports are the message itself, with this field on top
		return l.complaints(list, Explanation{bantin.Words{VI: "khiếu nại kiểu Microsoft", EN: "a complaint in Microsoft's format"}, "X-HmXmrOriginalRecipient", list[0], 0})
	}
	subject := fold(l.header.text("subject"))
	if strings.HasPrefix(subject, "complaint about message from") {
		return l.complaints(nil, Explanation{bantin.Words{VI: "khiếu nại kiểu Microsoft", EN: "a complaint in Microsoft's format"}, "Subject", subject, 0})
	}
	return nil
}

// feedbackReport decides by the type of feedback (RFC 5965 7.3, RFC 6591 3.1).
func (l *analysis) feedbackReport(h header) []Recipient {
	kind := strings.ToLower(firstWord(h.get("feedback-type")))
	if from := h.addresses("original-mail-from"); len(from) > 0 {
		l.envelope = from[0]
	}
	why := Explanation{bantin.Words{VI: "báo cáo phản hồi (RFC 5965)", EN: "a feedback report (RFC 5965)"}, "Feedback-Type", kind, 0}
	switch kind {
	case "auth-failure":
		return []Recipient{{Kind: Auto, Reason: AuthReport, Because: why}}
	case "not-spam":
		return []Recipient{{Kind: Auto, Reason: NotSpamVote, Because: why}}
	}
	list := h.addresses("original-rcpt-to", "removal-recipient", "x-original-rcpt-to", "redacted-address")
	return l.complaints(list, why)
}

// complaints returns one for each address: those of the report, else those of the
// returned message, else one without an address, which the caller may know.
func (l *analysis) complaints(addresses []string, why Explanation) []Recipient {
	if len(addresses) == 0 {
		addresses = l.original.addresses("x-hmxmroriginalrecipient", "x-original-to", "delivered-to")
	}
	if len(addresses) == 0 {
		addresses = l.original.addresses("to")
	}
	if len(addresses) == 0 {
		addresses = []string{""}
	}
	var list []Recipient
	for _, a := range uniqueAddresses(addresses) {
		list = append(list, Recipient{Kind: Complaint, Reason: Abuse, Address: a, Because: why})
	}
	return list
}
