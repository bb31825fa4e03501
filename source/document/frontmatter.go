package document

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"bantin"
	"bantin/place"
	"bantin/source/charset"
	"bantin/source/extract"
	"bantin/yamltree"
)

// Limits of front matter, beyond which it is not read.
const (
	maxFrontMatter      = 64 << 10 // bytes
	maxFrontMatterDepth = 10
)

// frontMatter sets the fields of a draft from the keys of its front matter.
type frontMatter struct {
	*Draft
	lines []string // of its YAML
}

// readFrontMatter takes what the front matter says, whose first line is behind line. The
// tree of the YAML is read as it stands, without expanding anchors, so that a small file
// cannot become a large one. A value that cannot be used is a warning; what is not
// understood, or would publish something against the author's will, is a Problem.
func readFrontMatter(d *Draft, text string, line int) *Problem {
	f := frontMatter{d, strings.Split(text, "\n")}
	roots, fault := f.parse(text, line)
	if fault != nil || len(roots) == 0 {
		return fault
	}
	if roots[0].Kind != yaml.MappingNode {
		return headerProblem(line+1, "phải gồm các dòng khóa: giá trị", "it must be lines of key: value")
	}
	seen := map[string]bool{}
	for key, value := range yamltree.Pairs(roots[0]) {
		if seen[key.Value] {
			return headerProblem(line+key.Line, "khóa "+Quote(key.Value)+" có hai lần", "the key "+Quote(key.Value)+" is there twice")
		}
		seen[key.Value] = true
		if fault := f.set(key.Value, value); fault != nil {
			return headerProblem(line+key.Line, fault.Words.VI, fault.Words.EN)
		}
	}
	f.checkPlaces() // now that the date is known
	return nil
}

// parse parses the YAML. A fault says its line and shows it.
func (f frontMatter) parse(text string, line int) ([]*yaml.Node, *Problem) {
	if len(text) > maxFrontMatter {
		return nil, headerProblem(line, "quá dài", "it is too long")
	}
	roots, fault := yamltree.Parse(text, maxFrontMatterDepth)
	switch {
	case fault == nil:
		return roots, nil
	case fault.TooDeep:
		return nil, headerProblem(line+fault.Line, "lồng nhau quá sâu", "nested too deep")
	}
	shown := ": " + Quote(f.lines[fault.Line-1])
	return nil, headerProblem(line+fault.Line, "không phải YAML đúng ("+fault.Message+")"+shown, "it is not valid YAML ("+fault.Message+")"+shown)
}

// set takes one key.
func (f frontMatter) set(name string, node *yaml.Node) *Problem {
	key, known := headerKeys[place.Fold(name)]
	if !known {
		return f.unknownKey(name)
	}
	value, isText := scalar(node)
	switch key {
	case "places":
		f.setPlaces(f.list(name, node))
		return nil
	case "clusters":
		f.Clusters = f.list(name, node)
		return nil
	case "topics":
		f.Topics = limitNames(f.list(name, node))
		return nil
	case "event":
		f.setEvent(node)
		return nil
	case "urgent":
		f.setUrgent(name, value)
		return nil
	case "withdrawn", "draft", "published":
		return f.setState(key, name, value)
	}
	if isText {
		f.setText(key, name, value)
	} else {
		f.WarnValue(name, f.shown(node))
	}
	return nil
}

// setText takes a key that has a text for its value.
func (f frontMatter) setText(key, name, value string) {
	switch key {
	case "title":
		f.Title, f.titled = value, value != ""
	case "author":
		f.Author = value
	case "url":
		f.SetURL(value)
	case "language":
		f.setLanguage(value)
	case "date":
		if value != "" && !f.SetPublished(value) {
			f.WarnValue(name, value)
		}
	case "updated":
		t, _, ok := extract.ParseTime(value, f.options.Location)
		if f.Updated = t; value != "" && !ok {
			f.WarnValue(name, value)
		}
	}
}

// unknownKey warns of a key that does nothing. One that is nearly a key which keeps a
// bulletin from readers is a Problem: a slip would publish it.
func (f frontMatter) unknownKey(name string) *Problem {
	names := slices.Sorted(maps.Keys(headerKeys))
	near := closest(place.Fold(name), names)
	switch headerKeys[near] {
	case "withdrawn", "draft", "published":
		return problem(fmt.Sprintf("không có khóa %s (có phải %q?)", Quote(name), near), fmt.Sprintf("unknown key %s (did you mean %q?)", Quote(name), near))
	}
	vi, en := "", ""
	if near != "" {
		vi, en = fmt.Sprintf(" (có phải %q?)", near), fmt.Sprintf(" (did you mean %q?)", near)
	}
	f.Warn(fmt.Sprintf("không có khóa %s trong phần đầu%s", Quote(name), vi), fmt.Sprintf("unknown key %s in the front matter%s", Quote(name), en))
	return nil
}

