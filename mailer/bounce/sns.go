package bounce

import (
	"cmp"
	"encoding/json"
	"strings"

	"bantin"
)

// sesNotification reads the JSON that Amazon SES mails through SNS: an event, or an
// event as the Message of an SNS notification. SNS adds text of its own below.
func (l *analysis) sesNotification() []Recipient {
	text := strings.TrimSpace(strings.Join(l.notice.lines, "")) // long lines are wrapped anywhere in transit
	if !strings.HasPrefix(text, "{") {
		return nil
	}
	var outer struct{ Type, Message string }
	if !decodeFirst(text, &outer) {
		return nil
	}
	outer.Message = cmp.Or(outer.Message, text)
	var event sesEvent
	if !decodeFirst(outer.Message, &event) || event.name() == "" {
		return nil
	}
	l.returned = event.original()
	return event.recipients(l.ours)
}

// ClassifySES classifies an event of Amazon SES, the JSON that SNS carries; nil for any
// other JSON. ours are as in [Classify].
func ClassifySES(event []byte, ours ...string) *Classification {
	var e sesEvent
	if !decodeFirst(string(event), &e) || e.name() == "" {
		return nil
	}
	list := e.recipients(newNames(ours))
	return &Classification{Kind: mostSevere(list), Recipients: list, Original: e.original()}
}

// decodeFirst decodes the JSON value that a text begins with.
func decodeFirst(text string, to any) bool {
	return json.NewDecoder(strings.NewReader(text)).Decode(to) == nil
}

// sesEvent is the part of an Amazon SES event that is used: a notification of an
// identity has a notificationType, an event of a configuration set an eventType.
type sesEvent struct {
	NotificationType, EventType string
	Bounce                      struct {
		BounceType, BounceSubType string
		BouncedRecipients         []sesRecipient
	}
	Complaint struct {
		ComplaintFeedbackType string
		ComplainedRecipients  []sesRecipient
	}
	Delivery      struct{ Recipients []string }
	DeliveryDelay struct {
		DelayType         string
		DelayedRecipients []sesRecipient
	}
	Reject struct{ Reason string }
	Mail   struct {
		Source        string
		Destination   []string
		Headers       []struct{ Name, Value string }
		CommonHeaders struct {
			From, To  []string
			MessageID string
		}
		Tags map[string][]string
	}
}

type sesRecipient struct{ EmailAddress, Action, Status, DiagnosticCode string }

func (s *sesEvent) name() string { return s.NotificationType + s.EventType }

// sesTag is the tag (X-SES-MESSAGE-TAGS) whose value proves whom an event is about.
const sesTag = "bantin"

// original returns what is known of the message that the event is about.
func (s *sesEvent) original() Original {
	o := Original{Envelope: firstAddress(s.Mail.Source), From: firstAddress(strings.Join(s.Mail.CommonHeaders.From, " ")), To: s.Mail.Destination}
	for _, h := range s.Mail.Headers {
		if strings.EqualFold(h.Name, "Message-ID") {
			o.MessageID = messageID(h.Value)
		}
	}
	if o.MessageID == "" {
		o.MessageID = messageID(s.Mail.CommonHeaders.MessageID)
	}
	if values := s.Mail.Tags[sesTag]; len(values) > 0 {
		o.Tag = values[0]
	}
	return o
}

func firstAddress(text string) string {
	if list := findAddresses(text); len(list) > 0 {
		return list[0]
	}
	return ""
}

func (s *sesEvent) recipients(ours names) []Recipient {
	var list []Recipient
	why := Explanation{Rule: bantin.Words{VI: "thông báo của Amazon SES", EN: "an Amazon SES notification"}, Field: "eventType", Found: s.name()}
	switch s.name() {
	case "Bounce":
		for _, b := range s.Bounce.BouncedRecipients {
			list = add(list, s.bounced(b, ours))
		}
	case "Complaint":
		for _, c := range s.Complaint.ComplainedRecipients {
			list = append(list, s.complained(c))
		}
	case "Delivery":
		for _, address := range s.Delivery.Recipients {
			list = append(list, Recipient{Kind: Auto, Reason: Delivered, Address: firstAddress(address), Because: why})
		}
	case "DeliveryDelay":
		for _, d := range s.DeliveryDelay.DelayedRecipients {
			e := d.evidence(ours)
			e.action = "delayed"
			list = add(list, e.judge())
		}
	case "Reject":
		for _, address := range s.Mail.Destination {
			list = append(list, Recipient{Kind: Soft, Reason: Virus, Address: firstAddress(address), Diagnostic: oneLine(s.Reject.Reason, 300), Because: why})
		}
	}
	if len(list) == 0 { // sent, opened, clicked, or without recipients
		return []Recipient{{Kind: Other, Reason: NotABounce, Because: why}}
	}
	return list[:min(len(list), maxAddresses)]
}

func (b sesRecipient) evidence(ours names) evidence {
	return evidence{address: firstAddress(b.EmailAddress), action: strings.ToLower(b.Action), status: b.Status,
		diagnostic: withoutType(b.DiagnosticCode), field: "diagnosticCode", ours: ours}
}

// bounced judges a bounce by the server's words, then by Amazon's types. What Amazon does
// not call permanent is never hard.
func (s *sesEvent) bounced(b sesRecipient, ours names) Recipient {
	e := b.evidence(ours)
	r := e.judge()
	permanent := s.Bounce.BounceType == "Permanent"
	reason := sesReason(s.Bounce.BounceSubType)
	why := Explanation{Rule: bantin.Words{VI: "loại do Amazon SES ghi", EN: "the type by Amazon SES"}, Field: "bounceSubType", Found: s.Bounce.BounceType + " " + s.Bounce.BounceSubType}
	if reason == Withheld || reason != "" && isLastResort(r) {
		r.Reason, r.Because = reason, why
		r.Kind = Soft
		if permanent && reason.AboutAddress() {
			r.Kind = Hard
		}
	}
	if !permanent && r.Kind == Hard {
		r.Kind, r.Because = Soft, why
	}
	// Absence notices are reported as transient without a reply; they must not add up.
	r.Delayed = r.Delayed || !permanent && b.DiagnosticCode == "" && reason == ""
	return r
}

// isLastResort reports a verdict that no words and no status of the server gave.
func isLastResort(r Recipient) bool { return r.Reason == Unclear || r.Reason == System }

// sesReason returns what a bounceSubType means; "" for General and Undetermined.
func sesReason(subType string) Reason {
	return map[string]Reason{
		"NoEmail": UserUnknown, "Suppressed": Withheld, "OnAccountSuppressionList": Withheld, "OnTenantSuppressionList": Withheld,
		"MailboxFull": MailboxFull, "MessageTooLarge": TooBig, "ContentRejected": Content, "AttachmentRejected": Content, "CustomTimeoutExceeded": Expired,
	}[subType]
}

// complained judges a complaint by its feedback type (RFC 5965 7.3, RFC 6430).
func (s *sesEvent) complained(c sesRecipient) Recipient {
	kind := strings.ToLower(s.Complaint.ComplaintFeedbackType)
	r := Recipient{Kind: Complaint, Reason: Abuse, Address: firstAddress(c.EmailAddress),
		Because: Explanation{Rule: bantin.Words{VI: "khiếu nại do Amazon SES báo", EN: "a complaint reported by Amazon SES"}, Field: "complaintFeedbackType", Found: kind}}
	switch kind {
	case "not-spam":
		r.Kind, r.Reason = Auto, NotSpamVote
	case "auth-failure":
		r.Kind, r.Reason = Auto, AuthReport
	}
	return r
}
