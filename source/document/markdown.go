package document

import (
	"errors"
	"strings"

	"bantin/source/document/markdown"
)

// readMarkdown reads the Markdown of a .md file, behind its front matter.
func readMarkdown(d *Draft, body string) error {
	d.foreign = strings.ContainsRune(body, '<')
	d.entities = strings.ContainsRune(body, '&')
	page, err := markdown.HTML(body)
	if errors.Is(err, markdown.ErrTooLong) {
		d.holdLong()
	} else if err != nil {
		return &Problem{Err: err, Words: words("không đọc được Markdown", "cannot read the Markdown")}
	}
	d.blocks, err = d.parse(page)
	return err
}
