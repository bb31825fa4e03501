package main

import (
	"image"
	"image/color"

	"golang.org/x/image/vector"
)

// The colours: violet ink, its tints, and two muted tones. None is pure white
// or black, so that mail programs that darken a message leave them alone.
const (
	violet ink = 0x5C2D82
	mauve  ink = 0x9069AE
	lilac  ink = 0xC5ACDA
	wash   ink = 0xEFE7F5
	cream  ink = 0xFAF7F1
	sage   ink = 0x8FA69A
	mist   ink = 0xCBD7CE
	sand   ink = 0xDDBF94
)

func inks() []ink { return []ink{violet, mauve, lilac, wash, cream, sage, mist, sand} }

// ink is a colour as 0xRRGGBB.
type ink uint32

func (i ink) rgba() color.RGBA {
	return color.RGBA{R: uint8(i >> 16), G: uint8(i >> 8), B: uint8(i), A: 0xff}
}

// canvas is what is painted on.
type canvas struct {
	pixels *image.RGBA
}

func newCanvas() *canvas {
	return &canvas{pixels: image.NewRGBA(image.Rect(0, 0, width, height))}
}

// fill paints the inside of each outline, later ones over earlier ones.
func (c *canvas) fill(i ink, outlines ...outline) {
	for _, o := range outlines {
		box := o.bounds().Intersect(c.pixels.Bounds())
		if box.Empty() {
			continue
		}
		o = o.moved(-float32(box.Min.X), -float32(box.Min.Y))
		r := vector.NewRasterizer(box.Dx(), box.Dy()) // no larger than need be: its time grows with its area
		r.MoveTo(o[0].x, o[0].y)
		for _, p := range o[1:] {
			r.LineTo(p.x, p.y)
		}
		r.ClosePath()
		r.Draw(c.pixels, box, image.NewUniform(i.rgba()), image.Point{})
	}
}

// paletted gives the picture in at most 256 colours: the inks and, for soft
// edges, steps between each two of them.
func (c *canvas) paletted() *image.Paletted {
	shades := palette()
	img := image.NewPaletted(c.pixels.Bounds(), shades)
	nearest := map[color.RGBA]uint8{}
	for y := range height {
		for x := range width {
			shade := c.pixels.RGBAAt(x, y)
			index, known := nearest[shade]
			if !known {
				index = uint8(shades.Index(shade))
				nearest[shade] = index
			}
			img.SetColorIndex(x, y, index)
		}
	}
	return img
}

// palette has 8 inks and 28 pairs of them in 8 steps: 232 colours.
func palette() color.Palette {
	const steps = 8
	var shades color.Palette
	all := inks()
	for i, a := range all {
		shades = append(shades, a.rgba())
		for _, b := range all[i+1:] {
			for step := 1; step <= steps; step++ {
				shades = append(shades, mix(a, b, step, steps+1))
			}
		}
	}
	return shades
}

// mix gives the colour that has part of whole of b and the rest of a.
func mix(a, b ink, part, whole int) color.RGBA {
	from, to := a.rgba(), b.rgba()
	between := func(x, y uint8) uint8 { return uint8((int(x)*(whole-part) + int(y)*part) / whole) }
	return color.RGBA{R: between(from.R, to.R), G: between(from.G, to.G), B: between(from.B, to.B), A: 0xff}
}
