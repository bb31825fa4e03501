// Package yamltree reads YAML as a tree of nodes, within limits and without expanding
// anchors, and says where a text is no YAML. What the keys mean is left to the caller, who
// sees repeated keys too.
package yamltree

import (
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Fault says why a text is no YAML, and where. Lines and columns count from 1, columns in
// characters.
type Fault struct {
	Line, Column int
	Message      string // of the parser
	TooDeep      bool   // it is nested deeper than was allowed
}

// Parse gives the roots of the documents of a text, without empty ones; maxDepth limits
// how deep they are nested.
func Parse(text string, maxDepth int) (roots []*yaml.Node, fault *Fault) {
	tooDeep := false // what the parser returns does not wrap the error
	limits := loaderlimits.New(loaderlimits.DepthFunc(func(depth int, _ *yaml.DepthContext) error {
		if tooDeep = depth > maxDepth; tooDeep {
			return errors.New("nested too deep")
		}
		return nil
	}))
	loader, err := yaml.NewLoader(strings.NewReader(text), yaml.WithUniqueKeys(false), yaml.WithPlugin(limits))
	for err == nil {
		var document yaml.Node
		if err = loader.Load(&document); err == nil && !IsNull(document.Content[0]) {
			roots = append(roots, document.Content[0])
		}
	}
	if errors.Is(err, io.EOF) {
		return roots, nil
	}
	return nil, faultOf(err, tooDeep, strings.Split(text, "\n"))
}

// faultOf finds the place of an error. At the end of the text that is where what has no
// end begins, or the last line with something on it.
func faultOf(err error, tooDeep bool, lines []string) *Fault {
	f := &Fault{Line: 1, Column: 1, Message: err.Error(), TooDeep: tooDeep}
	var bad *yaml.LoadError
	if !errors.As(err, &bad) {
		return f
	}
	f.Message = bad.Message
	if bad.Mark.Line > 0 {
		f.Line, f.Column = bad.Mark.Line, bad.Mark.Column
	}
	if f.Line < len(lines) || tooDeep && f.Line == len(lines) {
		return f
	}
	if begin := bad.ContextMark; begin.Line > 0 {
		f.Line, f.Column = begin.Line, begin.Column
	}
	for f.Line > 1 && (f.Line > len(lines) || strings.TrimSpace(lines[f.Line-1]) == "") {
		f.Line--
		f.Column = 1
		if f.Line <= len(lines) {
			f.Column = max(1, utf8.RuneCountInString(lines[f.Line-1]))
		}
	}
	return f
}

// Pairs yields the keys of a mapping with their values, as they are written.
func Pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content) && yield(n.Content[i], n.Content[i+1]); i += 2 {
		}
	}
}

// IsNull reports whether a node is a key without a value, or null.
func IsNull(n *yaml.Node) bool { return n.ShortTag() == "!!null" }

// IsPlain reports whether a node is one value, without an anchor, alias or tag of its own.
func IsPlain(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && !HasMarks(n) }

// HasMarks reports whether a node is an alias, or has an anchor or a tag.
func HasMarks(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0
}
