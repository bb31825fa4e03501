package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bantin"
)

// noisy is a picture that compresses badly.
func noisy(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(r.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var w bytes.Buffer
	if err := png.Encode(&w, img); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestCrop(t *testing.T) {
	clear := image.NewRGBA(image.Rect(0, 0, 300, 300)) // transparent
	var moving bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 90, 40), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"wide": encoded(t, noisy(1200, 120)), "high": encoded(t, noisy(120, 1200)), "large": encoded(t, noisy(1280, 1280)),
		"one pixel": encoded(t, noisy(1, 1)), "transparent": encoded(t, clear), "animated": moving.Bytes(),
	} {
		store, err := Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		p, err := store.Put(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []bantin.Crop{bantin.CropThumb, bantin.CropDense, bantin.CropList, bantin.CropLead, bantin.CropPreview} {
			want, _ := (&bantin.Image{Src: "/images/" + p.Name, Width: p.Width, Height: p.Height}).Crop(size)
			file := strings.TrimPrefix(want.Src, "/images/")
			for range 2 { // the second time it is there
				if ok, err := store.Crop(file); !ok || err != nil {
					t.Fatalf("%s: %v, %v", name, ok, err)
				}
			}
			data, err := os.ReadFile(filepath.Join(store.dir, file))
			if err != nil {
				t.Fatal(err)
			}
			got, kind, err := image.Decode(bytes.NewReader(data))
			if err != nil || kind != "jpeg" {
				t.Fatalf("%s: %s, %v", name, kind, err)
			}
			if s := got.Bounds().Size(); s.X != want.Width || s.Y != want.Height {
				t.Errorf("%s at %v is %v, and mails say %d × %d", name, size, s, want.Width, want.Height)
			}
			most := MaxCropBytes
			if size == bantin.CropThumb || size == bantin.CropDense {
				most = MaxThumbBytes
			}
			if len(data) > most {
				t.Errorf("%s at %v has %d bytes", name, size, len(data))
			}
			if r, _, _, _ := got.At(0, 0).RGBA(); name == "transparent" && r < 0xF000 {
				t.Errorf("transparent became %v", got.At(0, 0))
			}
		}
	}
}

func TestCropOfNothing(t *testing.T) {
	store, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.jpg", "a-656x438.jpg", "../a-656x437.jpg", "a-656x437.png", "-656x437.jpg", ""} {
		if _, err := store.Crop(name); !errors.Is(err, ErrNotPicture) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if ok, err := store.Crop("abc-656x437.jpg"); ok || err != nil {
		t.Errorf("of a picture that is not there: %v, %v", ok, err)
	}
}
