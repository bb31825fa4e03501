package docx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"path"
	"slices"
	"strings"

	"bantin"
	"bantin/picture"
	"bantin/source/charset"
)

// maxPictures is how many pictures of a file are looked at. One more than a bulletin
// shows, so that somebody is told.
const maxPictures = 201

// maxDrawn is how many drawings of a file have their words on the page.
const maxDrawn = 30

// drawing looks for pictures, text boxes and things of other programs in a drawing, in
// the old and the new format.
func (p *paragraph) drawing(e xml.StartElement, r *run) error {
	switch e.Name.Local {
	case "blip":
		p.image(attribute(e, "embed"), r)
	case "imagedata":
		p.image(attribute(e, "id"), r)
	case "txbxContent":
		inner := p.w.inner()
		err := inner.each(e, inner.flow)
		p.w.count, p.w.chunks = inner.count, inner.chunks
		p.boxes = append(p.boxes, inner.blocks...)
		return err
	case "chart":
		p.stand(MissingChart, "Biểu đồ", p.words(attribute(e, "id"), 1), r)
	case "relIds":
		p.stand(MissingDiagram, "Sơ đồ", p.words(attribute(e, "dm"), 200), r)
	case "Fallback":
		return p.w.x.Skip()
	}
	return p.w.each(e, func(c xml.StartElement) error { return p.drawing(c, r) })
}

// object reads something of another program. Word keeps a picture of it, which a page can
// show if it is no metafile.
func (p *paragraph) object(e xml.StartElement, r *run) error {
	before := len(p.block.Images)
	var kind string
	var visit func(xml.StartElement) error
	visit = func(c xml.StartElement) error {
		if c.Name.Local == "OLEObject" {
			kind = attribute(c, "ProgID")
		}
		if c.Name.Local == "imagedata" {
			if target := p.w.doc.rels[attribute(c, "id")].target; isMetafile(target) {
				return p.w.x.Skip()
			}
		}
		if c.Name.Local == "OLEObject" {
			return p.w.x.Skip()
		}
		if c.Name.Local == "imagedata" {
			p.image(attribute(c, "id"), r)
			return p.w.x.Skip()
		}
		return p.w.each(c, visit)
	}
	err := p.w.each(e, visit)
	if len(p.block.Images) == before {
		name := "Tệp nhúng"
		switch {
		case strings.HasPrefix(kind, "Excel."):
			name = "Bảng tính"
		case strings.HasPrefix(kind, "Equation."):
			name = "Công thức"
		}
		p.stand(MissingObject, name, nil, r)
	}
	return err
}

func isMetafile(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".emf", ".wmf", ".emz", ".wmz", ".pict", "":
		return true
	}
	return false
}

// stand writes a line in the place of what a page cannot show, with its words.
func (p *paragraph) stand(kind Missing, name string, words []string, r *run) {
	p.w.miss(kind)
	line := "[" + name + "]"
	if len(words) > 0 {
		line = "[" + name + ": " + strings.Join(words, "; ") + "]"
	}
	p.write(html.EscapeString(line), line, r)
}

// words are the first words in a part that a drawing refers to.
func (p *paragraph) words(id string, most int) (all []string) {
	target, ok := p.w.doc.rels[id]
	if p.w.out.drawn++; !ok || target.external || p.w.out.drawn > maxDrawn {
		return nil
	}
	data, err := p.w.doc.part(target.target, maxXML)
	if err != nil {
		return nil
	}
	x := xml.NewDecoder(bytes.NewReader(data))
	for len(all) < most {
		token, err := x.Token()
		if err != nil {
			return all
		}
		e, is := token.(xml.StartElement)
		if is && e.Name.Local == "t" {
			var text struct {
				Words string `xml:",chardata"`
			}
			if x.DecodeElement(&text, &e) == nil && strings.TrimSpace(text.Words) != "" {
				all = append(all, bantin.Shorten(charset.OneLine(text.Words), 200))
			}
		}
	}
	return all
}

// image puts a picture into the paragraph.
func (p *paragraph) image(id string, r *run) {
	target, ok := p.w.doc.rels[id]
	if !ok || target.external || isSet(p.looks(r).hidden) || len(p.w.out.Pictures) >= maxPictures {
		return
	}
	doc := p.w.doc
	src := fmt.Sprintf("inside:%d", len(p.w.out.Pictures)+1)
	p.w.out.Pictures = append(p.w.out.Pictures, Picture{Source: src, Name: target.target,
		Open: func() ([]byte, error) { return doc.part(target.target, picture.MaxBytes) }})
	if !slices.Contains(p.block.Images, src) {
		p.block.Images = append(p.block.Images, src)
	}
	p.emphasise(emphasis{})
	p.html.WriteString(`<img src="` + src + `">`)
}
