package mailer

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"bantin"
	"bantin/templates"
)

// greetingMarkdown is CommonMark with bare addresses as links. Raw HTML is left out.
var greetingMarkdown = sync.OnceValue(func() goldmark.Markdown { return goldmark.New(goldmark.WithExtensions(extension.Linkify)) })

// greetingPolicy lets through what a letter has: paragraphs, lists, emphasis and links
// to the web and to addresses of mail. Pictures would be asked for from elsewhere.
var greetingPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
})

// NewGreeting makes the greeting that readers of a language get; nil where there is none.
// Its HTML has no styles: see Styled.
func NewGreeting(c *bantin.Composition, l bantin.Language) *Greeting {
	if c == nil {
		return nil
	}
	markdown, in := c.GreetingIn(l)
	if strings.TrimSpace(markdown) == "" {
		return nil
	}
	source := []byte(markdown)
	tree := greetingMarkdown().Parser().Parse(text.NewReader(source))
	flattenHeadings(tree)
	signed := takeSignature(tree, source)
	var page bytes.Buffer
	if err := greetingMarkdown().Renderer().Render(&page, source, tree); err != nil {
		page.Reset() // it writes into memory, and does not fail
	}
	g := &Greeting{
		HTML: template.HTML(strings.TrimSpace(greetingPolicy().Sanitize(page.String()))),
		Text: strings.TrimSpace(plainBlocks(tree, source, "", "")),

		signature: signed,
	}
	if in != l {
		g.Language = string(in)
	}
	return g
}

// LinkedFile is the link to the file that the office gave an edition; nil where there is
// none. It leads to the file once the edition is sent.
func LinkedFile(site *bantin.Site, edition string, c *bantin.Composition) *File {
	if c == nil || c.File == nil {
		return nil
	}
	return &File{Title: c.File.Name, URL: site.Link("/editions/" + edition + "/file"), Size: templates.FileSize(c.File.Size)}
}

// FeedGreeting is the letter of the office at the head of an edition, with the link to its
// file, for a feed in a language.
func FeedGreeting(site *bantin.Site, edition string, c *bantin.Composition, l bantin.Language) (page, text string) {
	if g := NewGreeting(c, l); g != nil {
		page, text = string(g.HTML), g.Text
		if g.Language != "" {
			page = `<div lang="` + g.Language + `">` + page + "</div>"
		}
	}
	if f := LinkedFile(site, edition, c); f != nil {
		page += `<p><a href="` + html.EscapeString(f.URL) + `">` + html.EscapeString(f.Title) + "</a></p>"
		text = strings.TrimSpace(text + "\n\n" + f.Title + " (" + f.URL + ")")
	}
	return page, text
}

// flattenHeadings makes headings strong paragraphs: the mail and the page have an order
// of headings of their own.
func flattenHeadings(tree ast.Node) {
	for n := tree.FirstChild(); n != nil; {
		next := n.NextSibling()
		if h, ok := n.(*ast.Heading); ok {
			p, strong := ast.NewParagraph(), ast.NewEmphasis(2)
			for c := h.FirstChild(); c != nil; c = h.FirstChild() {
				strong.AppendChild(strong, c)
			}
			p.AppendChild(p, strong)
			tree.ReplaceChild(tree, h, p)
		}
		n = next
	}
}

// Styled is the greeting as mail programs need it, each element with its style and the
// signature on the right.
func (g *Greeting) Styled() *Greeting {
	if g == nil {
		return nil
	}
	styled := *g
	styled.HTML = template.HTML(strings.NewReplacer(
		"<p>", `<p style="margin:0 0 14px;">`,
		"<ul>", `<ul style="margin:0 0 14px;padding:0 0 0 22px;">`,
		"<ol>", `<ol style="margin:0 0 14px;padding:0 0 0 22px;">`,
		"<ol start", `<ol style="margin:0 0 14px;padding:0 0 0 22px;" start`,
		"<blockquote>", `<blockquote style="margin:0 0 14px;padding:0 0 0 14px;border-left:3px solid #C5ACDA;">`,
		"<a href", `<a class="accent" style="color:#5C2D82;text-decoration:underline;overflow-wrap:anywhere;" href`,
	).Replace(string(g.HTML)))
	styled.HTML = alignSignature(styled.HTML, g.signature)
	return &styled
}

// greetingWidth is how wide its plain text is, as that of the rest of a mail.
const greetingWidth = 72

// plainBlocks writes blocks as plain text, an empty line between them; first stands
// before the first line of all, and indent before the others.
func plainBlocks(parent ast.Node, source []byte, first, indent string) string {
	var blocks []string
	number := 1
	between := "\n\n"
	list, isList := parent.(*ast.List)
	if isList && list.Start > 0 {
		number = list.Start
	}
	if isList && list.IsTight {
		between = "\n"
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		before := first
		if len(blocks) > 0 {
			before = indent
		}
		switch n := n.(type) {
		case *ast.HTMLBlock:
			continue
		case *ast.List:
			blocks = append(blocks, plainBlocks(n, source, before, indent))
		case *ast.ListItem:
			mark := "- "
			if list.IsOrdered() {
				mark = fmt.Sprintf("%d. ", number)
				number++
			}
			blocks = append(blocks, plainBlocks(n, source, before+mark, indent+strings.Repeat(" ", len(mark))))
		case *ast.Blockquote:
			blocks = append(blocks, plainBlocks(n, source, before+"> ", indent+"> "))
		case *ast.ThematicBreak:
			blocks = append(blocks, before+"* * *")
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			blocks = append(blocks, templates.Wrap(greetingWidth, before, indent, strings.TrimSpace(string(n.Lines().Value(source)))))
		default:
			if text := plainInline(n, source); text != "" {
				blocks = append(blocks, wrapLines(before, indent, text))
			}
		}
	}
	return strings.Join(blocks, between)
}

// wrapLines wraps each line, where the writer broke one.
func wrapLines(first, indent, text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, templates.Wrap(greetingWidth, first, indent, line))
		first = indent
	}
	return strings.Join(lines, "\n")
}

// isFollowed reports whether a link leads where the policy lets it.
func isFollowed(to string) bool {
	u, err := url.Parse(to)
	return err == nil && slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme))
}

// plainInline is the text of a block; behind a link stands where it leads.
func plainInline(parent ast.Node, source []byte) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.Write(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(n.Segment.Value(source)))))
			if n.HardLineBreak() {
				b.WriteByte('\n')
			} else if n.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(source))
		case *ast.RawHTML:
		case *ast.Link:
			said, to := plainInline(n, source), string(n.Destination)
			b.WriteString(said)
			if isFollowed(to) && strings.TrimPrefix(to, "mailto:") != said {
				b.WriteString(" (" + strings.TrimPrefix(to, "mailto:") + ")")
			}
		default:
			b.WriteString(plainInline(n, source))
		}
	}
	return b.String()
}
