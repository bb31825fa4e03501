package mailtest

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Features gives what mail programs have to know in order to show the page as we mean it, by
// the names that docs/letters.md uses: "padding" is a property of CSS, "<table>" an element,
// "align=" an attribute, "@media (max-width)" a question, ".name", "a b" and the like a kind
// of selector. What Outlook alone reads, in comments, counts too.
func Features(page string) map[string]bool {
	found := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(page))
	inStyle := false
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		token := z.Token()
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			inStyle = token.Data == "style"
			tagFeatures(found, token)
		case html.TextToken:
			if inStyle {
				sheetFeatures(found, token.Data)
			}
		case html.DoctypeToken:
			found["<!DOCTYPE html>"] = true
		case html.CommentToken:
			conditionalFeatures(found, token.Data)
		}
	}
	return found
}

// word is a name of an element or attribute, and nothing that a template has there.
var word = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func tagFeatures(found map[string]bool, tag html.Token) {
	if word.MatchString(tag.Data) {
		found["<"+tag.Data+">"] = true
	}
	for _, a := range tag.Attr {
		switch {
		case !word.MatchString(a.Key):
			continue
		case a.Key == "style":
			declarationFeatures(found, a.Val)
		case a.Key == "href" && strings.HasPrefix(a.Val, "mailto:"):
			found["mailto:"] = true
		case a.Key == "name" && tag.Data == "meta":
			found["<meta "+a.Val+">"] = true
		}
		found[a.Key+"="] = true
	}
}

// conditionalFeatures are those of a comment that Outlook reads, and the comment itself.
func conditionalFeatures(found map[string]bool, comment string) {
	if !strings.HasPrefix(comment, "[if ") {
		return
	}
	found["<!--[if mso]>"] = true
	_, inside, _ := strings.Cut(comment, ">")
	for name := range Features(inside) {
		found[name] = true
	}
}

var (
	question    = regexp.MustCompile(`@media \(([a-z-]+)`)
	rule        = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
	declaration = regexp.MustCompile(`(?:^|;)\s*([a-z-]+)\s*:([^;]*)`)
)

func sheetFeatures(found map[string]bool, sheet string) {
	for _, m := range question.FindAllStringSubmatch(sheet, -1) {
		found["@media ("+m[1]+")"] = true
	}
	for _, m := range rule.FindAllStringSubmatch(sheet, -1) {
		for selector := range strings.SplitSeq(m[1], ",") {
			selectorFeatures(found, strings.TrimSpace(selector))
		}
		if strings.Contains(m[1], ",") {
			found["a, b"] = true
		}
		declarationFeatures(found, m[2])
	}
}

func selectorFeatures(found map[string]bool, selector string) {
	if strings.Contains(selector, " ") {
		found["a b"] = true
	}
	for part := range strings.FieldsSeq(selector) {
		switch part[0] {
		case '.':
			found[".name"] = true
		case '[', ':':
			found[part] = true
		default:
			found["a"] = true
		}
	}
}

func declarationFeatures(found map[string]bool, declarations string) {
	for _, m := range declaration.FindAllStringSubmatch(declarations, -1) {
		found[m[1]] = true
		if m[1] == "display" && strings.HasPrefix(strings.TrimSpace(m[2]), "none") {
			found["display:none"] = true
		}
		if strings.Contains(m[2], "!important") {
			found["!important"] = true
		}
	}
}
