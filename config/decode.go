package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A spot is a position in the file, from 1, and the text there.
type spot struct {
	line, column int
	raw          string // as it was written, before ${NAME} was replaced
}

func spotOf(n ast.Node) spot {
	at := spot{raw: textOf(n)}
	// A mapping's own token is the colon after its first key.
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		at.line, at.column = t.Position.Line, t.Position.Column
	}
	return at
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
func (d *decoder) value(n ast.Node, v reflect.Value, k key, path string) {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		d.report.add(spotOf(n), both("không nhận &, *, << và !! của YAML", "anchors, aliases and tags of YAML are not taken"), both("viết thẳng giá trị; đặt trong dấu nháy nếu là văn bản", "write the value itself, in quotes if it is text"))
		return
	case *ast.NullNode:
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

func (d *decoder) mapping(n ast.Node, v reflect.Value, path string) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		d.wrongType(n, both("các khóa", "keys and values"), possible(names(keysOf(v.Type()))))
		return
	}
	keys := keysOf(v.Type())
	seen := map[string]bool{}
	for _, pair := range m.Values {
		k, ok := d.keyOf(pair, keys, path, seen)
		if _, null := pair.Value.(*ast.NullNode); null && ok && !k.mayBeEmpty() {
			d.empty(spotOf(pair.Key), k)
			continue
		}
		if ok {
			d.value(pair.Value, v.FieldByIndex(k.index), k, under(path, k.name))
		}
	}
	for _, k := range keys {
		if k.needed && (!seen[k.name] || isNull(m, k.name)) {
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

func isNull(m *ast.MappingNode, name string) bool {
	for _, pair := range m.Values {
		if _, null := pair.Value.(*ast.NullNode); null && textOf(pair.Key) == name {
			return true
		}
	}
	return false
}

// keyOf finds the key of a pair and reports one that is unknown or repeated.
func (d *decoder) keyOf(pair *ast.MappingValueNode, keys []key, path string, seen map[string]bool) (key, bool) {
	name, at := textOf(pair.Key), spotOf(pair.Key)
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

func (d *decoder) list(n ast.Node, v reflect.Value, k key, path string) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		if v.Type() == reflect.TypeFor[Lines]() && isScalarNode(n) {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			d.value(n, v.Index(0), k, path+"[0]")
			return
		}
		if _, one := n.(*ast.MappingNode); one && v.Type() == reflect.TypeFor[DKIMs]() {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			d.value(n, v.Index(0), k, path+"[0]")
			return
		}
		d.wrongType(n, both("một danh sách", "a list"), both("viết [a, b], hoặc mỗi giá trị một dòng sau dấu -", "write [a, b], or one value per line after a dash"))
		return
	}
	if len(s.Values) == 0 && !k.mayBeEmpty() {
		d.empty(spotOf(n), k)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(s.Values)))
	for _, item := range s.Values {
		if _, null := item.(*ast.NullNode); null {
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
func (d *decoder) domains(n ast.Node, list *Domains, k key, path string) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		d.wrongType(n, both("tên miền và giới hạn", "domains and their limits"), both("viết {gmail.com: {rate: 5/s}}", "write {gmail.com: {rate: 5/s}}"))
		return
	}
	seen := map[string]bool{}
	for _, pair := range m.Values {
		name := strings.ToLower(textOf(pair.Key))
		switch {
		case seen[name]:
			d.report.add(spotOf(pair.Key), both("tên miền %q có hai lần", "the domain %q is there twice", name), both("xóa một trong hai", "remove one of them"))
		case !dnsName(name) || !strings.Contains(name, "."):
			d.report.add(spotOf(pair.Key), both("%q không phải tên miền", "%q is not a domain", name), both("viết như gmail.com; chữ có dấu viết dạng xn--…", "write it as gmail.com; non-ASCII letters as xn--…"))
		case isNull(m, textOf(pair.Key)):
			d.report.add(spotOf(pair.Key), both("tên miền %q không có giới hạn nào", "the domain %q has no limit", name), both("viết {rate: 5/s}", "write {rate: 5/s}"))
		default:
			domain := Domain{Name: name}
			d.value(pair.Value, reflect.ValueOf(&domain).Elem(), k, path+"["+name+"]")
			*list = append(*list, domain)
		}
		seen[name] = true
	}
}
