package mailer

import (
	"fmt"
	"sort"
	"strings"
	"text/template"
	"unicode"

	"bantin/templates"
)

// maxHTMLBytes keeps the HTML part below the 102 KB at which Gmail clips a
// message and hides the unsubscribe link. The margin leaves room for the
// recipient's own bytes.
const maxHTMLBytes = 100_000

// RenderDigest renders subject, HTML and text of a digest. subject is a
// text/template over DigestMail. The same input gives the same bytes. A mail over
// 100,000 bytes of HTML loses items from its end, which More then counts. It
// fails where a template fails, or where the mail is too large without any item.
func RenderDigest(set *templates.Set, subject string, mail DigestMail) (Rendered, error) {
	mail.contactUsed = new(bool)
	out, err := mail.renderWithinLimit(set, subject)
	out.Personalized = *mail.contactUsed
	return out, err
}

// renderWithinLimit renders as many items as fit into maxHTMLBytes.
func (mail *DigestMail) renderWithinLimit(set *templates.Set, subject string) (Rendered, error) {
	line, err := renderSubject(subject, mail)
	if err != nil {
		return Rendered{}, err
	}
	total := mail.itemCount()
	out, err := mail.withFirst(total).render(set)
	if out.Subject = line; err != nil || len(out.HTML) <= maxHTMLBytes { // nearly always
		return out, err
	}
	dropped := sort.Search(total+1, func(n int) bool { // the fewest that must go
		if err == nil {
			out, err = mail.withFirst(total - n).render(set)
		}
		return err != nil || len(out.HTML) <= maxHTMLBytes
	})
	if err == nil && dropped > total {
		err = fmt.Errorf("render digest %q: over %d bytes without any item", mail.Digest.ID, maxHTMLBytes)
	}
	if err != nil {
		return Rendered{}, err
	}
	out, err = mail.withFirst(total - dropped).render(set)
	out.Subject = line
	return out, err
}

func renderSubject(subject string, mail *DigestMail) (string, error) {
	t, err := template.New("subject").Parse(subject)
	if err != nil {
		return "", fmt.Errorf("read subject %q: %w", subject, err)
	}
	var w strings.Builder
	if err := t.Execute(&w, mail); err != nil {
		return "", fmt.Errorf("write subject %q: %w", subject, err)
	}
	line := oneLine(w.String())
	if mail.Test {
		line = mail.Say("[Xem thử] ", "[Preview] ") + line
	}
	return line, nil
}

// oneLine joins lines and drops control characters, so that no title can begin a
// header of its own.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func (m *DigestMail) render(set *templates.Set) (Rendered, error) {
	var page, text strings.Builder
	if err := set.MailHTML("digest").Execute(&page, m); err != nil {
		return Rendered{}, fmt.Errorf("render digest %q: %w", m.Digest.ID, err)
	}
	if err := set.MailText("digest").Execute(&text, m); err != nil {
		return Rendered{}, fmt.Errorf("render digest %q: %w", m.Digest.ID, err)
	}
	return Rendered{HTML: page.String(), Text: text.String()}, nil
}

// itemCount is the number of items in all sections.
func (m *DigestMail) itemCount() int {
	n := 0
	for _, s := range m.Sections {
		n += len(s.Items)
	}
	return n
}

// withFirst returns the mail with its first n items, numbered, without sections
// that have become empty.
func (m *DigestMail) withFirst(n int) *DigestMail {
	short := *m
	short.More += m.itemCount() - n
	short.Sections = nil
	number := 0
	for _, s := range m.Sections {
		items := make([]Item, 0, len(s.Items))
		for _, item := range s.Items[:min(len(s.Items), n-number)] {
			number++
			item.Number = number
			items = append(items, item)
		}
		if s.Items = items; len(items) > 0 {
			short.Sections = append(short.Sections, s)
		}
	}
	return &short
}
