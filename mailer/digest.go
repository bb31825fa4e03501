package mailer

import (
	"fmt"
	"strings"
	"time"

	"bantin"
	"bantin/templates"
)

// DigestMail is everything that the templates of a digest (mail/digest.html,
// mail/digest.txt and the subject) may say. It holds nothing personal but
// UnsubscribeURL, so that one body serves all contacts of a segment: those of
// one place, language and reason. Where a template asks for Contact, each
// message is rendered by itself.
type DigestMail struct {
	bantin.Language // of the mail; brings Say

	Site     *bantin.Site
	Digest   DigestRef
	Edition  EditionRef
	Place    string    // display name of the place whose news comes first; "" if there is none
	Sections []Section // what the mail shows, in order; none without news
	Count    int       // bulletins that the edition has for this segment
	More     int       // how many of them the mail does not show

	Why            string // why she gets it, one sentence in her language
	UnsubscribeURL string
	PreferencesURL string // where she changes what she gets; "" for none
	Test           bool   // a preview, mailed to somebody who checks it

	reader Recipient
	asked  *bool // whether a template asked for the reader
}

// Recipient is the contact who gets the mail.
type Recipient struct{ Name, Email string }

// For is the mail as it is for one contact.
func (m DigestMail) For(r Recipient) DigestMail {
	m.reader = r
	return m
}

// Contact is who gets the mail: {{.Contact.Name}}. Rendering remembers that it
// was asked for, since the words are then hers alone.
func (m *DigestMail) Contact() Recipient {
	if m.asked != nil {
		*m.asked = true
	}
	return m.reader
}

// DigestRef is the digest as its mails name it.
type DigestRef struct{ ID, Title string }

// EditionRef is the edition as its mails name it.
type EditionRef struct {
	ID     string
	Number int
	Date   time.Time // its due time in the digest's zone
	URL    string    // its page
}

// Section is a group of items under a heading.
type Section struct {
	Kind  SectionKind
	Title string
	Note  string // a line under the title, may be empty
	Items []Item
}

// SectionKind says whose news a section holds.
type SectionKind string

// The sections of a digest, in the order in which they stand.
const (
	SectionOwn     SectionKind = "own"     // of the reader's own place
	SectionCluster SectionKind = "cluster" // of the places of her cluster
	SectionRest    SectionKind = "rest"    // all else
)

// Item is a bulletin as a digest shows it. All text is plain.
type Item struct {
	Number  int // counted through the mail from 1; RenderDigest sets it
	Title   string
	URL     string // its page
	Summary string
	Places  []string  // display names; of very many the first, and how many more
	Date    time.Time // of publication, in the site's zone
	Image   *Image
	Files   []File
}

// File is a document that belongs to a bulletin.
type File struct {
	Title, URL string
	Size       string // for people: 1.2 MB; "" where it is not known
}

// Image is a picture with an absolute address.
type Image struct {
	Src           string
	Width, Height int // pixels; 0: not known
	Alt           string
}

// Headline is the digest with its number.
func (m *DigestMail) Headline() string {
	return fmt.Sprintf("%s – %s %d", m.Digest.Title, m.Say("số", "No."), m.Edition.Number)
}

// Preheader is what mail programs show beside the subject: the first titles.
func (m *DigestMail) Preheader() string {
	var titles []string
	for _, s := range m.Sections {
		for _, item := range s.Items {
			if len(titles) < 3 {
				titles = append(titles, item.Title)
			}
		}
	}
	return bantin.Shorten(strings.Join(titles, "; "), preheaderLimit)
}

// preheaderLimit is in characters: what the widest mail programs show.
const preheaderLimit = 160

// contentsFrom is the number of items above which a list of contents helps.
const contentsFrom = 8

// Contents reports whether the mail begins with a list of its items.
func (m *DigestMail) Contents() bool { return m.shown() > contentsFrom }

// Bulletins is the English noun that goes with FormatCount.
func (m *DigestMail) Bulletins() string {
	if m.Count == 1 {
		return "bulletin"
	}
	return "bulletins"
}

// Own reports whether the section holds the reader's own news.
func (s Section) Own() bool { return s.Kind == SectionOwn }

// Heading is title and note in one line, for plain text.
func (s Section) Heading() string {
	if s.Note == "" {
		return s.Title
	}
	first, rest := []rune(s.Note)[:1], []rune(s.Note)[1:]
	return s.Title + " – " + strings.ToLower(string(first)) + string(rest)
}

// Gap is the space in pixels under the i-th item: more where a section ends.
func (s Section) Gap(i int) int {
	if i == len(s.Items)-1 {
		return 48
	}
	return 28
}

// About is the item's date and places in one line, for plain text.
func (i Item) About() string {
	parts := []string{templates.ShortDate(i.Date)}
	if len(i.Places) > 0 {
		parts = append(parts, strings.Join(i.Places, ", "))
	}
	return strings.Join(parts, " · ")
}

// HeightAt is the height of the picture when it is as wide as width; 0 where
// its size is not known.
func (p Image) HeightAt(width int) int {
	if p.Width <= 0 || p.Height <= 0 {
		return 0
	}
	return max(1, (width*p.Height+p.Width/2)/p.Width)
}
