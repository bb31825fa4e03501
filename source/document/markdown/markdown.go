// Package markdown makes HTML of foreign Markdown at a bounded cost: CommonMark with tables,
// bare links and ~~struck words~~, by goldmark, some of whose parsers are held within
// limits. The HTML is as foreign as the text: it must be written anew.
package markdown

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

// ErrTooLong says that a text makes more HTML than is taken.
var ErrTooLong = errors.New("the page is too long")

// HTML makes HTML of a text. With ErrTooLong it is the beginning.
func HTML(text string) (string, error) {
	var page limitedPage
	page.Grow(min(len(text)+len(text)/8+64, maxPage))
	convert := markdown
	if !mayLink(text) {
		convert = markdownUnlinked
	}
	err := convert().Convert([]byte(text), &page)
	return page.String(), err
}

// markdown is CommonMark with tables, bare links and ~~struck words~~. HTML inside it is
// allowed here, because it is parsed and written anew as that of a page is.
var markdown = sync.OnceValue(func() goldmark.Markdown { return newMarkdown(extension.Linkify) })

// markdownUnlinked is markdown for a text without bare links: they are looked for at each
// blank, which costs as much as all the rest.
var markdownUnlinked = sync.OnceValue(func() goldmark.Markdown { return newMarkdown() })

// mayLink reports whether a text has the sign of a bare link: that of a web or a mail
// address.
func mayLink(text string) bool {
	return strings.Contains(text, "://") || strings.Contains(text, "www.") || strings.Contains(text, "@")
}

func newMarkdown(extensions ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(boundedParser()),
		goldmark.WithExtensions(extensions...),
		goldmark.WithRendererOptions(renderer.WithUnsafe(), mdrenderer.WithNodeRenderers(
			util.Prioritized(extension.NewTableHTMLRenderer(), 500), util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500))),
		goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(twoTildes{delimiters{extension.NewStrikethroughParser()}}, 500))),
	)
}

// twoTildes strikes through what stands between two signs each. One means "about", or "up
// to": 5~10 em.
type twoTildes struct{ delimiters }

func (p twoTildes) Parse(parent ast.Node, block mdtext.Reader, pc parser.Context) ast.Node {
	if line, _ := block.PeekLine(); !bytes.HasPrefix(line, []byte("~~")) {
		return nil
	}
	return p.delimiters.Parse(parent, block, pc)
}
