package mailer

import (
	"cmp"
	"html/template"
	"strings"
	"time"

	"bantin"
)

// DigestMail is the data of the templates of a digest: mail/digest.html,
// mail/digest.txt and the subject. Nothing in it belongs to one contact but the
// placeholder in UnsubscribeURL, so that one body serves a segment: all contacts
// of one place, language and reason. Where a template uses Contact, each message
// is rendered on its own.
type DigestMail struct {
	bantin.Language // of the mail; brings Say

	Site    *bantin.Site
	Digest  DigestRef
	Edition EditionRef
	Place   string // display name of the place whose news comes first; "" if there is none

	Greeting    *Greeting    // what the office writes above the news; nil for none
	File        *File        // that the office links to below it; nil for none
	Corrections []Correction // of what earlier editions said, the newest first
	Note        string       // a line of the office about this edition; "" for none

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

// Greeting is a letter of the office at the head of a digest, in both forms.
type Greeting struct {
	HTML     template.HTML // sanitised; paragraphs, lists and links
	Text     string        // the same, wrapped for plain text
	Language string        // where it is not the mail's: the office wrote one language only

	signature int // how many paragraphs at its end are one
}

// Correction says what was wrong in an earlier edition.
type Correction struct {
	Title string // of the bulletin as it is now
	URL   string // its page
	Text  string // what was wrong, one sentence

	Withdrawn bool   // it was withdrawn, and Text says why
	Language  string // of Title and Text, where it is not the mail's: the office writes in the site's
}

// Corrections are what an edition says of earlier ones, for a mail in a language.
func Corrections(lang bantin.Language, site *bantin.Site, list []bantin.Correction) []Correction {
	language := ""
	if lang != site.Language {
		language = string(site.Language)
	}
	var out []Correction
	for _, c := range list {
		out = append(out, Correction{cmp.Or(c.Title, c.Bulletin), site.LinkIn(lang, "/bulletins/"+c.Bulletin), c.Text, c.Withdrawn, language})
	}
	return out
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
	SectionPinned  SectionKind = "pinned"  // what the office put first
	SectionOwn     SectionKind = "own"     // of the reader's own place
	SectionCluster SectionKind = "cluster" // of the places in the reader's cluster
	SectionRest    SectionKind = "rest"    // everything else
)

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
