package document

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/charset"
)

// figureParts is what readers see of a <figure>.
type figureParts struct {
	images  []*html.Node
	caption string
	text    bool // there is text beside the caption, or a film
}

func (f *figureParts) gather(n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case isDropped(c):
		case isEmbedded(c):
			f.text = f.text || embeddedAddress(c) != ""
		case c.DataAtom == atom.Img:
			f.images = append(f.images, c)
		case c.DataAtom == atom.Figcaption:
			f.caption = charset.OneLine(visibleText(c))
		case c.Type == html.TextNode:
			f.text = f.text || strings.TrimSpace(c.Data) != ""
		default:
			f.gather(c)
		}
	}
}

// figure writes <figure>; its caption is that of its last picture. A short text beside
// a picture without a caption is its caption; any other text stays text.
func (w *writer) figure(n *html.Node) {
	var f figureParts
	f.gather(n)
	all := charset.OneLine(visibleText(n))
	switch {
	case !f.text && len(f.images) == 0:
		w.addImage(nil, f.caption)
	case !f.text:
		w.images(f.images, f.caption)
	case len(f.images) > 0 && f.caption == "" && all != "" && utf8.RuneCountInString(all) <= maxCaption:
		w.images(f.images, all)
	default:
		w.around(n, f.caption)
	}
}

// around writes a figure that has text in it. The caption is its last picture's.
func (w *writer) around(n *html.Node, caption string) {
	begin := len(w.blocks)
	for c := range n.ChildNodes() {
		if c.DataAtom != atom.Figcaption {
			w.gather([]*html.Node{c})
		}
	}
	w.flush()
	for i := len(w.blocks) - 1; i >= begin; i-- {
		if w.lacksCaption(i, caption) {
			w.blocks[i].image.Caption = caption
			return
		}
	}
	w.add("p", span{html: escape(caption), text: caption})
}

// pictures lists the pictures below n that readers see.
func pictures(n *html.Node) (images []*html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case isDropped(c), isEmbedded(c):
		case c.DataAtom == atom.Img:
			images = append(images, c)
		default:
			images = append(images, pictures(c)...)
		}
	}
	return images
}

// isBeacon tells the picture of a pixel that counts readers.
func isBeacon(img *html.Node) bool {
	tiny := func(size string) bool { return size == "0" || size == "1" || size == "0px" || size == "1px" }
	return tiny(Attribute(img, "width")) && tiny(Attribute(img, "height"))
}
