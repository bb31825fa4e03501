package store

import (
	"slices"
	"strings"

	"bantin"
)

// Reason is why a contact gets a digest, or why not.
type Reason string

// The reasons. The first two are why she gets it.
const (
	BecauseChosen     Reason = "chosen"       // she signed up for it
	BecauseAudience   Reason = "audience"     // she is known to the office and fits
	NotUnsubscribed   Reason = "unsubscribed" // she left it
	NotSuppressed     Reason = "suppressed"   // nothing may be mailed to her
	NotPaused         Reason = "paused"       // until a later day
	NotChosen         Reason = "not chosen"   // she signed up herself, and not for this one
	NotOfThisLevel    Reason = "level"
	NotOfThisPlace    Reason = "place" // nor of a cluster
	NotOfThisLanguage Reason = "language"
	NotOfTheseTags    Reason = "tags"
)

// Included reports whether why is why she gets it.
func (why Reason) Included() bool { return why == BecauseChosen || why == BecauseAudience }

// ReasonFor tells whether a contact, with all that she said, gets the digest, as
// from says it in SQL.
func (a *Audience) ReasonFor(c *bantin.Contact, digest string) Reason {
	var said, ofAll bantin.SubscriptionStatus
	for _, s := range c.Subscriptions {
		switch s.Digest {
		case digest:
			said = s.Status
		case "":
			ofAll = s.Status
		}
	}
	switch {
	case c.Suppressed != "":
		return NotSuppressed
	case said == bantin.SubscriptionUnsubscribed:
		return NotUnsubscribed
	case c.PausedUntil.String() > a.Day.String():
		return NotPaused
	case said == bantin.SubscriptionActive:
		return BecauseChosen
	case ofAll == bantin.SubscriptionUnsubscribed:
		return NotUnsubscribed
	case c.Origin != bantin.OriginImport && c.Origin != bantin.OriginOffice:
		return NotChosen
	}
	return a.fits(c)
}

func (a *Audience) fits(c *bantin.Contact) Reason {
	language := c.Language
	if language == "" {
		language = a.Site
	}
	switch {
	case len(a.Levels) > 0 && !slices.Contains(a.Levels, c.Level):
		return NotOfThisLevel
	case !a.AnyPlace && !slices.Contains(a.Places, c.Place):
		return NotOfThisPlace
	case len(a.Languages) > 0 && !slices.Contains(a.Languages, language):
		return NotOfThisLanguage
	case len(a.Tags) > 0 && !slices.ContainsFunc(c.Tags, a.wants):
		return NotOfTheseTags
	}
	return BecauseAudience
}

// wants compares tags as LIKE does: without regard to the case of ASCII.
func (a *Audience) wants(tag string) bool {
	lower := func(s string) string {
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, s)
	}
	return slices.ContainsFunc(a.Tags, func(t string) bool { return lower(t) == lower(tag) })
}
