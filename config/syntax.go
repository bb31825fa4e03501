package config

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"bantin"
)

// Limits that are checked before parsing: the parser recurses, and its time grows
// with the square of the number of keys.
const (
	maxTokens = 40_000 // some 1,000 digests with every key
	deepest   = 20     // nested brackets, or dashes in one line
)

// parse returns the single document of the file, or reports why there is none.
func (d *decoder) parse(text string) (ast.Node, bool) {
	if !d.sizeFits(text) || !d.textFits(text) {
		return nil, false
	}
	tokens := lexer.Tokenize(text)
	if !d.shapeFits(tokens) {
		return nil, false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return nil, false
	}
	var root ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case root != nil:
			d.report.add(spotOf(doc.Body), both("tài liệu YAML thứ hai", "a second YAML document"), both("một tệp chỉ có một tài liệu: bỏ dòng ---", "a file holds one document: remove the line ---"))
		default:
			root = doc.Body
		}
	}
	if root == nil {
		d.report.add(spot{}, both("tệp không có khóa nào", "the file contains no keys"), possible(names(rootKeys())))
	}
	return root, root != nil
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
func (d *decoder) textFits(text string) bool {
	for i, line := range d.report.lines {
		if !utf8.ValidString(line) || strings.ContainsRune(line, 0) {
			d.report.add(spot{line: i + 1, column: 1}, both("dòng này không phải văn bản UTF-8", "this line is not text in UTF-8"), both("lưu lại tệp với mã UTF-8", "save the file as UTF-8"))
			return false
		}
	}
	return true
}

// shapeFits limits what would exhaust the parser's stack or time.
func (d *decoder) shapeFits(tokens token.Tokens) bool {
	flow, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			dashes, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			dashes++
		}
		if flow > deepest || dashes > deepest {
			d.report.add(spot{line: t.Position.Line, column: t.Position.Column}, both("lồng nhau quá sâu", "nested too deep"), bantin.Words{})
			return false
		}
	}
	if len(tokens) > maxTokens {
		d.report.add(spot{}, both("quá nhiều khóa và giá trị", "too many keys and values"), both("nhiều nhất khoảng %d", "the limit is about %d", maxTokens/3))
		return false
	}
	return true
}

// syntax reports an error of the parser. Where tabs are the cause it reports each of
// them, since they are invisible.
func (d *decoder) syntax(err error) {
	at, message := spot{line: 1, column: 1}, err.Error()
	var bad yaml.Error
	if errors.As(err, &bad) && bad.GetToken() != nil {
		at = spot{line: bad.GetToken().Position.Line, column: bad.GetToken().Position.Column}
		message = bad.GetMessage()
	}
	if d.tabs(at.line) {
		return
	}
	d.report.add(at, both("YAML không hợp lệ: %s", "invalid YAML: %s", message), syntaxHint(d.lineAt(at.line)))
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
