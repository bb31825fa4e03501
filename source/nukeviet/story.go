package nukeviet

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"bantin"
	"bantin/source/document"
	pages "bantin/source/document/story"
	"bantin/source/extract"
)

// story is what a page says of a story: text of its own, and raw HTML as an
// editor wrote it.
type story struct {
	title             string // plain text, its entities decoded once
	date              string // as it stands there
	published         time.Time
	precision         bantin.Precision
	author            string
	lead, body, notes string   // HTML
	categories        []string // of the site, by name or as their addresses call them
}

// textBytes is what MySQL's TEXT holds: longer bodies were cut, perhaps inside
// a character.
const textBytes = 65_535

// isCut reports whether the body was cut by the site's own database.
func (s *story) isCut() bool { return len(s.body) >= textBytes-3 }

// digest changes when the story does. Its number is in it, so that two stories
// of one text stay two.
func (s *story) digest(r row) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.id, s.title, s.date, s.author, s.lead, s.body, s.notes}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// date completes the row's time with the story's. A list knows the minute where
// pages of 2.0 know the day; what only a feed said is known to the hour.
func (r *row) date(s *story) {
	if s.published.IsZero() || r.precision == bantin.PrecisionMinute {
		return
	}
	sameDay := bantin.DayOf(r.published.In(s.published.Location())) == bantin.DayOf(s.published)
	if s.precision == bantin.PrecisionDay && sameDay {
		return // the row knows the hour
	}
	r.published, r.precision = s.published, s.precision
}

// draft makes the draft of a story; an error where it says nothing.
func (v *visit) draft(r *row, s *story) (*document.Draft, error) {
	d := document.New(v.options.Documents, r.address)
	d.Title, d.Author = s.title, s.author
	d.SetURL(r.address)
	d.SetCategories(s.categories)
	d.FetchPictures(v.ctx, v.options.Web)
	if extract.IsPlausible(r.published, v.now) {
		d.Published, d.PublishedPrecision = r.published.In(v.options.Location), r.precision
	} else if !r.published.IsZero() {
		d.WarnDay(r.published)
	}
	if s.isCut() {
		d.Warn("trang gốc đã cắt mất phần cuối của bài", "the site itself truncated the story")
	}
	var said error
	err := v.options.Attempts.Do(v.ctx, asPage, []byte(s.lead+s.body+s.notes), func() {
		if said = d.AddParts(s.lead, s.body, s.notes); said == nil && !d.Empty() {
			said = d.Complete()
		}
	})
	switch {
	case err != nil:
		return nil, err
	case said == nil && d.Empty():
		return nil, errNotStory
	}
	return d, said
}

// storyOf takes what a page of a story says into a story; nil where it is none.
func storyOf(p *pages.Page, loc *time.Location) *story {
	if p == nil {
		return nil
	}
	s := &story{title: p.Title, date: p.Date, author: p.Author, lead: p.Lead, body: p.Body, notes: p.Notes}
	s.published, s.precision, _ = extract.ParseTime(p.Date, loc)
	return s
}

// cutStory cuts a story out of a save or print page of 2.0. It is nil where the
// page has not that form, or not to its end.
func cutStory(raw []byte, loc *time.Location) *story { return storyOf(pages.Cut(raw), loc) }
