package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mailHTML adds an HTML part of a mail, without what is not its own text.
func (d *Draft) mailHTML(raw []byte, answers bool) error {
	text, err := d.decode([]byte(trimPartialRune(string(raw))))
	if err != nil {
		return err
	}
	nodes, err := parsePiece(text)
	if err != nil {
		return &Problem{Err: err, Words: words("không đọc được HTML", "cannot read the HTML")}
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	cutMailElements(root, answers)
	if hasStyleSheet(text) {
		markHidden(nodes)
	}
	d.blocks = append(d.blocks, ownBlocks(d.write(nodes), answers)...)
	return nil
}

// mailElement says what an element of a mail program is.
type mailElement int

const (
	mailText      mailElement = iota
	mailSignature             // of the writer
	mailHead                  // of a forwarded mail
	mailAnswered              // a mail that this one answers, or forwards
)

// mailElementOf knows the marks that mail programs leave.
func mailElementOf(n *html.Node) mailElement {
	if n.DataAtom == atom.Blockquote && strings.EqualFold(Attribute(n, "type"), "cite") {
		return mailAnswered
	}
	switch strings.TrimPrefix(strings.TrimPrefix(Attribute(n, "id"), "x_"), "ms-outlook-mobile-") {
	case "Signature", "signature", "AppleMailSignature":
		return mailSignature
	case "divRplyFwdMsg":
		return mailHead
	}
	for class := range strings.FieldsSeq(Attribute(n, "class")) {
		switch class {
		case "gmail_signature", "gmail_signature_prefix", "moz-signature", "elementToProof-signature", "protonmail_signature_block":
			return mailSignature
		case "gmail_attr", "moz-email-headers-table", "moz-cite-prefix":
			return mailHead
		case "gmail_quote", "yahoo_quoted", "zmail_extra", "protonmail_quote":
			return mailAnswered
		}
	}
	return mailText
}

// cutMailElements hides signatures and heads, and what a mail answers. What it forwards
// stays.
func cutMailElements(n *html.Node, answers bool) {
	hide := func(n *html.Node) { n.Attr = append(n.Attr, html.Attribute{Key: "hidden"}) }
	if n.Type == html.ElementNode {
		switch mailElementOf(n) {
		case mailSignature:
			hide(n)
			return
		case mailHead:
			if hide(n); answers && Attribute(n, "id") != "" {
				for after := n.NextSibling; after != nil; after = after.NextSibling {
					hide(after)
				}
			}
			return
		case mailAnswered:
			if answers && !isForwarded(n) {
				hide(n)
				return
			}
		}
	}
	for c := range n.ChildNodes() {
		cutMailElements(c, answers)
	}
}

// isForwarded reports whether a quoted mail was forwarded, as its first line says.
func isForwarded(n *html.Node) bool {
	text := strings.TrimSpace(visibleText(n))
	for line := range strings.SplitSeq(text[:min(len(text), 300)], "\n") {
		if forwardMark.MatchString(strings.ToValidUTF8(strings.TrimSpace(line), "")) {
			return true
		}
	}
	folded := strings.ToLower(text[:min(len(text), 300)])
	return strings.Contains(folded, "forwarded message") || strings.Contains(folded, "chuyển tiếp")
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
	found := findOwnLines(lines, answers)
	for i := 0; i < len(lines); {
		b := blocks[of[i]]
		var kept []string
		begin := i
		for ; i < len(lines) && of[i] == of[begin]; i++ {
			if !found.cut[i] {
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
