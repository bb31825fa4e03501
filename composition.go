package bantin

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Composition is what the office adds to one edition: words at its head, and which
// bulletins stand first or are left out.
type Composition struct {
	Greeting   string   `json:"greeting,omitempty"` // Markdown, in Vietnamese where there is one in English too
	GreetingEN string   `json:"greeting_en,omitempty"`
	Subject    string   `json:"subject,omitempty"` // of the mail, as it is; "": by the digest's template
	Pin        []string `json:"pin,omitempty"`     // bulletins that stand first, in this order
	Drop       []string `json:"drop,omitempty"`    // bulletins that this edition does not have

	File *LinkedFile `json:"file,omitempty"` // that the edition links to
}

// LinkedFile is a document that an edition links to at its head. Readers can open it from
// when the edition is sent.
type LinkedFile struct {
	ID   string `json:"id"` // in the store
	Name string `json:"name"`
	Type string `json:"type"` // media type, by its content
	Size int64  `json:"length"`
}

// MaxLinkedFile is how large a linked file may be, in bytes.
const MaxLinkedFile = 20 << 20

// The limits of a composition: a mail must stay under the size at which providers clip
// it, and a subject is one line.
const (
	MaxGreeting = 10_000 // characters, of one language
	MaxSubject  = 250    // characters
	MaxPinned   = 100
	MaxDropped  = 1000
)

// What is wrong with a composition.
var (
	ErrGreetingTooLong = errors.New("the greeting is too long")
	ErrSubjectTooLong  = errors.New("the subject is too long")
	ErrTooManyPinned   = errors.New("too many bulletins are pinned or dropped")
)

// IsEmpty reports whether nothing was composed.
func (c *Composition) IsEmpty() bool {
	return c.Greeting == "" && c.GreetingEN == "" && c.Subject == "" && len(c.Pin) == 0 && len(c.Drop) == 0 && c.File == nil
}

// Validate tells what is too long.
func (c *Composition) Validate() error {
	switch {
	case utf8.RuneCountInString(c.Greeting) > MaxGreeting, utf8.RuneCountInString(c.GreetingEN) > MaxGreeting:
		return ErrGreetingTooLong
	case utf8.RuneCountInString(c.Subject) > MaxSubject:
		return ErrSubjectTooLong
	case len(c.Pin) > MaxPinned, len(c.Drop) > MaxDropped:
		return ErrTooManyPinned
	}
	return nil
}

// GreetingIn gives the greeting for readers of a language, and the language that it is
// in: where the office wrote one alone, all get that.
func (c *Composition) GreetingIn(l Language) (text string, in Language) {
	switch {
	case c.Greeting == "":
		return c.GreetingEN, English
	case c.GreetingEN == "":
		return c.Greeting, guessLanguage(c.Greeting)
	case l == English:
		return c.GreetingEN, English
	}
	return c.Greeting, Vietnamese
}

// guessLanguage tells Vietnamese by its marks: a text of some lines has some.
func guessLanguage(text string) Language {
	isMarked := func(r rune) bool {
		return unicode.Is(unicode.Mn, r) || r > unicode.MaxASCII && unicode.Is(unicode.Latin, r)
	}
	if strings.ContainsFunc(text, isMarked) {
		return Vietnamese
	}
	return English
}

// Approval is who said that a draft may be sent.
type Approval struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// ComposedEdition is an edition with what the office composed of it, as commands and
// pages show it to programs.
type ComposedEdition struct {
	Digest  string        `json:"digest"`
	Edition string        `json:"edition,omitempty"` // that it is, or will be
	Status  EditionStatus `json:"status,omitempty"`  // of one that is made
	Composition
	Always    []string       `json:"drop_always,omitempty"` // no edition of the digest has them
	At        *time.Time     `json:"at,omitempty"`          // of a special edition
	Version   int            `json:"version,omitempty"`
	Bulletins []string       `json:"bulletins,omitempty"` // what it would have now, in its order
	Audience  *AudienceCount `json:"audience,omitempty"`  // on pages
}

// AudienceCount is how many contacts would get a digest now, by place and level.
type AudienceCount struct {
	Count  int            `json:"count"`
	Places map[string]int `json:"places,omitempty"` // "" for those without one
	Levels map[Level]int  `json:"levels,omitempty"`
}
