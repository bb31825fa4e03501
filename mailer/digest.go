package mailer

import (
	"fmt"
	"strings"
	"time"

	"bantin"
	"bantin/templates"
)

// DigestMail is the data of the templates of a digest: mail/digest.html,
// mail/digest.txt and the subject. Nothing in it belongs to one contact but the
// placeholder in UnsubscribeURL, so that one body serves a segment: all contacts
// of one place, language and reason. Where a template uses Contact, each message
// is rendered on its own.
type DigestMail struct {
	bantin.Language // of the mail; brings Say

	Site     *bantin.Site
	Digest   DigestRef
	Edition  EditionRef
	Place    string    // display name of the place whose news comes first; "" if there is none
	Sections []Section // what the mail shows, in order; none without news
	Count    int       // bulletins that the edition has for this segment
	More     int       // how many of them the mail does not show

	Why            string // why the contact gets it, one sentence in their language
	UnsubscribeURL string
	PreferencesURL string // the contact's preferences page; "" for none
	Test           bool   // a preview, mailed to a person who checks it

	recipient   Recipient
	contactUsed *bool // whether a template used the recipient
}

// Recipient is the contact who gets a personalized mail.
type Recipient struct{ Name, Email string }

// For returns the mail as one contact gets it.
func (m DigestMail) For(r Recipient) DigestMail {
	m.recipient = r
	return m
}

// Contact is the recipient: {{.Contact.Name}}. A template that calls it makes the
// mail personalized, since no other contact may get these words.
func (m *DigestMail) Contact() Recipient {
	if m.contactUsed != nil {
		*m.contactUsed = true
	}
	return m.recipient
}

// DigestRef names the digest in its mails.
type DigestRef struct{ ID, Title string }

// EditionRef names the edition in its mails.
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

// SectionKind tells whose news a section holds.
type SectionKind string

// The sections of a digest, in the order in which they stand.
const (
	SectionOwn     SectionKind = "own"     // of the reader's own place
	SectionCluster SectionKind = "cluster" // of the places in the reader's cluster
	SectionRest    SectionKind = "rest"    // everything else
)

// Item is a bulletin as a digest shows it. All text is plain.
type Item struct {
	Number  int // position in the mail, from 1; RenderDigest sets it
	Title   string
	URL     string // its page
	Summary string
	Places  []string  // display names; of a long list the first ones and "and N more"
	Date    time.Time // of publication, in the site's zone
	Image   *Image
	Files   []File
}

// File is a document attached to a bulletin.
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
func (m *DigestMail) Contents() bool { return m.itemCount() > contentsFrom }

// Bulletins is the English noun that goes with Count.
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
