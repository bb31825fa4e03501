package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutant is one place of the code and what stands there instead.
type mutant struct {
	pkg, file  string
	short      string // the file, for people
	line       int
	start, end int // in the file
	was, is    string
}

// name tells mutants apart, also when lines move.
func (m mutant) name() string {
	return fmt.Sprintf("%s:%d: %q → %q", m.short, m.line, m.was, m.is)
}

// text is the file with the fault.
func (m mutant) text() ([]byte, error) {
	code, err := os.ReadFile(m.file)
	if err != nil {
		return nil, err
	}
	return slices.Concat(code[:m.start], []byte(m.is), code[m.end:]), nil
}

// draw gives a mutant of each line that has any, in an order that the seed decides.
func draw(ctx context.Context, seed uint64, patterns []string) ([]mutant, error) {
	list := append([]string{"list", "-f", `{{if or .TestGoFiles .XTestGoFiles}}{{range .GoFiles}}{{$.ImportPath}} {{$.Dir}}/{{.}}{{"\n"}}{{end}}{{end}}`}, patterns...)
	out, err := exec.CommandContext(ctx, "go", list...).Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	var drawn []mutant
	for line := range strings.Lines(string(out)) {
		pkg, file, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.Contains(pkg, "/internal/") {
			continue
		}
		lines, err := mutantsOf(pkg, file, root)
		if err != nil {
			return nil, err
		}
		for _, n := range slices.Sorted(maps.Keys(lines)) {
			drawn = append(drawn, lines[n][random.IntN(len(lines[n]))])
		}
	}
	random.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	return drawn, nil
}

// mutantsOf gives all mutants of a file by their lines.
func mutantsOf(pkg, file, root string) (map[int][]mutant, error) {
	code, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, code, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	short, err := filepath.Rel(root, file)
	if err != nil {
		return nil, err
	}
	lines := map[int][]mutant{}
	add := func(from, to token.Pos, is string) {
		start, end := set.Position(from), set.Position(to)
		was := string(bytes.TrimSpace(code[start.Offset:end.Offset]))
		if start.Line == end.Line { // a fault of one line
			lines[start.Line] = append(lines[start.Line], mutant{pkg, file, filepath.ToSlash(short), start.Line, start.Offset, end.Offset, was, is})
		}
	}
	source := func(n ast.Node) string {
		return string(code[set.Position(n.Pos()).Offset:set.Position(n.End()).Offset])
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.IfStmt:
			add(n.Cond.Pos(), n.Cond.End(), "!("+source(n.Cond)+")")
		case *ast.BinaryExpr:
			if shifted, ok := shift()[n.Op]; ok {
				add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), shifted.String())
			}
		case *ast.ExprStmt, *ast.IncDecStmt:
			add(n.Pos(), n.End(), "")
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				add(n.Pos(), n.End(), "")
			}
		case *ast.BasicLit:
			if number, err := strconv.Atoi(n.Value); err == nil && n.Kind == token.INT {
				add(n.Pos(), n.End(), strconv.Itoa(number+1))
			}
		case *ast.Ident:
			if other := map[string]string{"true": "false", "false": "true"}[n.Name]; other != "" {
				add(n.Pos(), n.End(), other)
			}
		}
		return true
	})
	for _, of := range lines {
		slices.SortFunc(of, func(a, b mutant) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	}
	return lines, nil
}

// shift moves a bound by one, and makes the other of two joined conditions enough.
func shift() map[token.Token]token.Token {
	return map[token.Token]token.Token{
		token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
		token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
	}
}
