package document

import (
	"unicode/utf8"

	"bantin"
	"bantin/source/charset"
)

// What a document makes is bounded, and not only what it is: one link around twenty
// thousand paragraphs is 80 KB of HTML and 2 GB of what is written of it
// (docs/decisions/0021). What exceeds is left out, and the bulletin is held.

// The limits of a bulletin. The longest seen had a tenth of each.
const (
	maxHTML    = 2 << 20 // bytes of its HTML, and of its plain text: some 600 printed pages
	maxTitle   = 400     // characters
	maxLead    = 5000    // characters; a longer first paragraph stays in the text
	maxLine    = 1000    // characters of an author or a caption
	maxAddress = 2048    // bytes; browsers and mail programs cut longer ones
	maxList    = 200     // places, clusters, and documents that it cites or attaches
	maxNesting = 16      // lists, tables and quotations within each other
)

// budget counts what is written of a document. Writers stop where it is spent.
type budget struct {
	left  int // bytes
	spent bool
}

// take takes n bytes, and reports whether they were left.
func (b *budget) take(n int) bool {
	if b == nil {
		return true
	}
	b.left -= n
	b.spent = b.spent || b.left < 0
	return !b.spent
}

func (b *budget) isSpent() bool { return b != nil && b.spent }

// holdLong holds a bulletin of which only the beginning was kept.
func (d *Draft) holdLong() {
	d.Hold("bài quá dài nên chỉ giữ phần đầu (nhiều nhất 2 MB chữ và 400.000 thẻ HTML); nên đăng bài tóm tắt và đính kèm cả tệp",
		"it is too long, so only its beginning was kept (at most 2 MB of text and 400,000 HTML tags); publish a summary and attach the whole file")
}

// bound cuts what exceeds the limits of a bulletin.
func (d *Draft) bound() {
	if d.budget.isSpent() || d.cutBlocks() {
		d.holdLong()
	}
	if title := bantin.Shorten(d.Title, maxTitle); title != d.Title {
		d.Warn("tiêu đề quá dài nên đã cắt bớt", "its title is too long and was shortened")
		d.Title = title
	}
	d.Author = bantin.Shorten(charset.OneLine(d.Author), maxLine)
	if d.Event != nil {
		d.Event.Place, d.Event.Host = bantin.Shorten(d.Event.Place, maxLine), bantin.Shorten(d.Event.Host, maxLine)
	}
	for i := range d.blocks {
		image := &d.blocks[i].image
		image.Caption, image.Alt = bantin.Shorten(image.Caption, maxLine), bantin.Shorten(image.Alt, maxLine)
	}
	if len(d.Attachments) > maxList {
		d.Warn("có quá nhiều tệp đính kèm, chỉ giữ 200 tệp đầu", "it has too many attachments; the first 200 were kept")
		d.Attachments = d.Attachments[:maxList]
	}
	d.Places, d.Clusters = d.Places[:min(len(d.Places), maxList)], d.Clusters[:min(len(d.Clusters), maxList)]
}

// cutBlocks drops the blocks beyond the limit, and reports whether there were any. A
// block of text that goes over it keeps its beginning.
func (d *Draft) cutBlocks() bool {
	page, text := 0, len(d.Lead)
	for i := range d.blocks {
		b := &d.blocks[i]
		page, text = page+b.size(), text+len(b.text)
		if page <= maxHTML && text <= maxHTML {
			continue
		}
		d.blocks = d.blocks[:i]
		if over := max(page, text) - maxHTML; b.tag == "p" && !b.rich && over < len(b.text) {
			d.blocks = append(d.blocks, paragraph(beginning(b.text, len(b.text)-over)))
		}
		return true
	}
	return false
}

// size is how long the HTML of a block is, about.
func (b *block) size() int {
	const tags = len("<p></p>\n")
	return tags + len(b.html) + len(b.image.Src) + len(b.image.Caption) + len(b.image.Alt)
}

// beginning is what a text begins with, n bytes at most.
func beginning(text string, n int) string {
	for n = min(n, len(text)); n > 0 && n < len(text) && !utf8.RuneStart(text[n]); n-- {
	}
	return text[:max(n, 0)]
}
