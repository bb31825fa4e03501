package source

import (
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"bantin"
	"bantin/source/document"
	"bantin/source/extract"
)

// setTimes takes the times of an entry, as far as they can be right. What says nothing
// sure is a warning with its words.
func (f *webFeed) setTimes(d *document.Draft, entry *gofeed.Item) {
	now := f.spec.Now()
	if t, precision, ok := f.time(entry.Published, entry.PublishedParsed); ok && extract.IsPlausible(t, now) {
		d.Published, d.PublishedPrecision = t, precision
	} else if strings.TrimSpace(entry.Published) != "" {
		d.WarnValue("published", entry.Published)
	}
	t, precision, ok := f.time(entry.Updated, entry.UpdatedParsed)
	if !ok || !extract.IsPlausible(t, now) {
		return
	}
	d.Updated = t
	if d.Published.IsZero() && entry.Published == "" {
		d.Published, d.PublishedPrecision = t, precision
	}
}

// certainTime matches what the library that parses feeds cannot read in two ways: the
// year first, or the month by its name, and a zone in digits. It takes letters that it
// does not know for UTC, and reads the month before the day.
var certainTime = regexp.MustCompile(`(?:^\s*\d{4}-|[A-Za-z]{3}).*(?:\dZ|[+-]\d\d:?\d\d)\s*$`)

// time reads a time of an entry: with our own parser, which knows that the day stands
// before the month and what zone a missing one is, else as the library read it.
func (f *webFeed) time(written string, parsed *time.Time) (time.Time, bantin.Precision, bool) {
	loc := f.spec.Location
	t, precision, ok := extract.ParseTime(written, loc)
	if !ok && parsed != nil && certainTime.MatchString(written) {
		t, precision, ok = *parsed, bantin.PrecisionMinute, true
	}
	t = t.In(loc)
	if ok && precision == bantin.PrecisionMinute && f.monthAsMinute {
		return bantin.DayOf(t).In(loc), bantin.PrecisionDay, true
	}
	return t, precision, ok
}

// writesMonthAsMinute reports whether the minutes of a feed's times are months, as in
// the RSS of NukeViet (date("D, j M Y H:m:s")). Such a time is good for its day. A feed
// that does not say by what it was written shows it in entries of two months.
func writesMonthAsMinute(doc *gofeed.Feed) bool {
	months := map[time.Month]bool{}
	for _, entry := range doc.Items {
		t := entry.PublishedParsed
		if t == nil {
			continue
		}
		if t.Minute() != int(t.Month()) {
			return false
		}
		months[t.Month()] = true
	}
	return len(months) > 1 || len(months) == 1 && strings.Contains(strings.ToLower(doc.Generator), "nukeviet")
}
