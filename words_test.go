package bantin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Both languages of a message have the same verbs for the same values, and there are as many
// values: go vet sees this for fmt and not for our own functions.
func TestWordsTakeTheSameValues(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			vi, isText := textOf(call.Args[0])
			en, isAlso := textOf(call.Args[1])
			if !isText || !isAlso || !strings.ContainsFunc(vi, func(r rune) bool { return r > 0x7f }) {
				return true
			}
			checked++
			inVI, inEN := verbsOf(vi), verbsOf(en)
			for i := range max(len(inVI), len(inEN)) {
				if inVI[i] != inEN[i] {
					t.Errorf("%s: value %d is %q in Vietnamese and %q in English", set.Position(call.Pos()), i+1, inVI[i], inEN[i])
				}
			}
			if values := len(call.Args) - 2; words[nameOf(call.Fun)] && !call.Ellipsis.IsValid() && values != len(inEN) && (values > 0 || nameOf(call.Fun) == "both") {
				t.Errorf("%s: %d values for %q", set.Position(call.Pos()), values, en)
			}
			return true
		})
		return nil
	})
	if err != nil || checked < 500 {
		t.Errorf("%d messages checked, %v", checked, err)
	}
}

// words are the functions whose further values are those of the message.
var words = map[string]bool{"Say": true, "words": true, "both": true}

func nameOf(f ast.Expr) string {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func textOf(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}

var verb = regexp.MustCompile(`%[-+# 0]*\d*(?:\.\d+)?(?:\[(\d+)\])?([a-zA-Z%])`)

// verbsOf are the verbs of a format by the number of their value, from 0.
func verbsOf(format string) map[int]string {
	verbs, next := map[int]string{}, 0
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			next = n - 1
		}
		verbs[next] = m[2]
		next++
	}
	return verbs
}
