package mailer

import (
	"html/template"
	"strings"

	"github.com/yuin/goldmark/ast"

	"bantin"
)

// maxSignature is how many paragraphs a signature has.
const maxSignature = 8

// takeSignature finds the paragraphs at the end of a letter that are its signature, gives
// each of their lines one of its own, and returns how many they are.
func takeSignature(tree ast.Node, source []byte) int {
	var last []*ast.Paragraph // from the end
	count, tail := 0, ""
	for n := tree.LastChild(); n != nil && len(last) < maxSignature; n = n.PreviousSibling() {
		p, ok := n.(*ast.Paragraph)
		if !ok || p.Lines().Len() == 0 { // a heading of before has none
			break
		}
		last = append(last, p)
		tail = strings.TrimSpace(string(p.Lines().Value(source))) + "\n\n" + tail
		if bantin.Prose(tail) == "" {
			count = len(last)
		}
	}
	for _, p := range last[:count] {
		breakLines(p)
	}
	return count
}

// breakLines keeps the lines of a paragraph apart as its writer wrote them.
func breakLines(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if line, ok := n.(*ast.Text); ok && line.SoftLineBreak() {
			line.SetSoftLineBreak(false)
			line.SetHardLineBreak(true)
		}
		breakLines(n)
	}
}

// alignSignature sets the last paragraphs of styled HTML to the right.
func alignSignature(page template.HTML, paragraphs int) template.HTML {
	const from, to = `<p style="`, `<p style="text-align:right;`
	out, rest := "", string(page)
	for range paragraphs {
		i := strings.LastIndex(rest, from)
		if i < 0 {
			break
		}
		rest, out = rest[:i], to+rest[i+len(from):]+out
	}
	return template.HTML(rest + out)
}
