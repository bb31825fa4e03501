package mailer

import (
	"strings"
	"time"
	"unicode/utf8"

	"bantin"
	"bantin/templates"
)

// Item is a bulletin as a digest shows it. All text is plain.
type Item struct {
	Number  int // position in the mail, from 1; RenderDigest sets it
	Title   string
	URL     string // its page
	Summary string
	Places  []string  // display names; of a long list the first ones and "and N more"
	Date    time.Time // of publication, in the site's zone
	Image   *Image    // 3:2
	Wide    *Image    // the same as a lead story shows it; nil where it is too small for that
	Files   []File
	Event   *Event // what it invites to; nil for none
	Table   bool   // it has a table, which its page shows
}

// File is a document attached to a bulletin.
type File struct {
	Title, URL string
	Size       string // for people: 1.2 MB; "" where it is not known
}

// Event is a day in the calendar, perhaps with an hour.
type Event struct {
	Date        bantin.Day
	Place, Host string
	Time        string // "08:30"; "" where it is not known
	Start       string // day and hour in the form of ISO 8601, for programs
}

// Image is a picture with an absolute address.
type Image struct {
	Src           string
	Width, Height int // pixels; 0: not known
	Alt           string
}

// Lead reports whether the item is the lead story: the first one, which is what the
// office pinned, else of the reader's own place where that has news.
func (i Item) Lead() bool { return i.Number == 1 }

// TitleSize is the size of the title in pixels: the longer, the smaller, so that no
// title fills a telephone.
func (i Item) TitleSize() int {
	long := utf8.RuneCountInString(i.Title)
	switch {
	case i.Lead() && long <= 70:
		return 25
	case i.Lead() && long <= 110:
		return 22
	case long <= 110:
		return 19
	}
	return 17
}

// TitleLine is the height of the title's lines in pixels; Vietnamese marks need it.
func (i Item) TitleLine() int { return i.TitleSize()*3/2 - 1 }

// About is the item's date and places in one line, for plain text.
func (i Item) About() string {
	parts := []string{templates.ShortDate(i.Date)}
	if len(i.Places) > 0 {
		parts = append(parts, strings.Join(i.Places, ", "))
	}
	return strings.Join(parts, " · ")
}

// When is the event's hour, day and place in one line.
func (e Event) When(l bantin.Language) string {
	out := templates.LongDate(l, e.Date.In(time.UTC))
	if e.Time != "" {
		out = e.Time + ", " + out
	}
	if e.Place != "" {
		out += ", " + e.Place
	}
	return out
}

// HeightAt is the height of the picture when it is as wide as width; 0 where its size is
// not known. Our templates do without (docs/letters.md), those of offices may have it.
func (p Image) HeightAt(width int) int {
	if p.Width <= 0 || p.Height <= 0 {
		return 0
	}
	return max(1, (width*p.Height+p.Width/2)/p.Width)
}

// leadWidth is how wide the picture of a lead story is in pixels: the column of text.
const leadWidth = 516

// LeadWidth is the width in pixels of the picture of a lead story.
func (m *DigestMail) LeadWidth() int { return leadWidth }

// Beside is the image that stands beside the words; a lead story has it above them.
func (i Item) Beside() *Image {
	if i.Lead() && i.Wide != nil {
		return nil
	}
	return i.Image
}
