package main

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// The pictures in the repository are what the program draws. They are compared
// by what one sees, because rounding differs between machines.
func TestPicturesAreDrawnAnew(t *testing.T) {
	for _, s := range scenes() {
		t.Run(s.file, func(t *testing.T) {
			c := newCanvas()
			s.draw(c)
			kept := read(t, filepath.Join("..", "bulletins", "anh", s.file))
			drawn := c.paletted()
			if kept.Bounds() != drawn.Bounds() {
				t.Fatalf("%v, want %v", kept.Bounds(), drawn.Bounds())
			}
			const most = width * height / 1000
			if n := different(kept, drawn); n > most {
				t.Errorf("%d pixels differ: run go generate ./examples", n)
			}
		})
	}
}

func read(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// different counts the pixels that a person could tell apart.
func different(a, b image.Image) int {
	const visible = 0x0800 // of 0xffff
	count := 0
	for y := range height {
		for x := range width {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) > visible || apart(g1, g2) > visible || apart(b1, b2) > visible {
				count++
			}
		}
	}
	return count
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }
