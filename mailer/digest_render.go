package mailer

import (
	"fmt"
	"sort"
	"strings"
	"text/template"
	"time"
	"unicode"

	"bantin"
	"bantin/templates"
)

// maxHTML keeps the HTML part, in bytes, below the 102 KB at which Gmail cuts
// a message and hides the unsubscribe link. The lead leaves room for a token
// that is longer than its placeholder.
const maxHTML = 100_000

// RenderDigest writes the mail. The same input gives the same bytes. A mail
// that would be too large drops items from its end, which More then counts.
func RenderDigest(set *templates.Set, subject string, mail DigestMail) (Rendered, error) {
	mail.asked = new(bool)
	out, err := mail.fitting(set, subject)
	out.Personalized = *mail.asked
	return out, err
}

// fitting renders the mail with as many of its items as maxHTML takes.
func (mail *DigestMail) fitting(set *templates.Set, subject string) (Rendered, error) {
	line, err := renderSubject(subject, mail)
	if err != nil {
		return Rendered{}, err
	}
	total := mail.shown()
	out, err := mail.first(total).render(set)
	if out.Subject = line; err != nil || len(out.HTML) <= maxHTML { // nearly always
		return out, err
	}
	dropped := sort.Search(total+1, func(n int) bool { // the fewest that must go
		if err == nil {
			out, err = mail.first(total - n).render(set)
		}
		return err != nil || len(out.HTML) <= maxHTML
	})
	if err == nil && dropped > total {
		err = fmt.Errorf("render digest %q: over %d bytes without any item", mail.Digest.ID, maxHTML)
	}
	if err != nil {
		return Rendered{}, err
	}
	out, err = mail.first(total - dropped).render(set)
	out.Subject = line
	return out, err
}

// CheckSubject reports what is wrong with the template of a subject, without
// any edition: a parse error or a field that DigestMail does not have.
func CheckSubject(subject string) error {
	_, err := renderSubject(subject, &DigestMail{Language: bantin.Vietnamese, Site: &bantin.Site{Location: time.UTC}})
	return err
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

// oneLine joins lines and drops controls: nothing in a title may begin a
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

// shown is how many items the sections have.
func (m *DigestMail) shown() int {
	n := 0
	for _, s := range m.Sections {
		n += len(s.Items)
	}
	return n
}

// first is the mail with its first n items, numbered; sections left empty go.
func (m *DigestMail) first(n int) *DigestMail {
	short := *m
	short.More += m.shown() - n
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
