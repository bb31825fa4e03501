package mailer

import (
	"fmt"
	"strings"
	"time"

	"bantin"
	"bantin/templates"
)

// NoticeMail is everything that the templates of a notice (mail/notice.html,
// mail/notice.txt) may say: a message outside editions, with one thing to do
// at most.
type NoticeMail struct {
	bantin.Language // of the mail; brings Say

	Site    *bantin.Site
	Subject string
	Heading string
	Before  []string // paragraphs
	Items   []string // a list between them
	Button  string   // what it says; "" for none
	URL     string   // where it leads
	After   []string
}

// Headline names the mail in its head.
func (m *NoticeMail) Headline() string { return m.Heading }

// Preheader is what mail programs show beside the subject.
func (m *NoticeMail) Preheader() string {
	if len(m.Before) == 0 {
		return ""
	}
	return bantin.Shorten(m.Before[0], preheaderLimit)
}

// RenderNotice writes the mail. The same input gives the same bytes.
func RenderNotice(set *templates.Set, mail *NoticeMail) (Rendered, error) {
	var page, text strings.Builder
	if err := set.MailHTML("notice").Execute(&page, mail); err != nil {
		return Rendered{}, fmt.Errorf("render notice %q: %w", mail.Heading, err)
	}
	if err := set.MailText("notice").Execute(&text, mail); err != nil {
		return Rendered{}, fmt.Errorf("render notice %q: %w", mail.Heading, err)
	}
	return Rendered{Subject: oneLine(mail.Subject), HTML: page.String(), Text: text.String()}, nil
}

// FormatTime is a time as mails write it: "14:20, Thứ Hai, 23 tháng 11 năm 2026".
func FormatTime(l bantin.Language, t time.Time) string {
	return templates.Clock(t) + ", " + templates.LongDate(l, t)
}

// FormatCount is a number as mails write it: "2.911".
func FormatCount(l bantin.Language, n int64) string { return templates.Number(l, int(n)) }
