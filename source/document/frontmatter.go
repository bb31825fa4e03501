package document

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"bantin"
	"bantin/place"
	"bantin/source/charset"
	"bantin/source/extract"
)

// frontMatterKeys are the keys that front matter may have.
const frontMatterKeys = "title date updated url author language places clusters event withdrawn"

// maxFrontMatter is how many bytes front matter may have.
const maxFrontMatter = 64 << 10

// cutFrontMatter takes the YAML between two lines of "---" off the beginning.
func cutFrontMatter(text string) (yaml, body string, ok bool) {
	rest, found := strings.CutPrefix(text, "---\n")
	if !found {
		return "", text, false
	}
	if body, found = strings.CutPrefix(rest, "---\n"); found {
		return "", body, true
	}
	for _, end := range []string{"\n---\n", "\n...\n"} {
		if yaml, body, found := strings.Cut(rest, end); found {
			return yaml, body, true
		}
	}
	if yaml, found := strings.CutSuffix(rest, "\n---"); found {
		return yaml, "", true
	}
	return "", text, false
}

// frontMatter sets the fields of a draft from the keys of its front matter.
type frontMatter struct{ *Draft }

// readFrontMatter takes what the front matter says. The tree of the YAML is
// read as it stands, without expanding anchors, so that a small file cannot
// become a large one. A value that cannot be used is a warning; only what would
// publish something against the author's will is a Problem.
func readFrontMatter(d *Draft, yaml string) error {
	f := frontMatter{d}
	if len(yaml) > maxFrontMatter {
		return problem("phần đầu (front matter) quá dài", "the front matter is too long")
	}
	file, err := parser.ParseBytes([]byte(yaml), 0)
	if err != nil {
		return &Problem{Err: err, Words: words(
			"phần đầu (front matter) không phải YAML đúng", "the front matter is not valid YAML")}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil
	}
	pairs, ok := mapping(file.Docs[0].Body)
	if !ok {
		return problem("phần đầu (front matter) phải gồm các dòng khóa: giá trị",
			"the front matter must be lines of key: value")
	}
	for _, pair := range pairs {
		if err := f.set(pair.Key.GetToken().Value, pair.Value); err != nil {
			return err
		}
	}
	f.checkPlaces() // now that the date is known
	return nil
}

func mapping(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// set takes one key.
func (f frontMatter) set(key string, node ast.Node) error {
	value, isText := scalar(node)
	switch key {
	case "places":
		f.setPlaces(f.list(key, node))
		return nil
	case "clusters":
		f.Clusters = f.list(key, node)
		return nil
	case "event":
		f.setEvent(node)
		return nil
	case "withdrawn":
		return f.setWithdrawn(value)
	}
	if isText {
		f.setText(key, value)
	} else {
		f.WarnValue(key, node.String())
	}
	return nil
}

// setText takes a key that has a text for its value.
func (f frontMatter) setText(key, value string) {
	switch key {
	case "title":
		f.Title = value
	case "author":
		f.Author = value
	case "url":
		f.SetURL(value)
	case "language":
		f.setLanguage(value)
	case "date":
		if value != "" && !f.SetPublished(value) {
			f.WarnValue(key, value)
		}
	case "updated":
		t, _, ok := extract.ParseTime(value, f.options.Location)
		if f.Updated = t; value != "" && !ok {
			f.WarnValue(key, value)
		}
	default:
		vi, en := "", ""
		if near := closest(key, strings.Fields(frontMatterKeys)); near != "" {
			vi, en = fmt.Sprintf(" (có phải %q?)", near), fmt.Sprintf(" (did you mean %q?)", near)
		}
		f.Warn(fmt.Sprintf("không có khóa %s trong phần đầu%s", Quote(key), vi),
			fmt.Sprintf("unknown key %s in the front matter%s", Quote(key), en))
	}
}

// setWithdrawn refuses what is neither true nor false: taken for false it would
// publish what somebody wanted gone.
func (f frontMatter) setWithdrawn(value string) error {
	withdrawn, err := strconv.ParseBool(strings.ToLower(value))
	if err != nil {
		return problem("withdrawn phải là true hoặc false, không phải "+Quote(value),
			"withdrawn must be true or false, not "+Quote(value))
	}
	f.Withdrawn = withdrawn
	return nil
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
			f.Warn(fmt.Sprintf("%s nay thuộc %s", place.Name(slug, bantin.Vietnamese), place.Name(now, bantin.Vietnamese)),
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
func (f frontMatter) setEvent(node ast.Node) {
	pairs, ok := mapping(node)
	if !ok {
		f.WarnValue("event", node.String())
		return
	}
	event := &bantin.Event{}
	for _, pair := range pairs {
		key := pair.Key.GetToken().Value
		value, ok := scalar(pair.Value)
		switch {
		case ok && key == "place":
			event.Place = charset.OneLine(value)
		case ok && key == "host":
			event.Host = charset.OneLine(value)
		case ok && key == "date":
			if t, _, ok := extract.ParseTime(value, f.options.Location); ok {
				event.Date = bantin.DayOf(t)
				continue
			}
			fallthrough
		default:
			f.WarnValue("event."+key, value)
		}
	}
	f.Event = event
}

// list reads a list of texts, or texts between commas.
func (f frontMatter) list(key string, node ast.Node) []string {
	var items []string
	if sequence, ok := node.(*ast.SequenceNode); ok {
		for _, n := range sequence.Values {
			if item, ok := scalar(n); ok && item != "" {
				items = append(items, charset.OneLine(item))
			} else {
				f.WarnValue(key, n.String())
			}
		}
		return items
	}
	value, ok := scalar(node)
	if !ok {
		f.WarnValue(key, node.String())
	}
	for item := range strings.SplitSeq(value, ",") {
		if item = charset.OneLine(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// scalar gives the text of a node that is one value.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.NullNode:
		return "", true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}
