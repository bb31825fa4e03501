package document

import (
	"bytes"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
)

// markdown is CommonMark with tables and bare links. HTML inside it is
// allowed here, because it is parsed and written anew as that of a page is.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Linkify),
		goldmark.WithRendererOptions(renderer.WithUnsafe()),
	)
})

// readMarkdown reads the Markdown of a .md file, behind its front matter.
func readMarkdown(d *Draft, body string) error {
	d.foreign = strings.ContainsRune(body, '<')
	d.entities = strings.ContainsRune(body, '&')
	var page bytes.Buffer
	err := markdown().Convert([]byte(body), &page)
	if err != nil {
		return &Problem{Err: err, Words: words("không đọc được Markdown", "cannot read the Markdown")}
	}
	d.blocks, err = d.parse(page.String(), hasStyleSheet(body))
	return err
}
