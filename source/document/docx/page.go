package docx

import (
	"html"
	"strconv"
	"strings"
)

// HTML writes the blocks as a piece of a page.
func (d *Document) HTML() string { return d.page(d.Blocks) }

func (d *Document) page(blocks []Block) string {
	var page strings.Builder
	lists := openLists{page: &page}
	for i := 0; i < len(blocks); i++ {
		b := &blocks[i]
		if b.Kind == "li" {
			lists.item(b)
			continue
		}
		if b.isEmpty() {
			continue // no paragraph, and no end of a list
		}
		lists.end(-1)
		if n := figure(blocks[i:], &page, d.isCaption); n > 0 {
			i += n - 1
			continue
		}
		page.WriteString(b.element())
	}
	lists.end(-1)
	return page.String()
}

// isEmpty reports whether nothing of a block is seen.
func (b *Block) isEmpty() bool {
	return b.Text == "" && len(b.Images) == 0 && b.Kind != "table" && !strings.Contains(b.HTML, "<s>")
}

// element writes one block that is in no list.
func (b *Block) element() string {
	tag := b.Kind
	switch tag {
	case "html":
		return b.HTML + "\n"
	case "", "title", "caption":
		tag = "p"
	}
	label := ""
	if b.Label != "" {
		label = html.EscapeString(b.Label) + " "
	}
	return "<" + tag + ">" + label + b.HTML + "</" + tag + ">\n"
}

// figure writes the picture and caption that blocks begin with, and gives the number of
// paragraphs that they are; 0 where there are none.
func figure(blocks []Block, page *strings.Builder, isCaption func(string) bool) int {
	b := &blocks[0]
	if b.Kind == "table" || len(b.Images) == 0 || b.Text != "" {
		return 0
	}
	n := 1
	for n < len(blocks) && blocks[n].isEmpty() {
		n++ // empty lines
	}
	if n >= len(blocks) || !blocks[n].isCaption(isCaption) {
		return 0
	}
	page.WriteString("<figure>" + b.HTML + "<figcaption>" + blocks[n].HTML + "</figcaption></figure>\n")
	return n + 1
}

// isCaption reports whether a paragraph after a picture is its caption: by its
// style, or because it is centred and reads like one. Captions in italics are found
// by those who read the page.
func (b *Block) isCaption(reads func(string) bool) bool {
	if b.Text == "" || len(b.Images) > 0 {
		return false
	}
	return b.Kind == "caption" || b.Kind == "" && b.Label == "" && b.Centred && !b.Bold && reads(b.Text)
}

// openLists opens and closes lists within lists.
type openLists struct {
	page *strings.Builder
	open []listItem // the last item of each, the outermost first
}

// item writes an item; its number only where it is not the one that follows.
func (l *openLists) item(b *Block) {
	item := b.item
	l.end(item.level)
	value := ""
	if n := len(l.open); n > 0 && l.open[n-1].level == item.level && !l.open[n-1].sameList(item) {
		l.end(item.level - 1)
	}
	if n := len(l.open); n > 0 && l.open[n-1].level == item.level {
		l.page.WriteString("</li>\n")
		if item.ordered && item.number != l.open[n-1].number+1 {
			value = ` value="` + strconv.Itoa(item.number) + `"`
		}
		l.open[n-1] = item
	} else {
		l.page.WriteString("<" + item.tag() + item.attributes() + ">\n")
		l.open = append(l.open, item)
	}
	l.page.WriteString("<li" + value + ">" + b.HTML)
}

// end closes the lists that are deeper than a level.
func (l *openLists) end(level int) {
	for n := len(l.open); n > 0 && l.open[n-1].level > level; n = len(l.open) {
		l.page.WriteString("</li></" + l.open[n-1].tag() + ">\n")
		l.open = l.open[:n-1]
	}
}

func (i *listItem) sameList(other listItem) bool {
	return i.ordered == other.ordered && i.style == other.style
}

func (i *listItem) tag() string {
	if i.ordered {
		return "ol"
	}
	return "ul"
}

func (i *listItem) attributes() (out string) {
	if i.style != "" {
		out = ` type="` + i.style + `"`
	}
	if i.ordered && i.number != 1 {
		out += ` start="` + strconv.Itoa(i.number) + `"`
	}
	return out
}
