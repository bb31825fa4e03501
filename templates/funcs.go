package templates

import (
	htmltemplate "html/template"
	"maps"
	"slices"
	"strings"
)

// funcs is what templates may call, beside the methods of their struct.
func funcs() htmltemplate.FuncMap {
	return htmltemplate.FuncMap{
		"longDate":  LongDate,
		"shortDate": ShortDate,
		"dayMonth":  DayMonth,
		"weekday":   Weekday,
		"clock":     Clock,
		"isoDate":   isoDate,
		"number":    Number,
		"wrap":      Wrap,
		"rule":      Rule,
		"outlook":   outlook,
	}
}

// outlook puts HTML where only Outlook's Word engine reads it; html/template
// drops written comments. The argument is a literal of the template.
func outlook(html string) htmltemplate.HTML {
	return htmltemplate.HTML("<!--[if mso]>" + html + "<![endif]-->")
}

func list(known map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(known)), ", ")
}
