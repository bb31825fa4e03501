package document

import (
	"errors"

	"golang.org/x/text/unicode/norm"

	"bantin"
	"bantin/source/charset"
)

// decode decodes a part of the document.
func (d *Draft) decode(raw []byte) (string, error) {
	text, err := d.decoder.Decode(raw)
	return text, decodeProblem(err)
}

// decodeFile decodes a whole file; a page may say itself what its encoding is.
func (d *Draft) decodeFile(raw []byte) (string, error) {
	switch extensionOf(d.name) {
	case ".html", ".htm":
		text, err := d.decoder.DecodePage(raw)
		return text, decodeProblem(err)
	}
	return d.decode(raw)
}

// decodeProblem says in both languages why a file has no text.
func decodeProblem(err error) error {
	switch {
	case errors.Is(err, charset.ErrBinary):
		return problem("tệp nhị phân, không phải văn bản", "the file is binary, not text")
	case errors.Is(err, charset.ErrEmpty):
		return problem("tệp rỗng", "the file is empty")
	}
	return err
}

// repair corrects the fields that were not decoded with the text, and holds the
// bulletin for a person where the encoding is unsure.
func (d *Draft) repair(b *bantin.Bulletin) {
	own := []*string{&b.Title, &b.Author}
	if d.entities {
		own = append(own, &b.Lead, &b.HTML, &b.Text)
	}
	for i := range b.Images {
		own = append(own, &b.Images[i].Caption)
	}
	for _, s := range own {
		*s = d.decoder.Repair(*s)
	}
	b.Encoding = d.decoder.Encoding
	if d.decoder.Unsure {
		b.Held = bantin.NewNote("không chắc chữ viết theo bảng mã nào; cần người xem lại",
			"the encoding of the text is uncertain; somebody must check it")
	}
}

// normalise brings the fields to NFC that were not decoded with the text, or may
// have come from entities in it.
func (d *Draft) normalise(b *bantin.Bulletin) {
	beside := []*string{&b.Title, &b.Author}
	if d.entities {
		beside = append(beside, &b.Lead, &b.HTML, &b.Text)
	}
	for _, s := range beside {
		*s = norm.NFC.String(*s)
		if !d.decoder.Unsure {
			*s = charset.Tidy(*s)
		}
	}
}
