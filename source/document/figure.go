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
	text    bool // there is text beside the caption
}

func (f *figureParts) gather(n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case dropped(c):
		case c.DataAtom == atom.Img:
			f.images = append(f.images, c)
		case c.DataAtom == atom.Figcaption:
			f.caption = charset.OneLine(visible(c))
		case c.Type == html.TextNode:
			f.text = f.text || strings.TrimSpace(c.Data) != ""
		default:
			f.gather(c)
		}
	}
}

// figure writes <figure>, with one caption for the last of its pictures. A short
// text beside a picture that has no caption is that; any other text is text.
func (w *writer) figure(n *html.Node) {
	var f figureParts
	f.gather(n)
	all := charset.OneLine(visible(n))
	switch {
	case !f.text && len(f.images) == 0:
		w.addImage(nil, f.caption)
	case !f.text:
		w.images(f.images, f.caption)
	case len(f.images) > 0 && f.caption == "" && utf8.RuneCountInString(all) <= captionLength:
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
			w.pour([]*html.Node{c})
		}
	}
	w.flush()
	for i := len(w.blocks) - 1; i >= begin; i-- {
		if w.captionless(i, caption) {
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
		case dropped(c):
		case c.DataAtom == atom.Img:
			images = append(images, c)
		default:
			images = append(images, pictures(c)...)
		}
	}
	return images
}

// pictureOf is the address of a picture. Sites that load pictures late have a
// stand-in for the address, and that itself in an attribute of their own.
func pictureOf(img *html.Node) string {
	src := strings.TrimSpace(Attribute(img, "src"))
	if src != "" && !strings.HasPrefix(strings.ToLower(src), "data:") {
		return src
	}
	for _, late := range []string{"data-src", "data-original", "data-lazy-src"} {
		if address := strings.TrimSpace(Attribute(img, late)); address != "" {
			return address
		}
	}
	if first, _, _ := strings.Cut(strings.TrimSpace(Attribute(img, "srcset")), " "); first != "" {
		return strings.TrimSuffix(first, ",")
	}
	return src
}

// beacon tells the picture of a pixel that counts readers.
func beacon(img *html.Node) bool {
	tiny := func(size string) bool { return size == "0" || size == "1" || size == "0px" || size == "1px" }
	return tiny(Attribute(img, "width")) && tiny(Attribute(img, "height"))
}
