package store

import (
	"cmp"
	"slices"
	"strings"

	"bantin"
)

// AudienceReason is why a contact gets a digest, or why not.
type AudienceReason string

// The reasons. The first two are why they get it.
const (
	IncludedByChoice     AudienceReason = "chosen"       // they signed up for it
	IncludedByAudience   AudienceReason = "audience"     // they are known to the office and fit
	ExcludedUnsubscribed AudienceReason = "unsubscribed" // they left it
	ExcludedSuppressed   AudienceReason = "suppressed"   // nothing may be mailed to them
	ExcludedPaused       AudienceReason = "paused"       // until a later day
	ExcludedNotChosen    AudienceReason = "not chosen"   // they signed up themselves, and not for this one
	ExcludedByLevel      AudienceReason = "level"
	ExcludedByPlace      AudienceReason = "place" // nor of a cluster
	ExcludedByLanguage   AudienceReason = "language"
	ExcludedByTags       AudienceReason = "tags"
)

// Included reports whether the contact gets the digest.
func (why AudienceReason) Included() bool {
	return why == IncludedByChoice || why == IncludedByAudience
}

// ReasonFor tells whether a contact, with all that they said, gets the digest, as
// from says it in SQL.
func (a *Audience) ReasonFor(c *bantin.Contact, digest string) AudienceReason {
	var said bantin.SubscriptionStatus
	for _, s := range c.Subscriptions {
		if s.Digest == digest {
			said = s.Status
		}
	}
	switch {
	case c.Suppressed != "":
		return ExcludedSuppressed
	case said == bantin.SubscriptionUnsubscribed:
		return ExcludedUnsubscribed
	case c.PausedUntil.String() > a.Day.String():
		return ExcludedPaused
	case said == bantin.SubscriptionActive:
		return IncludedByChoice
	case c.LeftAll:
		return ExcludedUnsubscribed
	case c.Origin != bantin.OriginImport && c.Origin != bantin.OriginOffice:
		return ExcludedNotChosen
	}
	return a.fits(c)
}

func (a *Audience) fits(c *bantin.Contact) AudienceReason {
	language := c.Language
	language = cmp.Or(language, a.Site)
	switch {
	case len(a.Levels) > 0 && !slices.Contains(a.Levels, c.Level):
		return ExcludedByLevel
	case !a.AnyPlace && !slices.Contains(a.Places, c.Place):
		return ExcludedByPlace
	case len(a.Languages) > 0 && !slices.Contains(a.Languages, language):
		return ExcludedByLanguage
	case len(a.Tags) > 0 && !slices.ContainsFunc(c.Tags, a.wants):
		return ExcludedByTags
	}
	return IncludedByAudience
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
