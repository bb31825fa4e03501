package nukeviet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	stdhtml "html"
	"regexp"
	"strings"
	"time"

	"bantin"
	"bantin/source/charset"
	"bantin/source/document"
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
	lead, body, notes string // HTML
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
	d.FetchPictures(v.ctx, v.options.Web)
	if extract.IsPlausible(r.published, v.now) {
		d.Published, d.PublishedPrecision = r.published.In(v.options.Location), r.precision
	} else if !r.published.IsZero() {
		d.WarnDay(r.published)
	}
	if s.isCut() {
		d.Warn("trang gốc đã cắt mất phần cuối của bài", "the site itself truncated the story")
	}
	if err := d.AddParts(s.lead, s.body, s.notes); err != nil {
		return nil, err
	}
	if d.Empty() {
		return nil, errNotStory
	}
	return d, d.Complete()
}

// The constant parts of the save and print pages of 2.0. What stands between
// them is raw HTML of editors, which may say anything, so that it is cut out of
// the bytes and parsed alone.
const (
	storyBegin = `<p align="justify"><b>`
	storyEnd   = `</i></td>`
	redRule    = `<hr color="#DC0312"`
)

var (
	savedTitle = regexp.MustCompile(`(?s)<font size="5">(.*?)</font>`)
	savedDate  = regexp.MustCompile(`(?s)<font size="2">(.*?)</font>`)
	markup     = regexp.MustCompile(`<[^>]*>`)
)

// cutStory cuts a story out of a save or print page of 2.0. It is nil where the
// page has not that form, or not to its end.
func cutStory(raw []byte, loc *time.Location) *story {
	begin := bytes.Index(raw, []byte(storyBegin))
	rule := bytes.LastIndex(raw, []byte(redRule))
	if begin < 0 || rule < begin {
		return nil
	}
	end := bytes.LastIndex(raw[:rule], []byte(storyEnd))
	if end < begin+len(storyBegin) {
		return nil
	}
	head, inside := raw[:begin], string(raw[begin+len(storyBegin):end])
	title := savedTitle.FindSubmatch(head)
	if title == nil {
		return nil
	}
	s := &story{title: plainText(string(title[1]))}
	if dates := savedDate.FindAllSubmatch(head, -1); dates != nil {
		s.date, _, _ = strings.Cut(plainText(string(dates[len(dates)-1][1])), " | ")
		s.published, s.precision, _ = extract.ParseTime(s.date, loc)
	}
	lead, rest, ok := strings.Cut(inside, "</b><br>")
	if !ok {
		return nil
	}
	s.lead = lead
	notes := strings.LastIndex(rest, "<br>\n<i>")
	if notes < 0 {
		notes = strings.LastIndex(rest, "<i>")
	}
	if notes < 0 {
		return nil
	}
	s.body = strings.TrimPrefix(rest[:notes], "\n")
	_, s.notes, _ = strings.Cut(rest[notes:], "<i>")
	return s
}

// plainText makes plain text of a piece of HTML: its entities are decoded once.
func plainText(raw string) string {
	return charset.OneLine(stdhtml.UnescapeString(markup.ReplaceAllString(raw, " ")))
}
