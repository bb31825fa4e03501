package mailbox

import (
	"slices"
	"strconv"
	"strings"
)

// Mail programs write the parameters of Content-Type and Content-Disposition in many
// wrong ways: values with blanks and signs and no quotes, no semicolon, two of them, raw
// letters. The standard library refuses these, and all parameters with the wrong one. Here
// each is read as far as it can be meant, continued and encoded ones too (RFC 2231).

// parseField cuts a field into its value, in lower case, and its parameters, of which the
// first of each name counts.
func parseField(field string) (value string, params map[string]string) {
	field = strings.TrimSpace(field)
	end := strings.IndexByte(field, ';')
	if at := missingSemicolon(field); at >= 0 && (end < 0 || at < end) {
		end = at
	}
	params = map[string]string{}
	if end < 0 {
		return strings.ToLower(field), params
	}
	value = strings.ToLower(strings.TrimSpace(field[:end]))
	pieces := map[string]map[int]string{} // of values that go on
	coded := map[string]bool{}
	rest := field[end:]
	for {
		rest = strings.TrimLeft(rest, "; \t\r\n")
		if rest == "" {
			break
		}
		var name, text string
		var quoted bool
		name, text, quoted, rest = nextParameter(rest)
		switch base, part, isCoded := splitName(name); {
		case name == "":
		case part < 0 && !isCoded:
			if _, known := params[name]; !known {
				params[name] = text
			}
		default:
			if pieces[base] == nil {
				pieces[base] = map[int]string{}
			}
			if isCoded && !quoted || isCoded && strings.Contains(text, "'") {
				coded[base] = true
			} else if coded[base] || part > 0 {
				text = strings.ReplaceAll(text, "%", "%25")
			}
			pieces[base][max(part, 0)] = text
		}
	}
	for name, parts := range pieces {
		params[name] = joinPieces(parts, coded[name])
	}
	return value, params
}

// missingSemicolon is where parameters begin in "multipart/mixed boundary=x"; -1: they
// do not.
func missingSemicolon(field string) int {
	at := strings.IndexAny(field, " \t\r\n")
	if at < 0 {
		return -1
	}
	name, _, ok := strings.Cut(strings.TrimSpace(field[at:]), "=")
	if !ok || name == "" || strings.ContainsAny(name, " \t;/\"") {
		return -1
	}
	return at
}

// nextParameter reads name=value. A value without quotes goes on to the semicolon that
// another parameter follows.
func nextParameter(text string) (name, value string, quoted bool, rest string) {
	equals := strings.IndexAny(text, "=;")
	switch {
	case equals < 0:
		return "", "", false, ""
	case text[equals] == ';':
		return "", "", false, text[equals:]
	}
	name = strings.ToLower(strings.TrimSpace(text[:equals]))
	rest = strings.TrimLeft(text[equals+1:], " \t\r\n")
	if strings.HasPrefix(rest, `"`) {
		value, rest = quotedValue(rest[1:])
		return name, value, true, rest
	}
	end := len(rest)
	for i := 0; i < len(rest); i++ {
		if rest[i] == ';' {
			end = i
			break
		}
		if isBlank(rest[i]) && beginsParameter(rest[i:]) {
			end = i
			break
		}
	}
	return name, strings.TrimSpace(rest[:end]), false, rest[end:]
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// beginsParameter reports whether, behind blanks, the name of a known parameter stands.
func beginsParameter(text string) bool {
	name, _, ok := strings.Cut(strings.TrimLeft(text[:min(len(text), 40)], " \t\r\n"), "=")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "charset", "boundary", "name", "filename", "format", "delsp", "type", "size":
		return ok
	}
	return false
}

// quotedValue reads on to the closing quote, or to the end where there is none.
func quotedValue(text string) (value, rest string) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			out.WriteByte(text[i])
		case c == '"':
			return out.String(), text[i+1:]
		case c == '\r' || c == '\n':
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), ""
}

// splitName takes "filename*1*" apart: part is -1 where the value does not go on.
func splitName(name string) (base string, part int, coded bool) {
	base, coded = strings.CutSuffix(name, "*")
	if i := strings.LastIndexByte(base, '*'); i > 0 {
		if n, err := strconv.Atoi(base[i+1:]); err == nil && n >= 0 && n < 1000 {
			return base[:i], n, coded
		}
	}
	return base, -1, coded
}

// joinPieces joins the pieces of a value and decodes it: charset'language'%C3%A0.
func joinPieces(parts map[int]string, coded bool) string {
	numbers := make([]int, 0, len(parts))
	for n := range parts {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var out strings.Builder
	for _, n := range numbers {
		out.WriteString(parts[n])
	}
	text := out.String()
	if !coded {
		return strings.ReplaceAll(text, "%25", "%")
	}
	label := ""
	if first, rest, ok := strings.Cut(text, "'"); ok {
		if _, words, ok := strings.Cut(rest, "'"); ok {
			label, text = first, words
		}
	}
	return string(utf8Of(unescapePercent(text), label))
}

// unescapePercent decodes %XX. What is no such escape stays.
func unescapePercent(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if c, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(c))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}
