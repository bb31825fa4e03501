package mailer

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestMailsKeepMarkupRules holds the rules that the Email Markup Consortium's yearly
// report counts faults by, each for every mail in both languages.
func TestMailsKeepMarkupRules(t *testing.T) {
	rules := map[string]func(doc *html.Node) string{
		"html has lang and dir": func(doc *html.Node) string {
			return lacking(elements(doc, "html"), "lang", "dir")
		},
		"the body's children have lang and dir": func(doc *html.Node) string {
			var list []*html.Node
			for c := range elements(doc, "body")[0].ChildNodes() {
				if c.Type == html.ElementNode {
					list = append(list, c)
				}
			}
			return lacking(list, "lang", "dir")
		},
		"there is a title": func(doc *html.Node) string {
			if list := elements(doc, "title"); len(list) != 1 || strings.TrimSpace(textOf(list[0])) == "" {
				return "none"
			}
			return ""
		},
		"there is one main landmark around all words": func(doc *html.Node) string {
			n := 0
			for _, d := range elements(doc, "div") {
				if value(d, "role") == "main" {
					n++
				}
			}
			if n != 1 {
				return "not one"
			}
			return ""
		},
		"readers may zoom": func(doc *html.Node) string {
			for _, m := range elements(doc, "meta") {
				if c := value(m, "content"); strings.Contains(c, "user-scalable") || strings.Contains(c, "maximum-scale") {
					return c
				}
			}
			return ""
		},
		"tables of layout are presentation": func(doc *html.Node) string {
			for _, table := range elements(doc, "table") {
				if value(table, "role") != "presentation" {
					return textOf(table)
				}
			}
			return ""
		},
		"pictures have words": func(doc *html.Node) string {
			for _, img := range elements(doc, "img") {
				alt := value(img, "alt")
				if len(strings.Fields(alt)) < 2 || regexp.MustCompile(`(?i)\.(jpe?g|png|gif|webp)$|^(image|ảnh|hình)$`).MatchString(alt) {
					return value(img, "src") + ": " + alt
				}
			}
			return ""
		},
		"links say where they lead": func(doc *html.Node) string {
			for _, a := range elements(doc, "a") {
				words := strings.TrimSpace(textOf(a))
				for _, img := range elements(a, "img") {
					words += value(img, "alt")
				}
				if value(a, "href") == "" || words == "" || slices.Contains([]string{"bấm vào đây", "tại đây", "click here", "here", "read more"}, strings.ToLower(words)) {
					return value(a, "href") + ": " + words
				}
			}
			return ""
		},
		"headings go down by one": func(doc *html.Node) string {
			last := 0
			for _, h := range elements(doc, "h1", "h2", "h3", "h4") {
				rank := int(h.Data[1] - '0')
				if rank > last+1 || last == 0 && rank != 1 || strings.TrimSpace(textOf(h)) == "" {
					return textOf(h)
				}
				last = rank
			}
			if len(elements(doc, "h1")) != 1 {
				return "there is not one h1"
			}
			return ""
		},
		"no text is justified, and none in capitals by style": func(doc *html.Node) string {
			var page strings.Builder
			_ = html.Render(&page, doc)
			return regexp.MustCompile(`text-align:\s*justify|text-transform:\s*uppercase`).FindString(page.String())
		},
		"nothing moves or runs": func(doc *html.Node) string {
			for _, n := range elements(doc, "script", "marquee", "blink", "object", "iframe", "form", "audio", "video") {
				return n.Data
			}
			return ""
		},
		"no text has a single pixel": func(doc *html.Node) string {
			var page strings.Builder
			_ = html.Render(&page, doc)
			return regexp.MustCompile(`font-size:\s*[01](px|;|")`).FindString(page.String())
		},
	}
	for name, mail := range mails(t) {
		doc, err := html.Parse(strings.NewReader(mail.HTML))
		if err != nil {
			t.Fatal(err)
		}
		for rule, broken := range rules {
			if where := broken(doc); where != "" {
				t.Errorf("%s: %s: %q", name, rule, where)
			}
		}
		if len(mail.HTML) >= maxHTMLBytes {
			t.Errorf("%s has %d bytes", name, len(mail.HTML))
		}
	}
}

// TestMailsLinkTheSameInBothParts: who reads the plain part misses no page.
func TestMailsLinkTheSameInBothParts(t *testing.T) {
	for name, mail := range mails(t) {
		doc, err := html.Parse(strings.NewReader(mail.HTML))
		if err != nil {
			t.Fatal(err)
		}
		inHTML, inText := map[string]bool{}, map[string]bool{}
		for _, a := range elements(doc, "a") {
			inHTML[strings.TrimPrefix(value(a, "href"), "mailto:")] = true
		}
		for word := range strings.FieldsSeq(mail.Text) {
			if u, err := url.Parse(word); err == nil && u.IsAbs() && u.Host != "" || strings.Contains(word, "@") {
				inText[word] = true
			}
		}
		if !maps.Equal(inHTML, inText) {
			t.Errorf("%s: HTML %v\ntext %v", name, slices.Sorted(maps.Keys(inHTML)), slices.Sorted(maps.Keys(inText)))
		}
	}
}

func elements(root *html.Node, names ...string) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(names, n.Data) {
			out = append(out, n)
		}
	}
	return out
}

func value(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// lacking names the first element without one of the attributes.
func lacking(list []*html.Node, names ...string) string {
	for _, n := range list {
		for _, name := range names {
			if value(n, name) == "" {
				return n.Data + " without " + name
			}
		}
	}
	return ""
}

func textOf(root *html.Node) string {
	var w strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			w.WriteString(n.Data)
		}
	}
	return w.String()
}
