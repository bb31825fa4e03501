package config

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"bantin/yamltree"
)

// A spot is a position in the file, from 1, and the text there.
type spot struct {
	line, column int
	raw          string // as it was written, before ${NAME} was replaced
}

func spotOf(n *yaml.Node) spot {
	return spot{line: n.Line, column: n.Column, raw: textOf(n)}
}

// A decoder fills structs from the nodes of the file, field by field, and records
// the position of each value.
type decoder struct {
	report *Report
	spots  map[string]spot // by path, such as digests[0].select.max
}

// at is the position of the value of a path, or of its nearest parent.
func (d *decoder) at(path string) spot {
	for {
		if s, ok := d.spots[path]; ok {
			return s
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return d.spots[""]
		}
		path = path[:cut]
	}
}

// has reports whether the file gives the path.
func (d *decoder) has(path string) bool {
	_, ok := d.spots[path]
	return ok
}

// value fills v, which k describes, from n. A null counts as an absent key.
func (d *decoder) value(n *yaml.Node, v reflect.Value, k key, path string) {
	switch {
	case yamltree.HasMarks(n):
		d.report.add(spotOf(n), both("không nhận &, *, << và !! của YAML", "anchors, aliases and tags of YAML are not taken"), both("viết thẳng giá trị; đặt trong dấu nháy nếu là văn bản", "write the value itself, in quotes if it is text"))
		return
	case yamltree.IsNull(n):
		return
	}
	d.spots[path] = spotOf(n)
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		setDefaults(v.Elem())
		d.value(n, v.Elem(), k, path)
	case isScalar(v.Type()):
		d.scalar(n, v, k)
	case v.Type() == reflect.TypeFor[Domains]():
		d.domains(n, v.Addr().Interface().(*Domains), k, path)
	case v.Kind() == reflect.Slice:
		d.list(n, v, k, path)
	default:
		d.mapping(n, v, path)
	}
}

func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[Rate]() || t.Kind() != reflect.Struct && t.Kind() != reflect.Slice && t.Kind() != reflect.Pointer
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, both("các khóa", "keys and values"), possible(names(keysOf(v.Type()))))
		return
	}
	keys := keysOf(v.Type())
	seen := map[string]bool{}
	given := map[string]bool{}
	for name, value := range yamltree.Pairs(n) {
		k, ok := d.keyOf(name, keys, path, seen)
		switch {
		case !ok:
		case yamltree.IsNull(value) && !k.mayBeEmpty():
			d.empty(spotOf(name), k)
		default:
			given[k.name] = !yamltree.IsNull(value)
			d.value(value, v.FieldByIndex(k.index), k, under(path, k.name))
		}
	}
	for _, k := range keys {
		if k.needed && !given[k.name] {
			d.report.add(spotOf(n), both("thiếu khóa %q", "the key %q is missing", k.name), k.expectation())
		}
	}
}

func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// keyOf finds a key by its name and reports one that is unknown or repeated.
func (d *decoder) keyOf(n *yaml.Node, keys []key, path string, seen map[string]bool) (key, bool) {
	name, at := textOf(n), spotOf(n)
	if seen[name] {
		d.report.add(at, both("khóa %q có hai lần", "the key %q is there twice", name), both("xóa một trong hai", "remove one of them"))
		return key{}, false
	}
	seen[name] = true
	for _, k := range keys {
		if k.name == name {
			return k, true
		}
	}
	d.report.add(at, joined(both("khóa lạ %q", "unknown key %q", name), didYouMean(name, names(keys))), possible(names(keys)))
	return key{}, false
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, k key, path string) {
	if n.Kind != yaml.SequenceNode {
		if v.Type() == reflect.TypeFor[Lines]() && n.Kind == yaml.ScalarNode {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			d.value(n, v.Index(0), k, path+"[0]")
			return
		}
		if n.Kind == yaml.MappingNode && v.Type() == reflect.TypeFor[DKIMs]() {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			d.value(n, v.Index(0), k, path+"[0]")
			return
		}
		d.wrongType(n, both("một danh sách", "a list"), both("viết [a, b], hoặc mỗi giá trị một dòng sau dấu -", "write [a, b], or one value per line after a dash"))
		return
	}
	if len(n.Content) == 0 && !k.mayBeEmpty() {
		d.empty(spotOf(n), k)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(n.Content)))
	for _, item := range n.Content {
		if yamltree.IsNull(item) {
			d.report.add(spotOf(item), both("mục này trống", "this entry is empty"), k.expectation())
			continue
		}
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		entry := v.Index(v.Len() - 1)
		if entry.Kind() == reflect.Struct {
			setDefaults(entry)
		}
		d.value(item, entry, k, fmt.Sprintf("%s[%d]", path, v.Len()-1))
	}
}

// domains reads a mapping whose keys are domain names.
func (d *decoder) domains(n *yaml.Node, list *Domains, k key, path string) {
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, both("tên miền và giới hạn", "domains and their limits"), both("viết {gmail.com: {rate: 5/s}}", "write {gmail.com: {rate: 5/s}}"))
		return
	}
	seen := map[string]bool{}
	for key, value := range yamltree.Pairs(n) {
		name := strings.ToLower(textOf(key))
		switch {
		case seen[name]:
			d.report.add(spotOf(key), both("tên miền %q có hai lần", "the domain %q is there twice", name), both("xóa một trong hai", "remove one of them"))
		case !dnsName(name) || !strings.Contains(name, "."):
			d.report.add(spotOf(key), both("%q không phải tên miền", "%q is not a domain", name), both("viết như gmail.com; chữ có dấu viết dạng xn--…", "write it as gmail.com; non-ASCII letters as xn--…"))
		case yamltree.IsNull(value):
			d.report.add(spotOf(key), both("tên miền %q không có giới hạn nào", "the domain %q has no limit", name), both("viết {rate: 5/s}", "write {rate: 5/s}"))
		default:
			domain := Domain{Name: name}
			d.value(value, reflect.ValueOf(&domain).Elem(), k, path+"["+name+"]")
			*list = append(*list, domain)
		}
		seen[name] = true
	}
}