// setState takes what keeps a bulletin from readers. What is neither true nor false is
// refused: taken for one of them it would publish what somebody wanted gone.
func (f frontMatter) setState(key, name, value string) *Problem {
	yes, ok := yesNo(value)
	switch {
	case !ok && key == "published" && f.SetPublished(value):
	case !ok:
		return problem(name+" phải là true hoặc false, không phải "+Quote(value), name+" must be true or false, not "+Quote(value))
	case key == "withdrawn":
		f.Withdrawn = yes
	case yes == (key == "draft"):
		f.Hold("bản nháp: phần đầu ghi "+name+": "+value, "a draft: its front matter says "+name+": "+value)
	}
	return nil
}

// setUrgent takes whether the bulletin cannot wait. What is neither true nor false is a
// warning: it goes out with the others then.
func (f frontMatter) setUrgent(name, value string) {
	yes, ok := yesNo(value)
	if f.Urgent = yes; !ok {
		f.WarnValue(name, value)
	}
}

// setPlaces takes the units that the names mean.
func (f frontMatter) setPlaces(names []string) {
	f.Places = nil
	for _, name := range names {
		slug, ok := place.Lookup(name)
		if !ok {
			vi, en := namesOf(place.Nearest(name, 3))
			f.Warn(fmt.Sprintf("không biết nơi %s%s", Quote(name), vi),
				fmt.Sprintf("unknown place %s%s", Quote(name), en))
			continue
		}
		if !slices.Contains(f.Places, slug) {
			f.Places = append(f.Places, slug)
		}
	}
}

// checkPlaces warns of units that did not exist any more on the bulletin's day.
// They stand as they are written, and count as what they became.
func (f frontMatter) checkPlaces() {
	if !f.Published.IsZero() && bantin.DayOf(f.Published.In(f.options.Location)).Before(place.Reform()) {
		return
	}
	for _, slug := range f.Places {
		if now, gone := place.Abolished(slug); gone {
			f.Remark(fmt.Sprintf("%s nay thuộc %s", place.Name(slug, bantin.Vietnamese), place.Name(now, bantin.Vietnamese)),
				fmt.Sprintf("%s is part of %s now", place.Name(slug, bantin.English), place.Name(now, bantin.English)))
		}
	}
}

// namesOf lists places to choose from, for the end of a message.
func namesOf(slugs []string) (vi, en string) {
	if len(slugs) == 0 {
		return "", ""
	}
	return " (có phải " + strings.Join(slugs, ", ") + "?)", " (did you mean " + strings.Join(slugs, ", ") + "?)"
}

// setEvent takes what the bulletin reports of.
func (f frontMatter) setEvent(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		f.WarnValue("event", f.shown(node))
		return
	}
	event := &bantin.Event{}
	for name, node := range yamltree.Pairs(node) {
		key := eventKeys[place.Fold(name.Value)]
		value, ok := scalar(node)
		switch {
		case ok && key == "place":
			event.Place = charset.OneLine(value)
		case ok && key == "host":
			event.Host = charset.OneLine(value)
		case ok && key == "date":
			if t, precision, ok := extract.ParseTime(value, f.options.Location); ok {
				t = t.In(f.options.Location)
				event.Date = bantin.DayOf(t)
				if clock := t.Format("15:04"); precision == bantin.PrecisionMinute && clock != "00:00" {
					event.Time = clock
				}
				continue
			}
			fallthrough
		default:
			f.WarnValue("event."+name.Value, value)
		}
	}
	f.Event = event
}

// list reads a list of texts, or texts between commas.
func (f frontMatter) list(key string, node *yaml.Node) []string {
	var items []string
	if node.Kind == yaml.SequenceNode {
		for _, n := range node.Content {
			if item, ok := scalar(n); ok && item != "" {
				items = append(items, charset.OneLine(item))
			} else {
				f.WarnValue(key, f.shown(n))
			}
		}
		return items
	}
	value, ok := scalar(node)
	if !ok {
		f.WarnValue(key, f.shown(node))
	}
	for item := range strings.SplitSeq(value, ",") {
		if item = charset.OneLine(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// scalar gives the text of a node that is one value.
func scalar(node *yaml.Node) (string, bool) {
	switch {
	case !yamltree.IsPlain(node):
		return "", false
	case yamltree.IsNull(node):
		return "", true
	}
	return node.Value, true
}

// shown is a value that cannot be used, as its line has it.
func (f frontMatter) shown(node *yaml.Node) string {
	if node.Line < 1 || node.Line > len(f.lines) {
		return ""
	}
	return strings.TrimSpace(f.lines[node.Line-1])
}
