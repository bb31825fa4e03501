package picture

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // its header, for image.DecodeConfig
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // reads it; there is no writer
)

// kind is a media type with its file extension.
type kind struct{ mediaType, extension string }

// kinds lists what may lie in a store.
func kinds() []kind {
	return []kind{{"image/jpeg", ".jpg"}, {"image/png", ".png"}, {"image/gif", ".gif"}, {"image/webp", ".webp"}}
}

func extension(mediaType string) string {
	for _, k := range kinds() {
		if k.mediaType == mediaType {
			return k.extension
		}
	}
	return ""
}

// jpegQuality is where people see no difference at the width we show.
const jpegQuality = 85

// fit gives the bytes to keep: raw where it is narrow enough, and upright or a
// GIF, else turned, scaled to MaxWidth and written anew. It decodes all of it
// either way, because a header may be whole where the rest is cut off. p gets
// the type and size of the result.
func fit(raw []byte, p *Picture) ([]byte, error) {
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	way := 1
	if p.Type == "image/jpeg" {
		way = orientation(raw)
	}
	if onItsSide(way) {
		p.Width, p.Height = p.Height, p.Width
	}
	if p.Width <= MaxWidth && way == 1 || p.Type == "image/gif" {
		return raw, nil
	}
	if p.Width > MaxWidth {
		p.Width, p.Height = MaxWidth, max(1, p.Height*MaxWidth/p.Width)
	}
	small := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	if onItsSide(way) {
		small = image.NewRGBA(image.Rect(0, 0, p.Height, p.Width))
	}
	draw.CatmullRom.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	return write(turn(small, way), p)
}

// write writes a picture as PNG where it was one, or shows through, else as JPEG.
func write(img *image.RGBA, p *Picture) ([]byte, error) {
	var out bytes.Buffer
	var err error
	if p.Type == "image/png" || !img.Opaque() {
		p.Type = "image/png"
		err = png.Encode(&out, img)
	} else {
		p.Type = "image/jpeg"
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return nil, fmt.Errorf("scale: %w", err)
	}
	return out.Bytes(), nil
}
