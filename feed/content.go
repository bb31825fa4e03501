package feed

import (
	"fmt"
	"net/url"
	"strings"
	"sync"

	"bantin"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Content is the whole bulletin as HTML: lead, body, and a figure at its end
// for each image that the body does not show. Paths of ours stay paths; a page
// of the site can take it as it is.
func Content(b *bantin.Bulletin) string {
	var w strings.Builder
	if b.Lead != "" {
		fmt.Fprintf(&w, "<p><strong>%s</strong></p>\n", html.EscapeString(b.Lead))
	}
	Body(&w, b)
	return w.String()
}

// Body writes what Content says after the lead.
func Body(w *strings.Builder, b *bantin.Bulletin) {
	if b.HTML != "" {
		w.WriteString(b.HTML)
	} else {
		writeParagraphs(w, b.Text)
	}
	shown := sync.OnceValue(func() string { return plain(b.HTML) })
	for i := range b.Images {
		if img := &b.Images[i]; !shows(b.HTML, shown, img) {
			writeFigure(w, img)
		}
	}
}

func writeParagraphs(w *strings.Builder, text string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			fmt.Fprintf(w, "<p>%s</p>\n", strings.ReplaceAll(html.EscapeString(p), "\n", "<br>\n"))
		}
	}
}

// shows reports whether the body already has the image, or where only the
// caption is left, the caption.
func shows(body string, text func() string, img *bantin.Image) bool {
	if img.Src != "" {
		return strings.Contains(body, html.EscapeString(img.Src))
	}
	return img.Caption == "" || strings.Contains(text(), strings.Join(strings.Fields(img.Caption), " "))
}

func writeFigure(w *strings.Builder, img *bantin.Image) {
	w.WriteString("<figure>")
	if img.Src != "" {
		fmt.Fprintf(w, `<img src="%s" alt="%s"`, html.EscapeString(img.Src), html.EscapeString(img.Alt))
		if img.Width > 0 && img.Height > 0 {
			fmt.Fprintf(w, ` width="%d" height="%d"`, img.Width, img.Height)
		}
		w.WriteString(">")
	}
	if img.Caption != "" {
		fmt.Fprintf(w, "<figcaption>%s</figcaption>", html.EscapeString(img.Caption))
	}
	w.WriteString("</figure>\n")
}

// plain is the text of HTML with its spaces made single.
func plain(body string) string {
	var words []string
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(strings.Join(words, "")), " ")
		case html.TextToken:
			words = append(words, string(z.Text()))
		}
	}
}

// absolute makes every address of the HTML absolute (readers show it far from
// our pages, and ignore xml:base) and the HTML well-formed.
func absolute(body, base string, site *bantin.Site) string {
	div := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(body), div)
	if err != nil { // only where the reader fails, which a string never does
		return escaped(plain(body))
	}
	var w strings.Builder
	for _, n := range nodes {
		div.AppendChild(n)
	}
	for n := range div.Descendants() {
		resolveAttrs(n, base, site)
	}
	for n := range div.ChildNodes() {
		if err := html.Render(&w, n); err != nil {
			return escaped(plain(body))
		}
	}
	return strings.TrimSpace(w.String())
}

// resolveAttrs drops an address that cannot be resolved, and srcset, whose
// choice of sizes no reader needs.
func resolveAttrs(n *html.Node, base string, site *bantin.Site) {
	if n.Type != html.ElementNode {
		return
	}
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		switch a.Key {
		case "srcset", "sizes", "ping":
			continue
		case "href", "src", "poster", "cite":
			if a.Val = resolve(a.Val, base, site); a.Val == "" {
				continue
			}
		}
		kept = append(kept, a)
	}
	n.Attr = kept
}

func resolve(ref, base string, site *bantin.Site) string {
	u, err := url.Parse(strings.TrimSpace(ref))
	switch {
	case err != nil:
		return ""
	case u.Scheme == "mailto" || u.Scheme == "tel":
		return encoded(u.String())
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/"):
		return address(site.Link(u.String())) // a path of ours, also where the site is not at the root of its host
	}
	from, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return address(from.ResolveReference(u).String())
}
