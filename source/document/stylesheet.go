package document

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Pages that hide links often have a style sheet for it:
//
//	<style>.tai{position:absolute;left:-9999px}</style><div class="tai">…
//
// Of a style sheet only the hidden classes and ids are read. Rules for some screens
// only (@media) are ignored.

var simpleSelector = regexp.MustCompile(`^[a-zA-Z0-9]*([.#][\w-]+)$`)

// addHiddenSelectors adds the classes and ids that a style sheet hides, as ".class" and "#id".
func addHiddenSelectors(sheet string, all map[string]bool) {
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
		if s := declarations(body); !s.isInvisible() && !s.isOffPage() {
			continue
		}
		for selector := range strings.SplitSeq(selectors, ",") {
			if m := simpleSelector.FindStringSubmatch(strings.TrimSpace(selector)); m != nil {
				all[m[1]] = true
			}
		}
	}
}

// blockEnd is the end of a block that may contain blocks.
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

// hasStyleSheet reports whether a page may have a style sheet. Most have none and
// need no walk.
func hasStyleSheet(page string) bool {
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

// markHidden marks elements that style sheets among the nodes hide and that have
// links. Elements that scripts show, such as menus, have none in a story.
func markHidden(nodes []*html.Node) {
	hide := map[string]bool{}
	for _, top := range nodes {
		for n := range top.Descendants() {
			if n.DataAtom == atom.Style {
				addHiddenSelectors(TextOf(n), hide)
			}
		}
		if top.DataAtom == atom.Style {
			addHiddenSelectors(TextOf(top), hide)
		}
	}
	if len(hide) == 0 {
		return
	}
	for _, top := range nodes {
		markIfHidden(top, hide)
		for n := range top.Descendants() {
			markIfHidden(n, hide)
		}
	}
}

func markIfHidden(n *html.Node, hide map[string]bool) {
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
