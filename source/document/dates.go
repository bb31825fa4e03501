package document

import (
	"time"

	"bantin"
	"bantin/source/extract"
)

// SetPublished takes text for the time of publication, if it is one.
func (d *Draft) SetPublished(text string) bool {
	t, precision, ok := extract.ParseTime(text, d.options.Location)
	if ok {
		d.Published, d.PublishedPrecision = t, precision
	}
	return ok
}

// checkPublished drops a day that somebody wrote by mistake, or a program for
// none: it would stand at the end of all feeds for ever. An office may date what
// it announces ahead.
func (d *Draft) checkPublished() {
	const ahead = 2 // years
	if t := d.Published; !t.IsZero() && (t.Year() <= 1970 || t.After(d.options.Now().AddDate(ahead, 0, 0))) {
		d.WarnDay(t)
		d.Published, d.PublishedPrecision = time.Time{}, ""
	}
}

func (d *Draft) WarnDay(t time.Time) {
	day := bantin.DayOf(t).String()
	d.Warn("ngày đăng không thể đúng: "+day, "the day of publication cannot be right: "+day)
}
