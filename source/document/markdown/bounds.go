package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	mdtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// CommonMark lets a few bytes cost much: each row of a table has all of its columns, a
// link that does not end is looked for to the end of its paragraph, each line is compared
// with all quotations and lists that are open. What exceeds the limits is plain text.

// The limits of Markdown.
const (
	maxTableCells = 100_000
	maxLinkSearch = 64 << 20 // bytes that are searched in vain for the ends of links
	maxContainers = 32
	maxAddress    = 2048    // bytes; what bulletins keep
	maxPage       = 8 << 20 // bytes of HTML, of which a bulletin keeps a quarter
)

// boundedParser is the parser of CommonMark with tables, within limits: the parsers of
// goldmark in their order, some of them wrapped.
func boundedParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(shallow{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(links{parser.NewLinkParser()}, 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(
			append(parser.DefaultParagraphTransformers(), util.Prioritized(tables{extension.NewTableParagraphTransformer()}, 200))...),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
}

// shallow opens quotations and lists down to a depth.
type shallow struct{ parser.BlockParser }

func (p shallow) Open(parent ast.Node, block mdtext.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		depth++
	}
	if depth > maxContainers {
		return nil, parser.NoChildren
	}
	return p.BlockParser.Open(parent, block, pc)
}

// tables makes tables of paragraphs, unless they would have far too many cells.
type tables struct{ parser.ParagraphTransformer }

func (p tables) Transform(node *ast.Paragraph, block mdtext.Reader, pc parser.Context) {
	lines, columns := node.Lines(), 0
	for i := range lines.Len() {
		line := lines.At(i)
		columns = max(columns, 1+bytes.Count(line.Value(block.Source()), []byte("|")))
	}
	if columns*lines.Len() <= maxTableCells {
		p.ParagraphTransformer.Transform(node, block, pc)
	}
}

// links parses links, until too much was searched for the ends of those that have none.
type links struct{ parser.InlineParser }

var searched = parser.NewContextKey()

func (p links) Parse(parent ast.Node, block mdtext.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if len(line) < 2 || line[0] != ']' || line[1] != '(' && line[1] != '[' {
		return shortened(p.InlineParser.Parse(parent, block, pc))
	}
	spent, _ := pc.Get(searched).(int)
	if spent > maxLinkSearch {
		return nil
	}
	n := p.InlineParser.Parse(parent, block, pc)
	if n == nil {
		pc.Set(searched, spent+max(0, len(block.Source())-segment.Start))
	}
	return shortened(n)
}

// shortened takes from a link an address that no bulletin keeps: a reference may be used
// some thousand times.
func shortened(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.Link:
		return withoutLong(n, &n.Destination, &n.Title)
	case *ast.Image:
		return withoutLong(n, &n.Destination, &n.Title)
	}
	return n
}

func withoutLong(n ast.Node, texts ...*[]byte) ast.Node {
	for _, text := range texts {
		if len(*text) > maxAddress {
			*text = nil
		}
	}
	return n
}

// limitedPage takes a page up to a length, and refuses more.
type limitedPage struct{ bytes.Buffer }

func (p *limitedPage) Write(text []byte) (int, error) {
	if p.Len()+len(text) > maxPage {
		return 0, ErrTooLong
	}
	return p.Buffer.Write(text)
}

func (p links) CloseBlock(parent ast.Node, block mdtext.Reader, pc parser.Context) {
	if c, ok := p.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}
