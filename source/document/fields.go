package document

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/text/language"

	"bantin"
	"bantin/source/charset"
	"bantin/source/extract"
)

// setLanguage sets the language to a BCP 47 tag, or warns.
func (d *Draft) setLanguage(value string) {
	if value == "" {
		return
	}
	tag, err := language.Parse(value)
	if err != nil {
		d.WarnValue("language", value)
		return
	}
	d.Language = tag.String()
}

// SetCategories keeps what a source calls the subjects of the bulletin.
func (d *Draft) SetCategories(names []string) { d.Categories = limitNames(names) }

// limitNames bounds names that others wrote.
func limitNames(names []string) []string {
	const most, longest = 20, 100 // names, characters
	var list []string
	for _, name := range names {
		name = bantin.Shorten(charset.OneLine(name), longest)
		if name != "" && len(list) < most && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// WarnValue warns that the value of a key cannot be used.
func (d *Draft) WarnValue(key, value string) {
	d.Warn(fmt.Sprintf("không dùng được giá trị của %s: %s", key, Quote(value)),
		fmt.Sprintf("cannot use the value of %s: %s", key, Quote(value)))
}

// SetPublished sets the time of publication to that which text says, and reports
// whether it says one.
func (d *Draft) SetPublished(text string) bool {
	t, precision, ok := extract.ParseTime(text, d.options.Location)
	if ok {
		d.Published, d.PublishedPrecision = t, precision
	}
	return ok
}

// checkPublished drops a day that is a mistake, or that a program wrote for none: it
// would stand at one end of all feeds for ever. An office may date an announcement
// ahead.
func (d *Draft) checkPublished() {
	const ahead = 2 // years
	if t := d.Published; !t.IsZero() && (t.Year() <= 1970 || t.After(d.options.Now().AddDate(ahead, 0, 0))) {
		d.WarnDay(t)
		d.Published, d.PublishedPrecision = time.Time{}, ""
	}
}

// WarnDay warns that a day of publication cannot be right.
func (d *Draft) WarnDay(t time.Time) {
	day := bantin.DayOf(t).String()
	d.Warn("ngày đăng không thể đúng: "+day, "implausible date of publication: "+day)
}
