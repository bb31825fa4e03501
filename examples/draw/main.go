// Command draw makes the pictures of the sample bulletins: five flat scenes in
// the colours of bantin's pages, 1200 by 675 pixels, as PNG with a palette, so
// that each is a few kilobytes in the repository and in the binary. They are
// drawn and not photographed because the samples report of nobody real.
//
//	go run ./draw bulletins/anh
//
// A scene is a file: mountains.go, boat.go, bookshelf.go, terraces.go,
// notebook.go. They are painted back to front with the outlines of shape.go.
package main

import (
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
)

// The size of each picture, 16:9.
const width, height = 1200, 675

// scene is one picture and the name of its file.
type scene struct {
	file string
	draw func(*canvas)
}

func scenes() []scene {
	return []scene{
		{"truong-duoi-nui.png", mountains},
		{"thuyen-sach.png", boat},
		{"ke-sach.png", bookshelf},
		{"ruong-bac-thang.png", terraces},
		{"vo-muc-tim.png", notebook},
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: draw DIR")
		os.Exit(2)
	}
	for _, s := range scenes() {
		if err := s.write(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, "draw:", err)
			os.Exit(1)
		}
	}
}

// write draws the scene into its file in dir.
func (s scene) write(dir string) error {
	c := newCanvas()
	s.draw(c)
	f, err := os.Create(filepath.Join(dir, s.file))
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(encoder.Encode(f, c.paletted()), f.Close())
}
