package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestEmptyValues writes each key whose default is not empty without a value, in every
// way there is. Each is an error at that key: a variable that is not set must not turn
// into another zone, another limit or no limit at all.
func TestEmptyValues(t *testing.T) {
	t.Setenv("RONG", "")
	keys := 0
	eachPath(t, reflect.TypeFor[Config](), nil, func(path []string, k key) {
		values := []string{"", "null", "~"}
		if isScalar(k.kind) || k.kind == reflect.TypeFor[Lines]() {
			values = append(values, `""`, `" "`, `"${RONG}"`)
		}
		if k.kind.Kind() == reflect.Slice {
			values = append(values, "[]")
		}
		for _, value := range values {
			yaml := nested(append(path, k.name), value)
			_, report := Parse("bantin.yaml", []byte(yaml), t.TempDir())
			wrong, empty := false, false
			for _, p := range report.Problems {
				here := !p.Warning && strings.Contains(strings.Split(yaml, "\n")[max(p.Line-1, 0)], k.name+":")
				wrong = wrong || here && !strings.Contains(p.Message.EN, "is missing") // another key
				empty = empty || strings.Contains(p.Message.EN, "has an empty value")
			}
			if !k.mayBeEmpty() && !wrong || k.mayBeEmpty() && empty {
				t.Errorf("%s.%s: may be empty: %v; problems %v of\n%s", k.owner, k.name, k.mayBeEmpty(), report.Problems, yaml)
			}
		}
		if !k.mayBeEmpty() {
			keys++
		}
	})
	if keys < 20 {
		t.Errorf("only %d keys have a default", keys)
	}
	// The schedule of a digest has no default, and an empty one is none.
	for _, zone := range []string{"site: {timezone: ''}", "site: {timezone: '${RONG}'}", "digests: [{id: a, timezone: '${RONG}'}]"} {
		if _, report := Parse("bantin.yaml", []byte(zone+"\n"), t.TempDir()); report.Err() == nil || !strings.Contains(report.Err().Error(), `"timezone"`) {
			t.Errorf("%s: %v", zone, report.Err())
		}
	}
}

// eachPath visits all keys that have no keys of their own, with those above them.
func eachPath(t *testing.T, of reflect.Type, path []string, visit func([]string, key)) {
	for _, k := range keysOf(of) {
		kind, name := k.kind, k.name
		if kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct && kind != reflect.TypeFor[Domains]() {
			kind, name = kind.Elem(), name+"[]"
		}
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Struct && !isScalar(kind) {
			eachPath(t, kind, append(path[:len(path):len(path)], name), visit)
			continue
		}
		if !k.needed && k.kind != reflect.TypeFor[Domains]() {
			visit(path[:len(path):len(path)], k)
		}
	}
}

// nested writes a file with one key.
func nested(path []string, value string) string {
	var b strings.Builder
	indent := ""
	for i, name := range path {
		if i == len(path)-1 {
			fmt.Fprintf(&b, "%s%s: %s\n", indent, name, value)
			break
		}
		list, isList := strings.CutSuffix(name, "[]")
		fmt.Fprintf(&b, "%s%s:\n", indent, list)
		indent += "  "
		if isList {
			fmt.Fprintf(&b, "%s- \n", indent)
			indent += "  "
		}
	}
	return strings.ReplaceAll(b.String(), "- \n", "-\n")
}
