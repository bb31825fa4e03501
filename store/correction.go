package store

import (
	"errors"
	"slices"
	"time"

	"bantin"
)

// Correction is what a person writes in the place of what a source says; what
// is nil stays the source's.
type Correction struct {
	Title     *string    `json:"title,omitempty"`
	Lead      *string    `json:"lead,omitempty"`
	Places    *[]string  `json:"places,omitempty"`   // slugs; empty: none
	Clusters  *[]string  `json:"clusters,omitempty"` // ids; empty: none
	Published *time.Time `json:"published,omitempty"`

	// Origins are addresses of what was merged into the bulletin; only added to.
	Origins []string `json:"origins,omitempty"`
}

// ErrNoTitle says that a correction would leave a bulletin without a title.
var ErrNoTitle = errors.New("a bulletin needs a title")

// Validate reports what cannot be.
func (c *Correction) Validate() error {
	if c.Title != nil && *c.Title == "" {
		return ErrNoTitle
	}
	return nil
}

// add puts a later correction over an earlier one, field by field.
func (c *Correction) add(later *Correction) {
	replace(&c.Title, later.Title)
	replace(&c.Lead, later.Lead)
	replace(&c.Places, later.Places)
	replace(&c.Clusters, later.Clusters)
	replace(&c.Published, later.Published)
	c.Origins = union(c.Origins, later.Origins)
}

func replace[T any](field **T, by *T) {
	if by != nil {
		*field = by
	}
}

// apply writes the correction into b.
func (c *Correction) apply(b *bantin.Bulletin) {
	set(&b.Title, c.Title)
	set(&b.Lead, c.Lead)
	set(&b.Places, c.Places)
	set(&b.Clusters, c.Clusters)
	if c.Published != nil {
		b.Published, b.PublishedPrecision = *c.Published, bantin.PrecisionDay
	}
	b.Origins = union(b.Origins, c.Origins)
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// union is a with what only b has behind it.
func union(a, b []string) []string {
	a = slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
