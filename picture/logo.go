package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"path/filepath"

	"golang.org/x/image/draw"
)

// The size of a logo in pixels. It is shown at half of that, sharp on a telephone.
const (
	MaxLogoHeight = 96
	MaxLogoWidth  = 560
)

// PutLogo reads a picture, scales it down to a logo and stores it as PNG. What is
// transparent in it gets the colour of pages and mails, and of an animation the first
// image is taken. The same picture gives the same name; errors are those of Put.
func (s *Store) PutLogo(r io.Reader) (Picture, error) {
	raw, err := readLogo(r)
	if err != nil {
		return Picture{}, err
	}
	var size image.Rectangle
	data, err := s.decode(func() ([]byte, error) {
		var data []byte
		var err error
		data, size, err = logo(raw)
		return data, err
	})
	if err != nil {
		return Picture{}, fmt.Errorf("read logo: %w", err)
	}
	p := Picture{contentName(data) + ".png", "image/png", size.Dx(), size.Dy(), int64(len(data))}
	if known, ok := s.lookup(contentName(data)); ok && known == p {
		return p, nil
	}
	if err := writeAtomic(filepath.Join(s.dir, p.Name), data); err != nil {
		return Picture{}, fmt.Errorf("keep logo: %w", err)
	}
	return p, nil
}

// CheckLogo says what is wrong with a logo, and stores nothing.
func CheckLogo(r io.Reader) error {
	raw, err := readLogo(r)
	if err != nil {
		return err
	}
	if _, _, err := logo(raw); err != nil {
		return fmt.Errorf("read logo: %w", err)
	}
	return nil
}

// readLogo reads a file whose header is that of a picture within the limits.
func readLogo(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(raw) > MaxBytes {
		err = ErrTooLarge
	}
	if err == nil {
		_, _, err = header(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("read logo: %w", err)
	}
	return raw, nil
}

// logo is the picture upright, no larger than a logo, on the paper.
func logo(raw []byte) ([]byte, image.Rectangle, error) {
	img, format, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, image.Rectangle{}, fmt.Errorf("damaged or cut off: %w", err)
	}
	way := 1
	if format == "jpeg" {
		way = orientation(raw)
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	maxWidth, maxHeight := MaxLogoWidth, MaxLogoHeight
	if swapsSides(way) {
		maxWidth, maxHeight = maxHeight, maxWidth
	}
	if h > maxHeight {
		w, h = max(1, w*maxHeight/h), maxHeight
	}
	if w > maxWidth {
		w, h = maxWidth, max(1, h*maxWidth/w)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), img, img.Bounds(), draw.Over, nil)
	upright := turn(small, way)
	var out bytes.Buffer
	if err := png.Encode(&out, upright); err != nil {
		return nil, image.Rectangle{}, fmt.Errorf("scale: %w", err)
	}
	return out.Bytes(), upright.Bounds(), nil
}
