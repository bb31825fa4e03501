package config

import (
	"reflect"
	"strconv"
	"strings"
)

// A key describes a key of the file, from the tags of its field.
type key struct {
	name    string // in the file
	owner   string // the struct that it is a field of, for its doc comment
	field   string // the name of the field
	index   []int
	kind    reflect.Type
	missing string // its default
	derived bool   // it has a default that depends on other keys
	needed  bool
	choices []string
	min     int
	max     int // 0: no limits
	is      string
	example string
}

// keysOf returns the keys of a struct in the order of its fields. Fields without a
// key are derived by Load.
func keysOf(t reflect.Type) []key {
	var keys []key
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			for _, k := range keysOf(f.Type) {
				k.index = append([]int{i}, k.index...)
				keys = append(keys, k)
			}
			continue
		}
		if name := f.Tag.Get("yaml"); name != "" {
			keys = append(keys, newKey(t, f, name, i))
		}
	}
	return keys
}

func newKey(owner reflect.Type, f reflect.StructField, name string, i int) key {
	k := key{
		name: name, owner: owner.Name(), field: f.Name, index: []int{i}, kind: f.Type,
		missing: f.Tag.Get("default"), derived: f.Tag.Get("empty") == "no", needed: f.Tag.Get("need") == "yes", is: f.Tag.Get("is"), example: f.Tag.Get("example"),
	}
	if choices := f.Tag.Get("choices"); choices != "" {
		k.choices = strings.Split(choices, "|")
	}
	// A tag that is no number is a slip in this package, which its tests find.
	k.min, _ = strconv.Atoi(f.Tag.Get("min"))
	k.max, _ = strconv.Atoi(f.Tag.Get("max"))
	return k
}

// mayBeEmpty reports whether the key may be written without a value. Where its default
// is not empty, an empty value means something else than no key, and mostly that a
// variable is not set.
func (k key) mayBeEmpty() bool {
	return !k.derived && (k.missing == "" || k.missing == "false" || k.missing == "0")
}

func names(keys []key) []string {
	var list []string
	for _, k := range keys {
		list = append(list, k.name)
	}
	return list
}
