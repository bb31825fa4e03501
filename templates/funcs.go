package templates

import (
	htmltemplate "html/template"
	"maps"
	"slices"
	"strings"
)

// funcs are the functions of templates, besides the methods of their struct.
func funcs() htmltemplate.FuncMap {
	return htmltemplate.FuncMap{
		"longDate":  LongDate,
		"shortDate": ShortDate,
		"dayMonth":  DayMonth,
		"weekday":   Weekday,
		"clock":     Clock,
		"isoDate":   isoDate,
		"isoTime":   isoTime,
		"number":    Number,
		"wrap":      Wrap,
		"rule":      Rule,
		"outlook":   outlook,
	}
}

// outlook wraps HTML in a conditional comment that only Outlook's Word engine
// reads; html/template drops literal comments. The argument is a literal of the
// template.
func outlook(html string) htmltemplate.HTML {
	return htmltemplate.HTML("<!--[if mso]>" + html + "<![endif]-->")
}

func joinNames(known map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(known)), ", ")
}
