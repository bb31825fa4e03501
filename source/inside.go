package source

import (
	"bytes"
	"net/url"
	"path"

	"bantin"
	"bantin/picture"
)

// insider is a picture that is inside the file which shows it.
type insider struct {
	name string // for messages
	open func() ([]byte, error)
}

// docxPicture is what a picture within a file may have, unpacked.
const docxPicture = picture.MaxBytes

// keepInside lets the text show a picture by src.
func (d *draft) keepInside(src, name string, open func() ([]byte, error)) {
	if d.inside == nil {
		d.inside = map[string]insider{}
	}
	d.inside[src] = insider{path.Base(name), open}
}

// insideImage keeps the picture that src means, where it is one inside the file.
func (d *draft) insideImage(src string) (image bantin.Image, ok bool) {
	in, ok := d.inside[src]
	if !ok {
		if plain, err := url.PathUnescape(src); err == nil {
			in, ok = d.inside[plain]
		}
	}
	if !ok || d.spec.Pictures == nil {
		return image, ok
	}
	raw, err := in.open()
	if err != nil {
		d.warnImage(in.name, err)
		return image, true
	}
	p, err := d.spec.Pictures.Put(bytes.NewReader(raw))
	if err != nil {
		d.warnImage(in.name, err)
		return image, true
	}
	return ourImage(p), true
}

func ourImage(p picture.Picture) bantin.Image {
	return bantin.Image{Src: "/images/" + p.Name, Type: p.Type, Width: p.Width, Height: p.Height, Length: p.Length}
}
