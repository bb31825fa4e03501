package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/place"
)

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, k key) {
	switch v.Kind() {
	case reflect.Int:
		d.number(n, v, k)
		return
	case reflect.Bool:
		d.truth(n, v, k)
		return
	}
	text, ok := d.text(n, k)
	if !ok {
		return
	}
	if strings.TrimSpace(text) == "" && !k.mayBeEmpty() {
		d.empty(spotOf(n), k)
		return
	}
	if k.is == "level" {
		text = levelNamed(text)
	}
	if err := setText(v, text); err != nil {
		d.report.add(spotOf(n), both("%q không dùng được ở đây", "%q is not valid here", textOf(n)), k.expectation())
		return
	}
	if k.choices != nil && !slices.Contains(k.choices, text) {
		d.wrongChoice(spotOf(n), k)
	}
}

// levelNamed gives the slug of a level that is named in Vietnamese, as lists have it.
func levelNamed(text string) string {
	folded := strings.Join(strings.Fields(place.Fold(text)), " ")
	if level, ok := bantin.LevelNamed(strings.TrimPrefix(folded, "cap ")); ok {
		return string(level)
	}
	return text
}

// empty reports a key without a value whose default is not empty.
func (d *decoder) empty(at spot, k key) {
	what := both("khóa %q có giá trị trống", "the key %q has an empty value", k.name)
	if strings.Contains(at.raw, "${") {
		what = both("khóa %q có giá trị trống: %s", "the key %q has an empty value: %s", k.name, at.raw)
	}
	hint := both("bỏ cả khóa này thì dùng giá trị mặc định", "remove the key to use its default")
	if k.missing != "" {
		hint = both("bỏ cả khóa này thì dùng giá trị mặc định: %s", "remove the key to use its default: %s", k.missing)
	}
	d.report.add(at, what, hint)
}

func (d *decoder) wrongChoice(at spot, k key) {
	hint := possible(k.choices)
	d.report.add(at, joined(both("không có lựa chọn %q", "%q is not one of the choices", at.raw), didYouMean(at.raw, k.choices)), hint)
}

// text returns the text of n with its variables replaced.
func (d *decoder) text(n *yaml.Node, k key) (string, bool) {
	if !isText(n) {
		d.wrongType(n, k.kindName(), k.expectation())
		return "", false
	}
	text := n.Value
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		text = strings.TrimRight(text, "\n")
	}
	text, ok := d.expand(spotOf(n), text)
	if !ok {
		return "", false
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && !(r == '\n' && k.is == "lines") }); i >= 0 {
		d.report.add(spotOf(n), both("văn bản này có ký tự điều khiển hoặc xuống dòng", "the text contains a control character or a line break"), bantin.Words{})
		return "", false
	}
	if k.is != "file" && k.is != "folder" && k.is != "path" {
		text = norm.NFC.String(text) // a file is named by its bytes, all else is compared
	}
	return text, true
}

func (d *decoder) number(n *yaml.Node, v reflect.Value, k key) {
	if n.ShortTag() != "!!int" {
		d.wrongType(n, k.kindName(), k.expectation())
		return
	}
	number, err := strconv.Atoi(n.Value)
	if err != nil || k.max > 0 && (number < k.min || number > k.max) {
		d.report.add(spotOf(n), both("%s nằm ngoài giới hạn", "%s is out of range", n.Value), k.expectation())
		return
	}
	v.SetInt(int64(number))
}

func (d *decoder) truth(n *yaml.Node, v reflect.Value, k key) {
	if n.ShortTag() != "!!bool" {
		d.wrongType(n, k.kindName(), k.expectation())
		return
	}
	v.SetBool(strings.EqualFold(n.Value, "true"))
}

// wrongType reports what was found and what is expected.
func (d *decoder) wrongType(n *yaml.Node, want, hint bantin.Words) {
	found := found(n)
	d.report.add(spotOf(n), bantin.Say("có %s, cần %s", "found %s, expected %s", found, want), hint)
}

func found(n *yaml.Node) bantin.Words {
	switch {
	case n.Kind == yaml.MappingNode:
		return both("các khóa", "keys and values")
	case n.Kind == yaml.SequenceNode:
		return both("một danh sách", "a list")
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return both("số %s", "the number %s", textOf(n))
	case "!!bool":
		return both("giá trị %s", "the boolean %s", textOf(n))
	}
	return both("văn bản %q", "the text %q", textOf(n))
}

// setText fills a scalar from its text.
func setText(v reflect.Value, text string) error {
	var err error
	switch p := v.Addr().Interface().(type) {
	case *Duration:
		*p, err = ParseDuration(text)
	case *Rate:
		*p, err = ParseRate(text)
	case *Percent:
		*p, err = ParsePercent(text)
	case *bool:
		*p, err = strconv.ParseBool(text)
	case *int:
		*p, err = strconv.Atoi(text)
	default:
		v.SetString(text)
	}
	return err
}

// textOf returns a scalar as written in the file; "" for others.
func textOf(n *yaml.Node) string { return n.Value }

// isText reports whether n is text; a day is text, as in skip.
func isText(n *yaml.Node) bool {
	tag := n.ShortTag()
	return n.Kind == yaml.ScalarNode && (tag == "!!str" || tag == "!!timestamp" || tag == "!!merge")
}
