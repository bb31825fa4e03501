package document

import (
	"fmt"

	"golang.org/x/text/language"
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

// WarnValue warns that the value of a key cannot be used.
func (d *Draft) WarnValue(key, value string) {
	d.Warn(fmt.Sprintf("không dùng được giá trị của %s: %s", key, Quote(value)),
		fmt.Sprintf("cannot use the value of %s: %s", key, Quote(value)))
}
