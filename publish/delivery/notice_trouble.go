package delivery

import (
	"fmt"

	"bantin/mailer"
	"bantin/store"
)

// trouble makes the mail that tells an admin that something needs them, or is over.
func (s *NoticeSender) trouble(m *mailer.NoticeMail, n *store.Notice) error {
	t := n.About.Trouble
	if t == nil {
		return fmt.Errorf("trouble %q: it is empty", n.Nonce)
	}
	l := m.Language
	at := mailer.FormatTime(l, t.Since.In(s.Site.Location))
	m.Heading = t.Subject.In(l)
	m.Subject = fmt.Sprintf(m.Say("[bantin] Cần xem: %s", "[bantin] Needs a look: %s"), m.Heading)
	m.Before = []string{t.What.In(l), fmt.Sprintf(m.Say("Từ lúc %s.", "Since %s."), at)}
	if hint := t.Hint.In(l); hint != "" {
		m.After = append(m.After, hint)
	}
	if !t.Resolved.IsZero() {
		m.Subject = fmt.Sprintf(m.Say("[bantin] Đã hết: %s", "[bantin] Over: %s"), m.Heading)
		m.Before = []string{fmt.Sprintf(m.Say("Đã hết lúc %s; bắt đầu lúc %s.", "It is over since %s; it began at %s."),
			mailer.FormatTime(l, t.Resolved.In(s.Site.Location)), at), t.What.In(l)}
		m.After = nil
	}
	m.After = append(m.After, m.Say("Thư này đến vì bantin.yaml ghi địa chỉ này ở report hoặc site.contact, và không có khóa alarm.",
		"You receive this mail because bantin.yaml names this address as report or site.contact, and has no key alarm."))
	return nil
}
