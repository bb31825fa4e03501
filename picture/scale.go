package picture

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // registers the decoder
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // registers the decoder; there is no encoder
)

// kind is a media type with its file extension.
type kind struct{ mediaType, extension string }

// kinds lists the kinds of pictures in a store.
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

// jpegQuality is the quality at which people see no difference at this width.
const jpegQuality = 85

// scaleToFit gives the bytes to store: those of a GIF and of an upright picture that is
// narrow enough without what they say beside it, else the picture rotated, scaled to MaxWidth and encoded anew. It
// decodes all of raw in either case, because a truncated file may have a good header.
// p gets the type and size of the result.
func scaleToFit(raw []byte, p *Picture) ([]byte, error) {
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	way := 1
	if p.Type == "image/jpeg" {
		way = orientation(raw)
	}
	if swapsSides(way) {
		p.Width, p.Height = p.Height, p.Width
	}
	if p.Width <= MaxWidth && way == 1 || p.Type == "image/gif" {
		return strip(raw, p.Type)
	}
	if p.Width > MaxWidth {
		p.Width, p.Height = MaxWidth, max(1, p.Height*MaxWidth/p.Width)
	}
	small := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	if swapsSides(way) {
		small = image.NewRGBA(image.Rect(0, 0, p.Height, p.Width))
	}
	draw.CatmullRom.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	return write(turn(small, way), p)
}

// write encodes a picture as PNG if it was one or has transparency, else as JPEG.
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
