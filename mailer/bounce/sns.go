package bounce

import (
	"encoding/json"
	"strings"

	"bantin"
)

// notification reads what Amazon SES mails as JSON: an event by itself, or as
// the Message of an SNS notification.
func (l *look) notification() []Recipient {
	text := strings.TrimSpace(strings.Join(l.notice.lines, "")) // long lines are broken anywhere on their way
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

// sesEvent is the part of an event of Amazon SES that is looked at.
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
		e := evidence{address: b.EmailAddress, action: b.Action, status: b.Status, diagnostic: typed(b.DiagnosticCode),
			field: "diagnosticCode", section: s.Bounce.BounceSubType}
		if s.Bounce.BounceType == "Transient" {
			e.action = "delayed"
		}
		list = add(list, e.judge())
	}
	why := Because{bantin.Words{VI: "thông báo của Amazon SES", EN: "a notification of Amazon SES"}, "notificationType", s.NotificationType + s.EventType}
	for _, c := range s.Complaint.ComplainedRecipients {
		list = append(list, Recipient{Kind: Complaint, Reason: Abuse, Address: c.EmailAddress, Because: why})
	}
	for _, address := range s.Delivery.Recipients {
		list = append(list, Recipient{Kind: Auto, Reason: Delivered, Address: address, Because: why})
	}
	return list[:min(len(list), mostAddresses)]
}
