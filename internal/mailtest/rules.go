package mailtest

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"bantin/mailer"
	"bantin/source/document/dom"
)

// MaxHTMLBytes is where Gmail cuts a mail, less a margin.
const MaxHTMLBytes = 100_000

// Rules holds a mail to what the Email Markup Consortium's yearly report counts faults by,
// to its weight, and to having the same links in both parts: who reads the plain one
// misses no page.
func Rules(t *testing.T, name string, mail mailer.Rendered) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(mail.HTML))
	if err != nil {
		t.Fatal(err)
	}
	for rule, broken := range markupRules() {
		if where := broken(doc); where != "" {
			t.Errorf("%s: %s: %q", name, rule, where)
		}
	}
	if len(mail.HTML) > MaxHTMLBytes {
		t.Errorf("%s has %d bytes", name, len(mail.HTML))
	}
	sameLinks(t, name, doc, mail.Text)
}

// markupRules are functions that give what breaks a rule, "" for nothing.
func markupRules() map[string]func(doc *html.Node) string {
	all := frameRules()
	maps.Copy(all, contentRules())
	return all
}

// frameRules are those of the document round its words.
func frameRules() map[string]func(doc *html.Node) string {
	return map[string]func(doc *html.Node) string{
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
			if list := elements(doc, "title"); len(list) != 1 || strings.TrimSpace(dom.TextOf(list[0])) == "" {
				return "none"
			}
			return ""
		},
		"there is one main landmark around all words": func(doc *html.Node) string {
			n := 0
			for _, d := range elements(doc, "div") {
				if dom.Attribute(d, "role") == "main" {
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
				if c := dom.Attribute(m, "content"); strings.Contains(c, "user-scalable") || strings.Contains(c, "maximum-scale") {
					return c
				}
			}
			return ""
		},
		"tables of layout are presentation": func(doc *html.Node) string {
			for _, table := range elements(doc, "table") {
				if dom.Attribute(table, "role") != "presentation" {
					return dom.TextOf(table)
				}
			}
			return ""
		},
	}
}

// contentRules are those of what is read.
func contentRules() map[string]func(doc *html.Node) string {
	return map[string]func(doc *html.Node) string{
		"pictures have words": func(doc *html.Node) string {
			for _, img := range elements(doc, "img") {
				alt := dom.Attribute(img, "alt")
				if len(strings.Fields(alt)) < 2 || regexp.MustCompile(`(?i)\.(jpe?g|png|gif|webp)$|^(image|ảnh|hình)$`).MatchString(alt) {
					return dom.Attribute(img, "src") + ": " + alt
				}
			}
			return ""
		},
		"links say where they lead": func(doc *html.Node) string {
			for _, a := range elements(doc, "a") {
				words := strings.TrimSpace(dom.TextOf(a))
				for _, img := range elements(a, "img") {
					words += dom.Attribute(img, "alt")
				}
				if dom.Attribute(a, "href") == "" || words == "" || slices.Contains([]string{"bấm vào đây", "tại đây", "click here", "here", "read more"}, strings.ToLower(words)) {
					return dom.Attribute(a, "href") + ": " + words
				}
			}
			return ""
		},
		"headings go down by one": func(doc *html.Node) string {
			last := 0
			for _, h := range elements(doc, "h1", "h2", "h3", "h4") {
				rank := int(h.Data[1] - '0')
				if rank > last+1 || last == 0 && rank != 1 || strings.TrimSpace(dom.TextOf(h)) == "" {
					return dom.TextOf(h)
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
}

// sameLinks reports pages that one part links to and the other does not. An address of
// mail in a text need be no link.
func sameLinks(t *testing.T, name string, doc *html.Node, text string) {
	t.Helper()
	inHTML, inText := map[string]bool{}, map[string]bool{}
	for _, a := range elements(doc, "a") {
		inHTML[strings.TrimPrefix(dom.Attribute(a, "href"), "mailto:")] = true
	}
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, "(),.") // a link in a sentence stands behind its words
		if u, err := url.Parse(word); err == nil && u.IsAbs() && u.Host != "" || inHTML[word] {
			inText[word] = true
		}
	}
	if !maps.Equal(inHTML, inText) {
		t.Errorf("%s: HTML %v\ntext %v", name, slices.Sorted(maps.Keys(inHTML)), slices.Sorted(maps.Keys(inText)))
	}
}
