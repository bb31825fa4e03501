package config

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"bantin"
	"bantin/yamltree"
)

// maxDepth limits nesting; the deepest key has five levels.
const maxDepth = 20

// parse returns the single document of the file, or reports why there is none.
func (d *decoder) parse(text string) (*yaml.Node, bool) {
	if !d.sizeFits(text) || !d.textFits() {
		return nil, false
	}
	roots, fault := yamltree.Parse(text, maxDepth)
	switch {
	case fault != nil:
		d.syntax(fault)
		return nil, false
	case len(roots) == 0:
		d.report.add(spot{}, both("tệp không có khóa nào", "the file contains no keys"), possible(names(rootKeys())))
		return nil, false
	}
	for _, second := range roots[1:] {
		d.report.add(spotOf(second), both("tài liệu YAML thứ hai", "a second YAML document"), both("một tệp chỉ có một tài liệu: bỏ dòng ---", "a file holds one document: remove the line ---"))
	}
	return roots[0], true
}

func (d *decoder) sizeFits(text string) bool {
	if len(text) <= maxFileBytes {
		return true
	}
	d.report.add(spot{}, both("lớn hơn 1 MB", "larger than 1 MB"), both("đây có phải là tệp YAML của bantin không?", "is this a bantin YAML file?"))
	d.report.lines = nil
	return false
}

// textFits refuses invalid UTF-8 before the parser replaces it.
func (d *decoder) textFits() bool {
	for i, line := range d.report.lines {
		if !utf8.ValidString(line) || strings.ContainsRune(line, 0) {
			d.report.add(spot{line: i + 1, column: 1}, both("dòng này không phải văn bản UTF-8", "this line is not text in UTF-8"), both("lưu lại tệp với mã UTF-8", "save the file as UTF-8"))
			return false
		}
	}
	return true
}

// syntax reports an error of the parser. Where tabs are the cause it reports each of
// them, since they are invisible.
func (d *decoder) syntax(fault *yamltree.Fault) {
	at := spot{line: fault.Line, column: fault.Column}
	switch {
	case fault.TooDeep:
		d.report.add(at, both("lồng nhau quá sâu", "nested too deep"), bantin.Words{})
	case d.tabs(at.line):
	default:
		d.report.add(at, both("YAML không hợp lệ: %s", "invalid YAML: %s", fault.Message), syntaxHint(d.lineAt(at.line)))
	}
}

func syntaxHint(line string) bantin.Words {
	switch {
	case strings.Contains(line, "\t"):
		return both("dòng này có dấu tab, thay bằng dấu cách", "this line contains a tab; use spaces")
	case needsQuotes(line):
		return both(`đặt giá trị trong dấu nháy kép: "…"`, `put the value in quotes: "…"`)
	}
	return both("kiểm tra thụt đầu dòng, dấu ngoặc và dấu nháy", "check indentation, brackets and quotes")
}

func (d *decoder) lineAt(n int) string {
	if n < 1 || n > len(d.report.lines) {
		return ""
	}
	return d.report.lines[n-1]
}

// tabs reports the lines up to last that are indented with a tab.
func (d *decoder) tabs(last int) bool {
	found := false
	for i, line := range d.report.lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		tab := strings.IndexByte(indent, '\t')
		if tab < 0 || strings.TrimSpace(line) == "" || !found && i >= last {
			continue
		}
		found = true
		d.report.add(spot{line: i + 1, column: tab + 1},
			both("dòng này thụt vào bằng dấu tab", "this line is indented with a tab"),
			both("YAML chỉ nhận dấu cách: thay tab bằng hai dấu cách", "YAML accepts spaces only: replace the tab with two spaces"))
	}
	return found
}

// needsQuotes recognizes values that YAML misreads without quotes: @daily,
// */15 * * * * and a text with a colon in it.
func needsQuotes(line string) bool {
	_, value, ok := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if !ok {
		value = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "-"))
	}
	return strings.HasPrefix(value, "@") || strings.HasPrefix(value, "*") || strings.Contains(value, ": ") || strings.HasPrefix(value, "%")
}
