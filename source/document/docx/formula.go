package docx

import (
	"cmp"
	"encoding/xml"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// formula writes a m:oMath on one line: a fraction with a stroke, a root with its sign.
func (p *paragraph) formula(e xml.StartElement) error {
	text, err := p.mathInside(e)
	if err != nil {
		return err
	}
	r := &run{}
	if before := p.text.String(); startsDigit(text) && endsDigit(before) {
		text = " " + text // 2 ½ is not 21/2
	}
	p.write(html.EscapeString(text), text, r)
	return nil
}

func startsDigit(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsDigit(r)
}

func endsDigit(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsDigit(r)
}

// mathInside is the text of all children of an element.
func (p *paragraph) mathInside(e xml.StartElement) (string, error) {
	var out strings.Builder
	err := p.w.each(e, func(c xml.StartElement) error {
		text, err := p.math(c)
		if c.Name.Local == "f" && endsDigit(out.String()) && startsDigit(text) {
			out.WriteByte(' ')
		}
		out.WriteString(text)
		return err
	})
	return out.String(), err
}

// math is the text of one element of a formula (ECMA-376 22.1).
func (p *paragraph) math(e xml.StartElement) (string, error) {
	switch name := e.Name.Local; name {
	case "t":
		return p.characters(e)
	case "f", "sSup", "sSub", "sSubSup", "rad", "d", "nary":
		parts, char, err := p.mathParts(e)
		return joinMath(name, parts, char), err
	case "rPr", "fPr", "sSupPr", "sSubPr", "sSubSupPr", "radPr", "dPr", "naryPr", "ctrlPr", "del", "instrText":
		return "", p.w.x.Skip()
	}
	return p.mathInside(e)
}

// mathParts reads the parts of an element by their names, and the sign that its
// properties name.
func (p *paragraph) mathParts(e xml.StartElement) (parts map[string]string, char string, err error) {
	parts = map[string]string{}
	err = p.w.each(e, func(c xml.StartElement) error {
		name := c.Name.Local
		if strings.HasSuffix(name, "Pr") {
			return p.w.each(c, func(property xml.StartElement) error {
				if property.Name.Local == "chr" {
					char = attribute(property, "val")
				}
				return p.w.x.Skip()
			})
		}
		text, err := p.mathInside(c)
		if parts[name] != "" {
			text = parts[name] + ", " + text
		}
		parts[name] = text
		return err
	})
	return parts, char, err
}

func joinMath(name string, parts map[string]string, char string) string {
	switch name {
	case "f":
		return bracketed(parts["num"]) + "/" + bracketed(parts["den"])
	case "rad":
		return rootSign(parts["deg"]) + bracketed(parts["e"])
	case "d":
		return "(" + parts["e"] + ")"
	case "nary":
		char = cmp.Or(char, "∫")
		return char + limit("_", parts["sub"]) + limit("^", parts["sup"]) + " " + parts["e"]
	}
	return parts["e"] + limit("_", parts["sub"]) + power(parts["sup"])
}

func rootSign(degree string) string {
	switch degree {
	case "", "2":
		return "√"
	case "3":
		return "∛"
	case "4":
		return "∜"
	}
	return degree + "√"
}

func limit(mark, text string) string {
	if text == "" {
		return ""
	}
	return mark + bracketed(text)
}

// power writes small numbers in the characters for that.
func power(text string) string {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return limit("^", text)
	}
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	return strings.Map(func(r rune) rune { return digits[r-'0'] }, text)
}

// bracketed puts brackets around what is more than a number or a word.
func bracketed(text string) string {
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".,%²³", r)
	}) {
		return "(" + text + ")"
	}
	return text
}
