package bounce

import (
	"encoding/json"
	"strings"

	"bantin"
)

// sesNotification reads the JSON that Amazon SES mails: an event, or an event as
// the Message of an SNS notification.
func (l *analysis) sesNotification() []Recipient {
	text := strings.TrimSpace(strings.Join(l.notice.lines, "")) // long lines are wrapped anywhere in transit
	if !strings.HasPrefix(text, "{") {
		return nil
	}
	var outer struct{ Message string }
	decode := func(s string, to any) bool { return json.NewDecoder(strings.NewReader(s)).Decode(to) == nil }
	if !decode(text, &outer) {
		return nil
	}
	if outer.Message == "" {
		outer.Message = text
	}
	var event sesEvent
	if !decode(outer.Message, &event) {
		return nil
	}
	return event.recipients()
}

// sesEvent is the part of an Amazon SES event that is used.
type sesEvent struct {
	NotificationType, EventType string
	Bounce                      struct {
		BounceType, BounceSubType string
		BouncedRecipients         []struct{ EmailAddress, Action, Status, DiagnosticCode string }
	}
	Complaint struct {
		ComplainedRecipients []struct{ EmailAddress string }
	}
	Delivery struct{ Recipients []string }
}

func (s *sesEvent) recipients() []Recipient {
	var list []Recipient
	for _, b := range s.Bounce.BouncedRecipients {
		e := evidence{address: b.EmailAddress, action: b.Action, status: b.Status, diagnostic: withoutType(b.DiagnosticCode),
			field: "diagnosticCode", section: s.Bounce.BounceSubType}
		if s.Bounce.BounceType == "Transient" {
			e.action = "delayed"
		}
		list = add(list, e.judge())
	}
	why := Explanation{bantin.Words{VI: "thông báo của Amazon SES", EN: "an Amazon SES notification"}, "notificationType", s.NotificationType + s.EventType}
	for _, c := range s.Complaint.ComplainedRecipients {
		list = append(list, Recipient{Kind: Complaint, Reason: Abuse, Address: c.EmailAddress, Because: why})
	}
	for _, address := range s.Delivery.Recipients {
		list = append(list, Recipient{Kind: Auto, Reason: Delivered, Address: address, Because: why})
	}
	return list[:min(len(list), maxAddresses)]
}
