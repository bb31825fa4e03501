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

// fit gives the bytes to keep: raw where it is narrow enough or a GIF, else
// scaled to MaxWidth. It decodes all of it either way, because a header may be
// whole where the rest is cut off. p gets the type and size of the result.
func fit(raw []byte, p *Picture) ([]byte, error) {
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	if p.Width <= MaxWidth || p.Type == "image/gif" {
		return raw, nil
	}
	p.Height = max(1, p.Height*MaxWidth/p.Width)
	p.Width = MaxWidth
	small := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	draw.CatmullRom.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if p.Type == "image/png" || !small.Opaque() {
		p.Type = "image/png"
		err = png.Encode(&out, small)
	} else {
		p.Type = "image/jpeg"
		err = jpeg.Encode(&out, small, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return nil, fmt.Errorf("scale: %w", err)
	}
	return out.Bytes(), nil
}
