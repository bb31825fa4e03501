package source

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"golang.org/x/text/language"

	"bantin"
	"bantin/place"
	"bantin/source/charset"
	"bantin/source/extract"
)

// frontMatterKeys are the keys that front matter may have.
const frontMatterKeys = "title date updated url author language places clusters event withdrawn"

// frontMatterBytes is what front matter may have.
const frontMatterBytes = 64 << 10

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

// readFrontMatter takes what the front matter says. The tree of the YAML is
// read as it stands, without expanding anchors, so that a small file cannot
// become a large one. A value that cannot be used is a warning; only what would
// publish something against the author's will is a Problem.
func (d *draft) readFrontMatter(yaml string) error {
	if len(yaml) > frontMatterBytes {
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
		if err := d.set(pair.Key.GetToken().Value, pair.Value); err != nil {
			return err
		}
	}
	d.checkPlaces() // now that the date is known
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
func (d *draft) set(key string, node ast.Node) error {
	value, isText := scalar(node)
	switch key {
	case "places":
		d.setPlaces(d.list(key, node))
		return nil
	case "clusters":
		d.clusters = d.list(key, node)
		return nil
	case "event":
		d.setEvent(node)
		return nil
	case "withdrawn":
		return d.setWithdrawn(value)
	}
	if isText {
		d.setText(key, value)
	} else {
		d.warnValue(key, node.String())
	}
	return nil
}

// setText takes a key that has a text for its value.
func (d *draft) setText(key, value string) {
	switch key {
	case "title":
		d.title = value
	case "author":
		d.author = value
	case "url":
		d.setURL(value)
	case "language":
		d.setLanguage(value)
	case "date":
		if value != "" && !d.setPublished(value) {
			d.warnValue(key, value)
		}
	case "updated":
		t, _, ok := extract.ParseTime(value, d.spec.Location)
		if d.updated = t; value != "" && !ok {
			d.warnValue(key, value)
		}
	default:
		vi, en := "", ""
		if near := closest(key, strings.Fields(frontMatterKeys)); near != "" {
			vi, en = fmt.Sprintf(" (có phải %q?)", near), fmt.Sprintf(" (did you mean %q?)", near)
		}
		d.warn(fmt.Sprintf("không có khóa %s trong phần đầu%s", quote(key), vi),
			fmt.Sprintf("unknown key %s in the front matter%s", quote(key), en))
	}
}

func (d *draft) warnValue(key, value string) {
	d.warn(fmt.Sprintf("không dùng được giá trị của %s: %s", key, quote(value)),
		fmt.Sprintf("cannot use the value of %s: %s", key, quote(value)))
}

// setWithdrawn refuses what is neither true nor false: taken for false it would
// publish what somebody wanted gone.
func (d *draft) setWithdrawn(value string) error {
	withdrawn, err := strconv.ParseBool(strings.ToLower(value))
	if err != nil {
		return problem("withdrawn phải là true hoặc false, không phải "+quote(value),
			"withdrawn must be true or false, not "+quote(value))
	}
	d.withdrawn = withdrawn
	return nil
}

// setPlaces takes the units that the names mean.
func (d *draft) setPlaces(names []string) {
	d.places = nil
	for _, name := range names {
		slug, ok := place.Lookup(name)
		if !ok {
			vi, en := namesOf(place.Nearest(name, 3))
			d.warn(fmt.Sprintf("không biết nơi %s%s", quote(name), vi),
				fmt.Sprintf("unknown place %s%s", quote(name), en))
			continue
		}
		if !slices.Contains(d.places, slug) {
			d.places = append(d.places, slug)
		}
	}
}

// checkPlaces warns of units that did not exist any more on the bulletin's day.
// They stand as they are written, and count as what they became.
func (d *draft) checkPlaces() {
	if !d.published.IsZero() && bantin.DayOf(d.published.In(d.spec.Location)).Before(place.Reform()) {
		return
	}
	for _, slug := range d.places {
		if now, gone := place.Abolished(slug); gone {
			d.warn(fmt.Sprintf("%s nay thuộc %s", place.Name(slug, bantin.Vietnamese), place.Name(now, bantin.Vietnamese)),
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
func (d *draft) setEvent(node ast.Node) {
	pairs, ok := mapping(node)
	if !ok {
		d.warnValue("event", node.String())
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
			if t, _, ok := extract.ParseTime(value, d.spec.Location); ok {
				event.Date = bantin.DayOf(t)
				continue
			}
			fallthrough
		default:
			d.warnValue("event."+key, value)
		}
	}
	d.event = event
}

// setLanguage takes a BCP 47 tag.
func (d *draft) setLanguage(value string) {
	if value == "" {
		return
	}
	tag, err := language.Parse(value)
	if err != nil {
		d.warnValue("language", value)
		return
	}
	d.language = tag.String()
}

// list reads a list of texts, or texts between commas.
func (d *draft) list(key string, node ast.Node) []string {
	var items []string
	if sequence, ok := node.(*ast.SequenceNode); ok {
		for _, n := range sequence.Values {
			if item, ok := scalar(n); ok && item != "" {
				items = append(items, charset.OneLine(item))
			} else {
				d.warnValue(key, n.String())
			}
		}
		return items
	}
	value, ok := scalar(node)
	if !ok {
		d.warnValue(key, node.String())
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

// quote shows a foreign value in a message: quoted, one line, not long.
func quote(value string) string { return strconv.Quote(bantin.Shorten(charset.OneLine(value), 80)) }
