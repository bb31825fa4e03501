package document

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"

	"bantin/source/charset"
)

// AddHTML adds the paragraphs of a piece of HTML that somebody else wrote.
func (d *Draft) AddHTML(raw string) error {
	d.foreign, d.entities = true, true
	if strings.TrimSpace(raw) == "" {
		return nil
	}
	text, err := d.decode([]byte(trimPartialRune(raw)))
	if err != nil {
		return err
	}
	blocks, err := d.parse(text)
	d.blocks = append(d.blocks, blocks...)
	return err
}

// AddParts adds a text that a site keeps in parts: its lead, and what follows.
// The encoding is found once for all of it: a lead alone may be too short to tell.
// The first paragraph without a link in the lead is that of the bulletin.
func (d *Draft) AddParts(lead string, rest ...string) error {
	const between = "\n<!-- bantin -->\n"
	raw := append([]string{lead}, rest...)
	d.foreign = true
	for i := range raw {
		d.entities = d.entities || strings.Contains(raw[i], "&")
		raw[i] = strings.ReplaceAll(trimPartialRune(raw[i]), between, "\n")
	}
	text, err := d.decode([]byte(strings.Join(raw, between)))
	if err != nil {
		return err
	}
	return d.addPieces(strings.Split(text, between)...)
}

// addPieces adds decoded parts, the first of which is the lead.
func (d *Draft) addPieces(pieces ...string) error {
	for i, piece := range pieces {
		blocks, err := d.parse(piece)
		if err != nil {
			return err
		}
		for _, b := range blocks {
			if i == 0 && d.Lead == "" && b.tag == "p" && !b.rich && isLead(b.text) {
				d.Lead = charset.OneLine(b.text)
				continue
			}
			d.blocks = append(d.blocks, b)
		}
	}
	return nil
}

// parse makes paragraphs of decoded HTML.
func (d *Draft) parse(text string) ([]block, error) {
	nodes, cut, err := parsePiece(text)
	if err != nil {
		return nil, &Problem{Err: err, Words: words("không đọc được HTML", "cannot read the HTML")}
	}
	if cut {
		d.holdLong()
	}
	liftNoscript(text, nodes)
	return d.write(nodes), nil
}

// write writes parsed HTML anew.
func (d *Draft) write(nodes []*html.Node) []block {
	d.warnHiddenLinks(nodes)
	if d.budget == nil {
		d.budget = &budget{left: maxHTML}
	}
	w := writer{target: &target{image: d.image, link: d.Absolute, entities: d.entities, budget: d.budget}}
	w.flow(nodes)
	return slices.DeleteFunc(w.blocks, func(b block) bool {
		return b.tag == "figure" && b.image.Src == "" && b.image.Caption == "" && b.image.Elsewhere == ""
	})
}

// trimPartialRune drops a character that was cut at the end.
func trimPartialRune(raw string) string {
	for cut := 1; cut < utf8.UTFMax && cut < len(raw); cut++ {
		if c := raw[len(raw)-cut]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRuneInString(raw[len(raw)-cut:]) {
				return raw[:len(raw)-cut]
			}
			break
		}
	}
	return raw
}

// policy lists the elements and attributes that a bulletin may have. All HTML was
// written anew before (writer.go), so that nothing should be left to remove. The
// policy is a second defence: a fault there would be a script in a thousand inboxes.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote",
		"table", "thead", "tbody", "tr", "th", "td", "strong", "em", "s", "figure", "figcaption")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true) // for our own pictures
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(?:https?://|mailto:)`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^(?:https?://|/images/[0-9a-z.]+$)`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("start", "value").Matching(regexp.MustCompile(`^-?\d{1,6}$`)).OnElements("ol", "li")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[aAiI]$`)).OnElements("ol")
	p.AllowAttrs("reversed").Matching(regexp.MustCompile(`^$`)).OnElements("ol")
	p.AllowAttrs("width", "height").Matching(bluemonday.Integer).OnElements("img")
	return p
})

func sanitise(page string) string { return policy().Sanitize(page) }
