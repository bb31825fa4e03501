package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"bantin"
)

// Schema returns the JSON Schema (draft 2020-12) of the file, with which editors
// complete and check it. Load checks more than a schema can express.
func Schema() ([]byte, error) {
	root := objectSchema(reflect.TypeFor[Config](), documentation())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "bantin.yaml"
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write JSON Schema: %w", err)
	}
	return append(text, '\n'), nil
}

type object = map[string]any

func objectSchema(t reflect.Type, docs map[string]bantin.Words) object {
	properties := object{}
	var required []string
	for _, k := range keysOf(t) {
		properties[k.name] = k.schema(docs)
		if k.needed {
			required = append(required, k.name)
		}
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

// schema describes the value of a key.
func (k key) schema(docs map[string]bantin.Words) object {
	s := k.typeSchema(k.kind, docs)
	if doc := k.doc(docs); doc.EN != "" {
		s["description"] = doc.EN + "\n\n" + doc.VI
	}
	if k.missing != "" {
		s["default"] = k.defaultValue()
	}
	return s
}

func (k key) typeSchema(t reflect.Type, docs map[string]bantin.Words) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return k.typeSchema(t.Elem(), docs)
	case t == reflect.TypeFor[Duration]():
		return object{"type": "string", "pattern": `^([0-9]+d|([0-9]+(\.[0-9]+)?(ms|s|m|h))+)$`}
	case t == reflect.TypeFor[Rate]():
		return object{"type": "string", "pattern": `^[1-9][0-9]*/[smhd]$`}
	case t == reflect.TypeFor[Percent]():
		return object{"type": "string", "pattern": `^[0-9]+(\.[0-9]+)?%$`}
	case t == reflect.TypeFor[Lines]():
		return object{"anyOf": []object{{"type": "string"}, {"type": "array", "items": object{"type": "string"}}}}
	case t == reflect.TypeFor[DKIMs]():
		one := k.typeSchema(t.Elem(), docs)
		return object{"anyOf": []object{one, {"type": "array", "items": one}}}
	case t == reflect.TypeFor[Domains]():
		return object{"type": "object", "additionalProperties": k.typeSchema(t.Elem(), docs)}
	case t.Kind() == reflect.Struct:
		return objectSchema(t, docs)
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": k.typeSchema(t.Elem(), docs)}
	case t.Kind() == reflect.Int:
		return object{"type": "integer", "minimum": k.min, "maximum": k.max}
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	}
	return k.textSchema()
}

func (k key) textSchema() object {
	s := object{"type": "string"}
	if k.choices != nil {
		s["enum"] = k.choices
	}
	if k.is == "level" {
		s["enum"] = append(slices.Clone(k.choices), "trung ương", "tỉnh", "huyện", "xã", "hội viên")
	}
	switch k.is {
	case "id":
		s["pattern"] = idPattern
		s["maxLength"] = maxIDLength
	case "url":
		s["format"] = "uri"
		s["pattern"] = "^https?://"
	case "days":
		s["pattern"] = `^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.\.[0-9]{4}-[0-9]{2}-[0-9]{2})?$`
	}
	return s
}

// defaultValue is the default as a JSON value.
func (k key) defaultValue() any {
	if k.kind.Kind() == reflect.Slice {
		return strings.Split(k.missing, ",")
	}
	if n, err := strconv.Atoi(k.missing); err == nil && k.kind.Kind() == reflect.Int {
		return n
	}
	return k.missing
}
