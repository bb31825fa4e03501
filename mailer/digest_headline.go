package mailer

import (
	"fmt"
	"strings"

	"bantin"
)

// The limits of what stands in a list of messages, in characters: what the widest mail
// programs show of a preheader, and what a telephone shows of a subject.
const (
	preheaderLimit = 160
	subjectLimit   = 70
)

// contentsFrom is the number of items above which a list of contents helps.
// contentsLines is how many lines it has, the last of which counts the rest, and
// contentsLimit how many characters a line has, so that a telephone shows the first
// story on its first screen.
const (
	contentsFrom  = 8
	contentsLines = 5
	contentsLimit = 56
)

// Headline is the digest with its number.
func (m *DigestMail) Headline() string { return m.Digest.Title + m.numbered() }

// SubjectLine is the lead story's title with the edition's number; without news it is
// the headline.
func (m *DigestMail) SubjectLine() string {
	for _, s := range m.Sections {
		for _, item := range s.Items {
			return bantin.Shorten(item.Title, subjectLimit) + m.numbered()
		}
	}
	return m.Headline()
}

func (m *DigestMail) numbered() string {
	return fmt.Sprintf(" – %s %d", m.Say("số", "No."), m.Edition.Number)
}

// Preheader is what mail programs show beside the subject: the first titles.
func (m *DigestMail) Preheader() string {
	titles := m.titles(3, preheaderLimit)
	return bantin.Shorten(strings.Join(titles, "; "), preheaderLimit)
}

// titles are the titles of the first n items, each cut at limit.
func (m *DigestMail) titles(n, limit int) []string {
	var out []string
	for _, item := range m.items(n) {
		out = append(out, bantin.Shorten(item.Title, limit))
	}
	return out
}

// items are the first n items.
func (m *DigestMail) items(n int) []Item {
	var out []Item
	for _, s := range m.Sections {
		out = append(out, s.Items[:min(len(s.Items), n-len(out))]...)
	}
	return out
}

// Contents are the first lines of a list of contents, with short titles; none where the
// mail has so few items that it needs no list.
func (m *DigestMail) Contents() []Item {
	if m.itemCount() <= contentsFrom {
		return nil
	}
	out := m.items(contentsLines - 1)
	for i := range out {
		out[i].Title = bantin.Shorten(out[i].Title, contentsLimit)
	}
	return out
}

// Others is how many bulletins the edition has beside those of Contents.
func (m *DigestMail) Others() int { return m.itemCount() + m.More - len(m.Contents()) }

// Bulletins is the English noun that goes with Count.
func (m *DigestMail) Bulletins() string {
	if m.Count == 1 {
		return "bulletin"
	}
	return "bulletins"
}
