// Package toml reads of TOML what front matter needs: keys with texts, days, numbers, true
// and false, lists of these, and tables. Anything else is refused, never guessed.
package toml

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

var (
	pair  = regexp.MustCompile(`^\s*([A-Za-z0-9_-]+|"[^"]+"|'[^']+')\s*=\s*(.+?)\s*$`)
	table = regexp.MustCompile(`^\s*\[\s*([A-Za-z0-9_-]+)\s*\]\s*(?:#.*)?$`)
	bare  = regexp.MustCompile(`^[0-9A-Za-z:+.-]+(?: [0-9:+.Zz-]+)?$`) // a number, a day, a time, true, false
)

// IsLine reports whether a line is a key with its value, or the name of a table.
func IsLine(line string) bool { return pair.MatchString(line) || table.MatchString(line) }

// YAML writes TOML as YAML; bad is the first line that it cannot read, from 1.
func YAML(text string) (yaml string, bad int) {
	var b strings.Builder
	indent := ""
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' {
			continue
		}
		if m := table.FindStringSubmatch(line); m != nil {
			b.WriteString(m[1] + ":\n")
			indent = "  "
			continue
		}
		start := i
		if strings.Contains(line, "[") && !strings.Contains(line, "]") {
			line, i = wholeList(lines, i)
		}
		m := pair.FindStringSubmatch(line)
		if m == nil {
			return "", start + 1
		}
		value, ok := value(m[2])
		if !ok {
			return "", start + 1
		}
		b.WriteString(indent + m[1] + ": " + value + "\n")
	}
	return b.String(), 0
}

// wholeList joins the lines of a list, from the one where it begins to the one where it
// ends.
func wholeList(lines []string, begin int) (line string, end int) {
	for end = begin + 1; end < len(lines)-1 && !strings.Contains(lines[end], "]"); end++ {
	}
	end = min(end, len(lines)-1)
	var parts []string
	for _, l := range lines[begin : end+1] {
		parts = append(parts, strings.TrimSpace(l))
	}
	return strings.Join(parts, " "), end
}

// value writes a value as JSON.
func value(text string) (string, bool) {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		return list(inner)
	}
	value, rest, ok := scalar(text)
	rest = strings.TrimSpace(rest)
	return value, ok && (rest == "" || rest[0] == '#')
}

func list(text string) (string, bool) {
	var items []string
	for {
		text = strings.TrimLeft(text, " ,")
		if rest, ok := strings.CutPrefix(text, "]"); ok {
			rest = strings.TrimSpace(rest)
			return "[" + strings.Join(items, ", ") + "]", rest == "" || rest[0] == '#'
		}
		item, rest, ok := scalar(text)
		if !ok {
			return "", false
		}
		items, text = append(items, item), rest
	}
}

// scalar reads one value at the beginning of text.
func scalar(text string) (value, rest string, ok bool) {
	if text == "" || strings.HasPrefix(text, `"""`) || strings.HasPrefix(text, "'''") {
		return "", "", false
	}
	switch text[0] {
	case '"':
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", "", false
		}
		value, err = strconv.Unquote(quoted)
		return jsonText(value), text[len(quoted):], err == nil
	case '\'':
		value, rest, ok = strings.Cut(text[1:], "'")
		return jsonText(value), rest, ok
	}
	end := strings.IndexAny(text, ",]#")
	if end < 0 {
		end = len(text)
	}
	value = strings.TrimSpace(text[:end])
	return jsonText(value), text[end:], bare.MatchString(value)
}

func jsonText(value string) string {
	text, err := json.Marshal(value)
	if err != nil {
		return `""`
	}
	return string(text)
}
