package document

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// policy lists the elements and attributes that a bulletin may have. All HTML was
// written anew before (writer.go), so that nothing should be left to remove. The
// policy is a second defence: a fault there would be a script in a thousand inboxes.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote",
		"table", "thead", "tbody", "tr", "th", "td", "strong", "em", "figure", "figcaption")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true) // for our own pictures
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(?:https?://|mailto:)`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^(?:https?://|/images/[0-9a-z.]+$)`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("width", "height").Matching(bluemonday.Integer).OnElements("img")
	return p
})

func sanitise(page string) string { return policy().Sanitize(page) }
