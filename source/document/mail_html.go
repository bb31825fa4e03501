package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/document/mailtext"
)

// mailHTML adds an HTML part of a mail, without what is not its own text.
func (d *Draft) mailHTML(raw []byte, answers bool) error {
	text, err := d.decode([]byte(trimPartialRune(string(raw))))
	if err != nil {
		return err
	}
	nodes, cut, err := parsePiece(text)
	if err != nil {
		return &Problem{Err: err, Words: words("không đọc được HTML", "cannot read the HTML")}
	}
	if cut {
		d.holdLong()
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	mailtext.CutElements(root, answers)
	liftNoscript(text, nodes)
	d.blocks = append(d.blocks, ownBlocks(d.write(nodes), answers)...)
	return nil
}

// ownBlocks leaves of paragraphs what is the mail's own text.
func ownBlocks(blocks []block, answers bool) (own []block) {
	var lines []string
	var of []int // the block of each line
	for i := range blocks {
		text := blocks[i].text
		if blocks[i].tag == "figure" || blocks[i].tag == "table" {
			text = "\x00" // as it is
		}
		for line := range strings.SplitSeq(text, "\n") {
			lines, of = append(lines, line), append(of, i)
		}
	}
	found := mailtext.Own(lines, answers)
	for i := 0; i < len(lines); {
		b := blocks[of[i]]
		var kept []string
		begin := i
		for ; i < len(lines) && of[i] == of[begin]; i++ {
			if !found.Cut[i] {
				kept = append(kept, lines[i])
			}
		}
		switch {
		case len(kept) == 0:
		case len(kept) == i-begin:
			own = append(own, b)
		case strings.TrimSpace(strings.Join(kept, "")) != "":
			b.tag, b.attributes, b.rich = "p", "", false
			b.text = strings.TrimSpace(strings.Join(kept, "\n"))
			b.html = strings.ReplaceAll(escape(b.text), "\n", "<br>")
			own = append(own, b)
		}
	}
	return own
}
