package docx

import (
	"encoding/xml"
	"html"
	"regexp"
	"strings"
)

// field is a w:fldChar that is open: an instruction, and behind its separator the result
// that Word shows.
type field struct {
	instruction strings.Builder
	result      bool // the separator was met
	link        bool // its result stands in a link
}

// mark takes a w:fldChar.
func (p *paragraph) mark(e xml.StartElement) {
	last := len(p.fields) - 1
	switch attribute(e, "fldCharType") {
	case "begin":
		p.fields = append(p.fields, field{})
	case "separate":
		if last >= 0 {
			p.fields[last].result = true
			p.fields[last].link = p.openLink(linkOf(p.fields[last].instruction.String()))
		}
	case "end":
		if last >= 0 {
			f := &p.fields[last]
			p.closeLink(f.link)
			if text := equationOf(f.instruction.String()); text != "" && !f.result {
				p.write(html.EscapeString(text), text, &run{})
			}
			p.fields = p.fields[:last]
		}
	}
}

// instruct takes a piece of the instruction of the innermost field.
func (p *paragraph) instruct(text string) {
	if last := len(p.fields) - 1; last >= 0 && !p.fields[last].result {
		p.fields[last].instruction.WriteString(text)
	}
}

// simpleField reads w:fldSimple, whose instruction is an attribute.
func (p *paragraph) simpleField(e xml.StartElement) error {
	link := p.openLink(linkOf(attribute(e, "instr")))
	err := p.w.each(e, p.child)
	p.closeLink(link)
	return err
}

func (p *paragraph) openLink(address string) bool {
	if address == "" {
		return false
	}
	p.emphasise(emphasis{})
	p.html.WriteString(`<a href="` + html.EscapeString(address) + `">`)
	p.links++
	return true
}

func (p *paragraph) closeLink(open bool) {
	if open {
		p.emphasise(emphasis{})
		p.html.WriteString("</a>")
		p.links--
	}
}

// fraction is one of a field EQ, as Word wrote formulas before it had an editor for them.
var fraction = regexp.MustCompile(`(?i)^\s*EQ\s+\\f\s*\(([^()]{1,100})[;,]([^()]{1,100})\)`)

// equationOf is the fraction that an instruction shows; "": it shows none.
func equationOf(instruction string) string {
	m := fraction.FindStringSubmatch(instruction)
	if m == nil {
		return ""
	}
	return bracketed(m[1]) + "/" + bracketed(m[2])
}

// linkOf is the address in the instruction of a HYPERLINK field, with the place on the
// page that its switch \l names; "" for one that leads nowhere outside.
func linkOf(instruction string) string {
	words := fieldWords(instruction)
	if len(words) == 0 || !strings.EqualFold(words[0], "HYPERLINK") {
		return ""
	}
	address, place := "", ""
	for i := 1; i < len(words); i++ {
		switch word := words[i]; {
		case strings.EqualFold(word, `\l`) && i+1 < len(words):
			i++
			place = words[i]
		case (strings.EqualFold(word, `\o`) || strings.EqualFold(word, `\t`)) && i+1 < len(words):
			i++
		case !strings.HasPrefix(word, `\`) && address == "":
			address = word
		}
	}
	if address != "" && place != "" && !strings.Contains(address, "#") {
		address += "#" + place
	}
	return address
}

// fieldWords cuts an instruction at blanks outside of quotes.
func fieldWords(text string) (words []string) {
	for {
		text = strings.TrimLeft(text, " \t\r\n\u00a0")
		if text == "" {
			return words
		}
		end := strings.IndexAny(text, " \t\r\n\u00a0")
		if quoted, ok := strings.CutPrefix(text, `"`); ok {
			word, rest, _ := strings.Cut(quoted, `"`)
			words, text = append(words, word), rest
			continue
		}
		if end < 0 {
			end = len(text)
		}
		words, text = append(words, text[:end]), text[end:]
	}
}
