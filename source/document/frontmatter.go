package document

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"bantin"
	"bantin/place"
	"bantin/source/charset"
	"bantin/source/extract"
)

// Limits of front matter, beyond which it is not parsed: the parser recurses, and its
// time grows with the square of the number of keys.
const (
	maxFrontMatter       = 64 << 10 // bytes
	maxFrontMatterTokens = 4000
	deepestFrontMatter   = 10
)

// frontMatter sets the fields of a draft from the keys of its front matter.
type frontMatter struct{ *Draft }

// readFrontMatter takes what the front matter says, whose first line is behind line. The
// tree of the YAML is read as it stands, without expanding anchors, so that a small file
// cannot become a large one. A value that cannot be used is a warning; what is not
// understood, or would publish something against the author's will, is a Problem.
func readFrontMatter(d *Draft, yaml string, line int) *Problem {
	f := frontMatter{d}
	file, fault := parseFrontMatter(yaml, line)
	if fault != nil {
		return fault
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil
	}
	pairs, ok := mapping(file.Docs[0].Body)
	if !ok {
		return headerProblem(line+1, "phải gồm các dòng khóa: giá trị", "it must be lines of key: value")
	}
	for _, pair := range pairs {
		if fault := f.set(pair.Key.GetToken().Value, pair.Value); fault != nil {
			at := line + pair.Key.GetToken().Position.Line
			return headerProblem(at, fault.Words.VI, fault.Words.EN)
		}
	}
	f.checkPlaces() // now that the date is known
	return nil
}

// parseFrontMatter parses the YAML. A fault says its line and shows it.
func parseFrontMatter(text string, line int) (*ast.File, *Problem) {
	if len(text) > maxFrontMatter {
		return nil, headerProblem(line, "quá dài", "it is too long")
	}
	tokens := lexer.Tokenize(text)
	if at := tooDeep(tokens); at > 0 {
		return nil, headerProblem(line+at, "lồng nhau quá sâu hoặc có quá nhiều khóa", "nested too deep, or too many keys")
	}
	file, err := parser.Parse(tokens, 0)
	if err == nil {
		return file, nil
	}
	at, message := 1, err.Error()
	var bad yaml.Error
	if errors.As(err, &bad) && bad.GetToken() != nil {
		at, message = bad.GetToken().Position.Line, bad.GetMessage()
	}
	shown := ""
	if lines := strings.Split(text, "\n"); at <= len(lines) {
		shown = ": " + Quote(lines[at-1])
	}
	return nil, headerProblem(line+at, "không phải YAML đúng ("+message+")"+shown, "it is not valid YAML ("+message+")"+shown)
}

// tooDeep gives the line where tokens exceed what is parsed; 0: none.
func tooDeep(tokens token.Tokens) int {
	flow, dashes, line := 0, 0, 0
	for i, t := range tokens {
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			dashes++
		}
		if max(flow, dashes) > deepestFrontMatter || i > maxFrontMatterTokens {
			return max(line, 1)
		}
	}
	return 0
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
func (f frontMatter) set(name string, node ast.Node) *Problem {
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
		f.WarnValue(name, node.String())
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
func (f frontMatter) setEvent(node ast.Node) {
	pairs, ok := mapping(node)
	if !ok {
		f.WarnValue("event", node.String())
		return
	}
	event := &bantin.Event{}
	for _, pair := range pairs {
		name := pair.Key.GetToken().Value
		key := eventKeys[place.Fold(name)]
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
			f.WarnValue("event."+name, value)
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
