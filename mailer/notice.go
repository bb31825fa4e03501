package mailer

import (
	"fmt"
	"strings"
	"time"

	"bantin"
	"bantin/templates"
)

// NoticeMail is the data of the templates of a notice, mail/notice.html and
// mail/notice.txt. A notice is a message outside editions with at most one
// button.
type NoticeMail struct {
	bantin.Language // of the mail; brings Say

	Site    *bantin.Site
	Subject string
	Heading string
	Before  []string // paragraphs
	Items   []string // a list between Before and After
	Button  string   // label of the button; "" for none
	URL     string   // target of the button
	Lists   []NoticeList
	After   []string // paragraphs
	Links   []NoticeLink
}

// NoticeList is a list below the button, with a sentence before it and perhaps a link
// behind it.
type NoticeList struct {
	Before    string
	Items     []string // may be none
	Link, URL string
}

// NoticeLink is a link at the end of the mail.
type NoticeLink struct{ Label, URL string }

// Headline is the title at the top of the mail.
func (m *NoticeMail) Headline() string { return m.Heading }

// Preheader is what mail programs show beside the subject.
func (m *NoticeMail) Preheader() string {
	if len(m.Before) == 0 {
		return ""
	}
	return bantin.Shorten(m.Before[0], preheaderLimit)
}

// RenderNotice renders subject, HTML and text of a notice. The same input gives
// the same bytes. It fails where a template fails.
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

// FormatTime formats a time, in its own zone, as mails write it:
// "14:20, Thứ Hai, 23 tháng 11 năm 2026".
func FormatTime(l bantin.Language, t time.Time) string {
	return templates.Clock(t) + ", " + templates.LongDate(l, t)
}

// FormatDate formats a day as mails write it: "Thứ Hai, 23 tháng 11 năm 2026".
func FormatDate(l bantin.Language, t time.Time) string { return templates.LongDate(l, t) }

// FormatCount formats a number as mails write it: "2.911", in English "2,911".
func FormatCount(l bantin.Language, n int64) string { return templates.Number(l, int(n)) }
