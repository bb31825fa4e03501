package markdown

import (
	"bytes"
	"strings"

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
	maxLinkSearch = 64 << 20 // bytes that are searched in vain for the ends of links, and lines for their labels
	maxContainers = 32

	maxBrackets   = 256     // open at once
	maxDelimiters = 1000    // of emphasis in a block
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
			util.Prioritized(delimiters{parser.NewEmphasisParser()}, 500),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(references{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(tables{extension.NewTableParagraphTransformer()}, 200)),
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

// references takes the addresses of links off the beginning of a paragraph, some lines at
// a time: what goldmark needs for one of n lines grows with n². One address of more than
// referenceLines lines is none.
type references struct{ parser.ParagraphTransformer }

const referenceLines = 64

func (p references) Transform(node *ast.Paragraph, block mdtext.Reader, pc parser.Context) {
	parent, behind := node.Parent(), node.NextSibling()
	lines := node.Lines().Sliced(0, node.Lines().Len())
	for {
		n := linesTogether(lines, block.Source())
		some := mdtext.NewSegments()
		some.AppendAll(lines[:n])
		node.SetLines(some)
		p.ParagraphTransformer.Transform(node, block, pc)
		if lines = lines[n:]; len(lines) == 0 || node.Parent() != nil {
			break
		}
		parent.InsertBefore(parent, behind, node) // all of it were addresses: there may be more
	}
	node.Lines().AppendAll(lines)
}

// linesTogether is how many lines are looked at together: those of some addresses, if
// possible up to the beginning of another one.
func linesTogether(lines []mdtext.Segment, source []byte) int {
	most := min(2*referenceLines, len(lines))
	for n := referenceLines; n < most; n++ {
		if line := lines[n].Value(source); bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("[")) {
			return n
		}
	}
	return most
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

// spent is what was used up of the limits.
type spent struct {
	searched   int // of the document
	brackets   int // that are open in the block
	delimiters int // of the block
}

var spentKey = parser.NewContextKey()

func spentOf(pc parser.Context) *spent {
	s, ok := pc.Get(spentKey).(*spent)
	if !ok {
		s = &spent{}
		pc.Set(spentKey, s)
	}
	return s
}

// links parses links, until too much was searched for the ends of those that have none.
type links struct{ parser.InlineParser }

func (p links) Parse(parent ast.Node, block mdtext.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	s := spentOf(pc)
	if line[0] != ']' {
		if s.brackets >= maxBrackets {
			return nil
		}
		n := p.InlineParser.Parse(parent, block, pc)
		if n != nil {
			s.brackets++
		}
		return n
	}
	if s.brackets = max(0, s.brackets-1); s.searched > maxLinkSearch {
		return nil
	}
	at, _ := block.Position()
	s.searched += parent.Lines().Len() - at // goldmark looks from the last line for the one with the label
	n := p.InlineParser.Parse(parent, block, pc)
	if n == nil && len(line) > 1 && (line[1] == '(' || line[1] == '[') {
		s.searched += max(0, len(block.Source())-segment.Start)
	}
	return shortened(n)
}

// delimiters parses signs of emphasis, up to a number in each block: goldmark looks for the
// beginning of each among all before it.
type delimiters struct{ parser.InlineParser }

func (p delimiters) Parse(parent ast.Node, block mdtext.Reader, pc parser.Context) ast.Node {
	s := spentOf(pc)
	if s.delimiters++; s.delimiters <= maxDelimiters {
		return p.InlineParser.Parse(parent, block, pc)
	}
	line, segment := block.PeekLine()
	n := len(line) - len(bytes.TrimLeft(line, string(line[:1])))
	block.Advance(n)
	return ast.NewTextSegment(segment.WithStop(segment.Start + n))
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
type limitedPage struct{ strings.Builder }

func (p *limitedPage) Write(text []byte) (int, error) {
	if p.Len()+len(text) > maxPage {
		return 0, ErrTooLong
	}
	return p.Builder.Write(text)
}

func (p links) CloseBlock(parent ast.Node, block mdtext.Reader, pc parser.Context) {
	s := spentOf(pc)
	s.brackets, s.delimiters = 0, 0
	if c, ok := p.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}
