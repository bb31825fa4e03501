package document

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Who hides links in a page also writes the style beside them:
//
//	<style>.tai{position:absolute;left:-9999px}</style><div class="tai">…
//
// Of a style sheet only that is read: which class or id is not to be seen. What
// holds for some screens alone (@media) says nothing.

var simple = regexp.MustCompile(`^[a-zA-Z0-9]*([.#][\w-]+)$`)

// unseen adds the classes and ids that a style sheet hides, as ".class" and "#id".
func unseen(sheet string, all map[string]bool) {
	sheet = comment.ReplaceAllString(sheet, "")
	for {
		selectors, rest, ok := strings.Cut(sheet, "{")
		if !ok {
			return
		}
		if strings.HasPrefix(strings.TrimSpace(selectors), "@") {
			sheet = rest[blockEnd(rest):]
			continue
		}
		body, after, _ := strings.Cut(rest, "}")
		sheet = after
		if s := declarations(body); !s.invisible() && !s.elsewhere() {
			continue
		}
		for selector := range strings.SplitSeq(selectors, ",") {
			if m := simple.FindStringSubmatch(strings.TrimSpace(selector)); m != nil {
				all[m[1]] = true
			}
		}
	}
}

// blockEnd is where a block ends that may have blocks in it.
func blockEnd(sheet string) int {
	open := 1
	for i := range len(sheet) {
		switch sheet[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i + 1
			}
		}
	}
	return len(sheet)
}

// styled reports whether a page may have a style sheet: most have none, and are
// not walked through.
func styled(page string) bool {
	for rest := page; ; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			return false
		}
		if len(after) >= len("style") && strings.EqualFold(after[:len("style")], "style") {
			return true
		}
		rest = after
	}
}

// conceal marks as hidden what style sheets among the nodes hide and what has
// links in it: menus and the like, which scripts show, have none in a story.
func conceal(nodes []*html.Node) {
	hide := map[string]bool{}
	for _, top := range nodes {
		for n := range top.Descendants() {
			if n.DataAtom == atom.Style {
				unseen(TextOf(n), hide)
			}
		}
		if top.DataAtom == atom.Style {
			unseen(TextOf(top), hide)
		}
	}
	if len(hide) == 0 {
		return
	}
	for _, top := range nodes {
		markUnseen(top, hide)
		for n := range top.Descendants() {
			markUnseen(n, hide)
		}
	}
}

func markUnseen(n *html.Node, hide map[string]bool) {
	if n.Type != html.ElementNode {
		return
	}
	found := hide["#"+Attribute(n, "id")]
	for class := range strings.FieldsSeq(Attribute(n, "class")) {
		found = found || hide["."+class]
	}
	if found && hasLink(n) {
		n.Attr = append(n.Attr, html.Attribute{Key: "hidden"})
	}
}
