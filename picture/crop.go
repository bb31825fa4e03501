package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"bantin"
)

// What a cropped picture weighs at most: a list with 27 small ones stays below 300 KB, on
// a dense screen too. There a larger picture of less quality looks better than a small one
// of the same weight.
const (
	MaxCropBytes  = 60_000
	MaxThumbBytes = 10_500
)

// cropQualities are tried in turn until the picture is small enough, then again with less
// and less detail, as a part of its size: grain and leaves are what weighs.
var (
	cropQualities = []int{82, 74, 66, 58, 50, 42, 34}
	cropDetails   = []float64{1, 0.6, 0.35, 0.2}
)

// Crop makes sure that the store has the cropped picture of this name (see
// [bantin.ParseCrop]) and reports whether it has. It is made from the picture of the
// store at its first use and kept. ErrNotPicture where name is no crop's name; false
// where the store does not have the picture.
func (s *Store) Crop(name string) (bool, error) {
	stem, crop, ok := bantin.ParseCrop(name)
	if !ok {
		return false, fmt.Errorf("crop picture %q: %w", name, ErrNotPicture)
	}
	file := filepath.Join(s.dir, name)
	if _, err := os.Stat(file); err == nil {
		return true, nil
	}
	original, ok := s.lookup(stem)
	if !ok {
		return false, nil
	}
	raw, err := os.ReadFile(filepath.Join(s.dir, original.Name))
	if err != nil {
		return false, fmt.Errorf("crop picture %q: %w", name, err)
	}
	data, err := s.decode(func() ([]byte, error) { return cropTo(raw, crop) })
	if err != nil {
		return false, fmt.Errorf("crop picture %q: %w", name, err)
	}
	if err := writeAtomic(file, data); err != nil {
		return false, fmt.Errorf("keep cropped picture %q: %w", name, err)
	}
	return true, nil
}

// paper is what shows through a transparent picture: the background of pages and mails.
// A transparent black drawing would be invisible in the dark.
var paper = color.RGBA{0xFA, 0xF7, 0xF1, 0xFF}

// cropTo cuts the picture to the ratio of crop and scales it down. A smaller picture is
// cut and keeps its pixels. Of an animated one this is the first image.
func cropTo(raw []byte, crop bantin.Crop) ([]byte, error) {
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("damaged or cut off: %w", err)
	}
	part := window(img.Bounds(), crop)
	size := image.Rect(0, 0, min(crop.Width, part.Dx()), min(crop.Height, part.Dy()))
	out := image.NewRGBA(size)
	draw.Draw(out, size, image.NewUniform(paper), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(out, size, img, part, draw.Over, nil)
	limit := MaxCropBytes
	if crop == bantin.CropThumb || crop == bantin.CropDense {
		limit = MaxThumbBytes
	}
	return encodeWithin(out, limit)
}

// encodeWithin writes a picture in at most limit bytes, or what is least.
func encodeWithin(img *image.RGBA, limit int) ([]byte, error) {
	var w bytes.Buffer
	qualities := cropQualities
	for _, detail := range cropDetails {
		soft := soften(img, detail)
		for _, quality := range qualities {
			w.Reset()
			if err := jpeg.Encode(&w, soft, &jpeg.Options{Quality: quality}); err != nil {
				return nil, fmt.Errorf("scale: %w", err)
			}
			if w.Len() <= limit {
				return w.Bytes(), nil
			}
		}
		qualities = cropQualities[len(cropQualities)-2:]
	}
	return w.Bytes(), nil
}

// soften keeps the size of a picture and of its detail what a smaller one has.
func soften(img *image.RGBA, detail float64) *image.RGBA {
	if detail == 1 {
		return img
	}
	full := img.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(full.Dx())*detail)), max(1, int(float64(full.Dy())*detail))))
	draw.CatmullRom.Scale(small, small.Bounds(), img, full, draw.Src, nil)
	out := image.NewRGBA(full)
	draw.CatmullRom.Scale(out, full, small, small.Bounds(), draw.Src, nil)
	return out
}

// window is the part of a picture that is shown: the middle of a wide one, and of a high
// one the part a third from its top, where photographs have faces.
func window(b image.Rectangle, crop bantin.Crop) image.Rectangle {
	w, h := b.Dx(), b.Dy()
	if w*crop.Height > h*crop.Width {
		width := max(1, h*crop.Width/crop.Height)
		left := b.Min.X + (w-width)/2
		return image.Rect(left, b.Min.Y, left+width, b.Max.Y)
	}
	height := max(1, w*crop.Height/crop.Width)
	top := b.Min.Y + (h-height)/3
	return image.Rect(b.Min.X, top, b.Max.X, top+height)
}
