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
	Topics    *[]string  `json:"topics,omitempty"`   // ids; empty: none
	Published *time.Time `json:"published,omitempty"`

	EventDate  *bantin.Day `json:"event_date,omitempty"`
	EventPlace *string     `json:"event_place,omitempty"`
	EventHost  *string     `json:"event_host,omitempty"`

	// Announce is what the next edition of each digest that carried the bulletin says of it
	// at its head; "" for nothing.
	Announce string `json:"-"`

	// Origins are addresses of what was merged into the bulletin; only added to.
	Origins []string `json:"origins,omitempty"`
}

// Field is what a person can correct, and give back to the source.
type Field string

// The fields of a correction.
const (
	FieldTitle    Field = "title"
	FieldLead     Field = "lead"
	FieldPlaces   Field = "places"
	FieldClusters Field = "clusters"
	FieldTopics   Field = "topics"
	FieldDate     Field = "date"
	FieldEvent    Field = "event"
)

// Fields gives all of them.
func Fields() []Field {
	return []Field{FieldTitle, FieldLead, FieldPlaces, FieldClusters, FieldTopics, FieldDate, FieldEvent}
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

// insert puts a later correction over an earlier one, field by field.
func (c *Correction) add(later *Correction) {
	replace(&c.Title, later.Title)
	replace(&c.Lead, later.Lead)
	replace(&c.Places, later.Places)
	replace(&c.Clusters, later.Clusters)
	replace(&c.Topics, later.Topics)
	replace(&c.Published, later.Published)
	replace(&c.EventDate, later.EventDate)
	replace(&c.EventPlace, later.EventPlace)
	replace(&c.EventHost, later.EventHost)
	c.Origins = union(c.Origins, later.Origins)
}

// takeBack gives fields back to the source.
func (c *Correction) takeBack(fields []Field) {
	for _, f := range fields {
		switch f {
		case FieldTitle:
			c.Title = nil
		case FieldLead:
			c.Lead = nil
		case FieldPlaces:
			c.Places = nil
		case FieldClusters:
			c.Clusters = nil
		case FieldTopics:
			c.Topics = nil
		case FieldDate:
			c.Published = nil
		case FieldEvent:
			c.EventDate, c.EventPlace, c.EventHost = nil, nil, nil
		}
	}
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
	set(&b.Topics, c.Topics)
	if c.Published != nil {
		b.Published, b.PublishedPrecision = *c.Published, bantin.PrecisionDay
	}
	if c.EventDate != nil || c.EventPlace != nil || c.EventHost != nil {
		b.Event = c.event(b.Event)
	}
	b.Origins = union(b.Origins, c.Origins)
}

// event is what was corrected of an event, or an event made of that; nil where
// nothing is left of it.
func (c *Correction) event(of *bantin.Event) *bantin.Event {
	var e bantin.Event
	if of != nil {
		e = *of
	}
	set(&e.Date, c.EventDate)
	set(&e.Place, c.EventPlace)
	set(&e.Host, c.EventHost)
	if e == (bantin.Event{}) {
		return nil
	}
	return &e
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
