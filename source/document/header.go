package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"bantin/place"
)

// header is what stands before the text of a file: YAML between lines of "---", TOML
// between lines of "+++", or a JSON object.
type header struct {
	yaml  string   // TOML and JSON too
	body  string   // the text behind it
	line  int      // before its first line
	fault *Problem // why it is none, though it looks like one
}

// cutHeader takes the header off the beginning of a text, and reports whether there is
// one, or what is meant as one. A rule (---) before a text is none.
func cutHeader(text string) (header, bool) {
	text = strings.TrimPrefix(text, "\ufeff")
	lines := strings.Split(text, "\n")
	first := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) != "" })
	if first < 0 {
		return header{}, false
	}
	switch fence := strings.TrimSpace(lines[first]); {
	case isFence(fence):
		return fenced(text, lines, first, isFence)
	case fence == "+++":
		return tomlHeader(text, lines, first)
	case strings.HasPrefix(fence, "{"):
		return jsonHeader(strings.Join(lines[first:], "\n"), first)
	}
	n := keyLines(lines[first:])
	if n == 0 || n == 1 && !isTitleLine(lines[first]) {
		return header{}, false
	}
	return header{body: behind(text, lines, first+n), fault: headerProblem(first+1,
		"thiếu dòng --- trước và sau các khóa", "the lines of --- before and after the keys are missing")}, true
}

// isFence reports whether a line is one of hyphens, or of the dashes that editors make
// of them.
func isFence(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 3 && strings.Trim(line, "-–—") == ""
}

func isEnd(line string) bool { return isFence(line) || strings.TrimSpace(line) == "..." }

// behind is the text behind its first n lines.
func behind(text string, lines []string, n int) string {
	at := 0
	for _, line := range lines[:n] {
		at += len(line) + len("\n")
	}
	return text[min(at, len(text)):]
}

// fenced cuts a header between two lines.
func fenced(text string, lines []string, first int, fence func(string) bool) (header, bool) {
	rest := lines[first+1:]
	end := slices.IndexFunc(rest, func(l string) bool { return fence(l) || isEnd(l) && isFence(lines[first]) })
	n := keyLines(rest)
	if end >= 0 && (n > 0 || end == 0 || hasKey(rest[:end])) {
		return header{yaml: strings.Join(rest[:end], "\n"), body: behind(text, lines, first+end+2), line: first + 1}, true
	}
	if n == 0 {
		return header{}, false // a rule
	}
	return header{body: behind(text, lines, first+1+n), fault: headerProblem(first+1,
		"không có dòng kết thúc phần đầu", "it has no line that ends it")}, true
}

// keyLines counts the lines "key: value" of known keys, with what belongs to them.
func keyLines(lines []string) int {
	n := 0
	for ; n < len(lines); n++ {
		line := lines[n]
		isPart := n > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "- ")) && strings.TrimSpace(line) != ""
		if !isPart && !isKeyLine(line) {
			break
		}
	}
	return n
}

func isKeyLine(line string) bool {
	name, _, ok := strings.Cut(line, ":")
	_, known := headerKeys[place.Fold(strings.Trim(name, `"' `))]
	return ok && known
}

// isTitleLine tells a key that begins no sentence from "Ngày: …" and the like.
func isTitleLine(line string) bool {
	name, _, _ := strings.Cut(line, ":")
	switch headerKeys[place.Fold(name)] {
	case "title", "draft", "withdrawn":
		return true
	}
	return false
}

// hasKey reports whether a line is one of a header, of whatever key.
func hasKey(lines []string) bool {
	return slices.ContainsFunc(lines, func(l string) bool {
		name, _, ok := strings.Cut(l, ":")
		return ok && name != "" && len(strings.Fields(name)) <= 3
	})
}

// tomlHeader writes a header in TOML as YAML.
func tomlHeader(text string, lines []string, first int) (header, bool) {
	h, ok := fenced(text, lines, first, func(l string) bool { return strings.TrimSpace(l) == "+++" })
	if !ok { // its keys are no lines of YAML
		end := slices.IndexFunc(lines[first+1:], func(l string) bool { return strings.TrimSpace(l) == "+++" })
		if end < 0 {
			n := slices.IndexFunc(lines[first+1:], func(l string) bool { return !tomlLine.MatchString(l) })
			return header{body: behind(text, lines, first+1+max(n, 0)), fault: headerProblem(first+1,
				"không có dòng +++ kết thúc phần đầu", "it has no line of +++ that ends it")}, true
		}
		h = header{yaml: strings.Join(lines[first+1:first+1+end], "\n"), body: behind(text, lines, first+2+end), line: first + 1}
	}
	if len(h.yaml) > maxFrontMatter {
		return h, true // it is refused as too long
	}
	yaml, bad := tomlAsJSON(h.yaml)
	if bad > 0 {
		h.fault = headerProblem(h.line+bad, "không phải TOML mà bantin đọc được; hãy viết phần đầu bằng YAML giữa hai dòng ---",
			"not TOML that can be read; write it in YAML between two lines of ---")
	}
	h.yaml = yaml
	return h, true
}

// tomlLine is a key with its value, or the name of a table.
var tomlLine = regexp.MustCompile(`^\s*(?:["']?([\w-]+)["']?[\w"'.-]*\s*=\s*\S|\[+\s*["']?([\w-]+)[^]]*\]+\s*(?:#.*)?$)`)

// tomlAsJSON writes TOML 1.0 as a JSON object, each key on its line, days and times as texts;
// bad is the first line that is no TOML, from 1.
func tomlAsJSON(text string) (object string, bad int) {
	var keys map[string]any
	err := toml.Unmarshal([]byte(text), &keys)
	if fault := (*toml.DecodeError)(nil); errors.As(err, &fault) {
		line, _ := fault.Position()
		return "", line
	}
	var b strings.Builder
	b.WriteString("{")
	write := func(name string) {
		value, err := json.Marshal(keys[name])
		if err != nil { // no JSON has an infinite number
			value = []byte(`""`)
		}
		fmt.Fprintf(&b, "%q: %s,", name, value)
		delete(keys, name)
	}
	for line := range strings.Lines(text) {
		if m := tomlLine.FindStringSubmatch(line); m != nil && keys[m[1]+m[2]] != nil {
			write(m[1] + m[2])
		}
		b.WriteString("\n")
	}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		write(name)
	}
	return b.String() + "}", 0
}

// jsonHeader takes a JSON object that has a title; YAML has JSON in it.
func jsonHeader(text string, line int) (header, bool) {
	var object map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	if d.Decode(&object) != nil || object["title"] == nil {
		return header{}, false
	}
	end := int(d.InputOffset())
	return header{yaml: text[:end], body: text[end:], line: line}, true
}

// headerProblem is a problem of a header, with the line of the file.
func headerProblem(line int, vi, en string) *Problem {
	return problem(fmt.Sprintf("phần đầu (front matter), dòng %d: %s", line, vi), fmt.Sprintf("front matter, line %d: %s", line, en))
}

// readHeader takes what stands before the text and gives the text. A header that is not
// understood might have said that nothing is to be published: it holds the bulletin.
func (d *Draft) readHeader(text string) (body string) {
	h, ok := cutHeader(text)
	if !ok {
		return text
	}
	fault := h.fault
	if fault == nil {
		fault = readFrontMatter(d, h.yaml, h.line)
	}
	if fault != nil {
		d.Hold(fault.Words.VI, fault.Words.EN)
	}
	return h.body
}
