package document

import (
	"bytes"
	"errors"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	mdrenderer "github.com/yuin/goldmark/renderer"
	renderer "github.com/yuin/goldmark/renderer/html"
	mdtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown is CommonMark with tables, bare links and ~~struck words~~. HTML inside it is
// allowed here, because it is parsed and written anew as that of a page is.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(boundedParser()),
		goldmark.WithExtensions(extension.Linkify),
		goldmark.WithRendererOptions(renderer.WithUnsafe(), mdrenderer.WithNodeRenderers(
			util.Prioritized(extension.NewTableHTMLRenderer(), 500), util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500))),
		goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(twoTildes{extension.NewStrikethroughParser()}, 500))),
	)
})

// twoTildes strikes through what stands between two signs each. One means "about", or "up
// to": 5~10 em.
type twoTildes struct{ parser.InlineParser }

func (p twoTildes) Parse(parent ast.Node, block mdtext.Reader, pc parser.Context) ast.Node {
	if line, _ := block.PeekLine(); !bytes.HasPrefix(line, []byte("~~")) {
		return nil
	}
	return p.InlineParser.Parse(parent, block, pc)
}

// readMarkdown reads the Markdown of a .md file, behind its front matter.
func readMarkdown(d *Draft, body string) error {
	d.foreign = strings.ContainsRune(body, '<')
	d.entities = strings.ContainsRune(body, '&')
	var page limitedPage
	err := markdown().Convert([]byte(body), &page)
	if errors.Is(err, errFull) {
		d.holdLong()
	} else if err != nil {
		return &Problem{Err: err, Words: words("không đọc được Markdown", "cannot read the Markdown")}
	}
	d.blocks, err = d.parse(page.String())
	return err
}
