package document

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"bantin"
)

// block is one paragraph, heading, list, table, quotation or picture.
type block struct {
	tag        string // p, h2 to h4, ul, ol, blockquote, table, figure
	attributes string // of the tag, with a blank before each
	html       string // what stands inside the tag, written by us
	text       string // the same in plain text
	rich       bool   // it has links or struck words, which plain text does not show
	image      bantin.Image
	centred    bool // a picture that stands in the middle
}

func (b *block) isHeading() bool { return len(b.tag) == 2 && b.tag[0] == 'h' }

// paragraph is a block of plain text.
func paragraph(text string) block {
	return block{tag: "p", html: escape(text), text: text}
}

// caption is a figure without its picture.
func caption(text string) block {
	return block{tag: "figure", image: bantin.Image{Caption: text}}
}

// render writes the blocks as HTML and as plain text, and lists their images.
// Captions stand with the images and not in the text.
func render(blocks []block) (page, text string, images []bantin.Image) {
	var h, t strings.Builder
	htmlSize, textSize := 0, 0
	for i := range blocks {
		htmlSize, textSize = htmlSize+blocks[i].size(), textSize+len(blocks[i].text)+len("\n\n")
	}
	h.Grow(htmlSize)
	t.Grow(textSize)
	for i := range blocks {
		b := &blocks[i]
		if b.tag == "figure" {
			images = append(images, b.image)
		} else if b.text != "" {
			if t.Len() > 0 {
				t.WriteString("\n\n")
			}
			t.WriteString(b.text)
		}
		b.write(&h)
	}
	return h.String(), t.String(), images
}

func (b *block) write(h *strings.Builder) {
	inner := b.html
	if b.tag == "figure" {
		if inner = figure(b.image); inner == "" {
			return // of a picture that could not be fetched nothing is left to show
		}
	}
	for _, s := range [...]string{"<", b.tag, b.attributes, ">", inner, "</", b.tag, ">\n"} {
		h.WriteString(s)
	}
}

// figure writes the inside of a figure.
func figure(image bantin.Image) string {
	var h strings.Builder
	if image.Src != "" {
		attribute := func(name, value string) {
			h.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
		}
		h.WriteString("<img")
		attribute("src", image.Src)
		attribute("alt", image.Alt)
		if image.Width > 0 && image.Height > 0 {
			attribute("width", strconv.Itoa(image.Width))
			attribute("height", strconv.Itoa(image.Height))
		}
		h.WriteString(">")
	}
	if image.Caption != "" {
		h.WriteString("<figcaption>" + escape(image.Caption) + "</figcaption>")
	}
	return h.String()
}

// escape escapes text for HTML. Text without special characters is not copied.
func escape(text string) string {
	if !strings.ContainsAny(text, "&<>") {
		return text
	}
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
