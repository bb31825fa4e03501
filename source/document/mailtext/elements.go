package mailtext

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"bantin/source/document/dom"
)

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
	if n.DataAtom == atom.Blockquote && strings.EqualFold(dom.Attribute(n, "type"), "cite") {
		return mailAnswered
	}
	switch strings.TrimPrefix(strings.TrimPrefix(dom.Attribute(n, "id"), "x_"), "ms-outlook-mobile-") {
	case "Signature", "signature", "AppleMailSignature":
		return mailSignature
	case "divRplyFwdMsg":
		return mailHead
	}
	for class := range strings.FieldsSeq(dom.Attribute(n, "class")) {
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

// CutElements hides signatures and heads, and what a mail answers. What it forwards
// stays.
func CutElements(n *html.Node, answers bool) {
	hide := func(n *html.Node) { n.Attr = append(n.Attr, html.Attribute{Key: "hidden"}) }
	if n.Type == html.ElementNode {
		switch mailElementOf(n) {
		case mailSignature:
			hide(n)
			return
		case mailHead:
			if hide(n); answers && dom.Attribute(n, "id") != "" {
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
		CutElements(c, answers)
	}
}

// isForwarded reports whether a quoted mail was forwarded, as its first line says.
func isForwarded(n *html.Node) bool {
	text := strings.TrimSpace(dom.TextOf(n))
	for line := range strings.SplitSeq(text[:min(len(text), 300)], "\n") {
		if forwardMark.MatchString(strings.ToValidUTF8(strings.TrimSpace(line), "")) {
			return true
		}
	}
	folded := strings.ToLower(text[:min(len(text), 300)])
	return strings.Contains(folded, "forwarded message") || strings.Contains(folded, "chuyển tiếp")
}
