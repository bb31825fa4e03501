package docx

import (
	"encoding/xml"
	"html"
	"strings"
	"unicode"
)

// run is the formatting of a run of text.
type run struct {
	own    letters
	style  letters // that of its style
	raised string  // "sup", "sub", or "" on the line
}

// emphasis is what is open in the HTML of a paragraph.
type emphasis struct{ bold, italic, struck bool }

func (p *paragraph) run(e xml.StartElement) error {
	var r run
	return p.w.each(e, func(c xml.StartElement) error { return p.runChild(c, &r) })
}

// looks gives how the letters of a run look.
func (p *paragraph) looks(r *run) letters {
	l := r.own.over(r.style)
	if p.block.Kind != "" { // a heading is bold as a heading
		plain := p.style.run
		plain.bold, plain.italic = nil, nil
		return l.over(plain)
	}
	return l.over(p.style.run)
}

func isSet(flag *bool) bool { return flag != nil && *flag }

func (p *paragraph) runChild(e xml.StartElement, r *run) error {
	switch e.Name.Local {
	case "rPr":
		return p.w.each(e, func(c xml.StartElement) error {
			switch c.Name.Local {
			case "rStyle":
				r.style = p.w.doc.look(attribute(c, "val")).run
			case "vertAlign":
				r.raised = map[string]string{"superscript": "sup", "subscript": "sub"}[attribute(c, "val")]
			default:
				r.own.set(c)
			}
			return p.w.x.Skip()
		})
	case "t":
		return p.runText(e, r)
	case "tab", "br", "cr", "ptab":
		page := "<br>"
		if strings.HasSuffix(e.Name.Local, "tab") {
			page = "\t"
		}
		p.write(page, " ", r)
	case "footnoteReference":
		p.callNote("footnotes", attribute(e, "id"), r)
	case "endnoteReference":
		p.callNote("endnotes", attribute(e, "id"), r)
	case "noBreakHyphen":
		p.write("-", "-", r)
	case "sym":
		text := symbol(attribute(e, "font"), attribute(e, "char"))
		if text == "" {
			p.w.miss(MissingSymbol)
		}
		p.write(html.EscapeString(text), text, r)
	case "fldChar":
		p.mark(e)
	case "instrText":
		text, err := p.characters(e)
		p.instruct(text)
		return err
	case "object":
		return p.object(e, r)
	case "drawing", "pict", "AlternateContent":
		return p.w.each(e, func(c xml.StartElement) error { return p.drawing(c, r) })
	}
	return p.w.x.Skip()
}

// characters reads an element that has text in it.
func (p *paragraph) characters(e xml.StartElement) (string, error) {
	var text struct {
		Words string `xml:",chardata"`
	}
	err := p.w.x.DecodeElement(&text, &e)
	return text.Words, err
}

func (p *paragraph) runText(e xml.StartElement, r *run) error {
	words, err := p.characters(e)
	if err != nil {
		return err
	}
	look := p.looks(r)
	if isSymbolFont(look.font) || strings.ContainsFunc(words, isPrivate) {
		words = symbols(look.font, words)
	}
	if isSet(look.caps) {
		words = strings.ToUpper(words)
	}
	page := html.EscapeString(words)
	if r.raised != "" {
		page = "<" + r.raised + ">" + page + "</" + r.raised + ">"
	}
	p.write(page, words, r)
	return nil
}

// write writes a piece of a run, in HTML and as text. What is struck through is no part of
// the text.
func (p *paragraph) write(page, text string, r *run) {
	look := p.looks(r)
	seen := strings.TrimFunc(text, unicode.IsSpace) != ""
	if isSet(look.hidden) {
		p.w.out.Hidden = p.w.out.Hidden || seen
		return
	}
	if seen {
		p.emphasise(emphasis{isSet(look.bold), isSet(look.italic), isSet(look.struck)})
		p.block.Bold = p.block.Bold && isSet(look.bold)
	}
	p.html.WriteString(page)
	if !isSet(look.struck) {
		p.text.WriteString(text)
	}
}

// emphasise closes and opens tags where bold, italic or a stroke has changed.
func (p *paragraph) emphasise(want emphasis) {
	if want == p.open {
		return
	}
	for _, end := range []struct {
		open bool
		tag  string
	}{{p.open.struck, "</s>"}, {p.open.italic, "</em>"}, {p.open.bold, "</strong>"}, {want.bold, "<strong>"}, {want.italic, "<em>"}, {want.struck, "<s>"}} {
		if end.open {
			p.html.WriteString(end.tag)
		}
	}
	p.open = want
}
