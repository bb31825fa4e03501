package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"bantin/internal/cost"
	"bantin/picture"
)

func TestPut(t *testing.T) {
	for _, c := range []struct {
		name          string
		data          []byte
		mediaType     string
		width, height int
		kept          bool // byte by byte
	}{
		{"small PNG", encode(t, "png", 640, 480), "image/png", 640, 480, true},
		{"as wide as may be", encode(t, "jpeg", 1280, 20), "image/jpeg", 1280, 20, true},
		{"wide PNG", encode(t, "png", 2560, 1000), "image/png", 1280, 500, false},
		{"wide JPEG", encode(t, "jpeg", 2560, 1000), "image/jpeg", 1280, 500, false},
		{"GIF", encode(t, "gif", 1600, 10), "image/gif", 1600, 10, true},
		{"a line", encode(t, "png", 5000, 1), "image/png", 1280, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			p, err := s.Put(bytes.NewReader(c.data))
			if err != nil {
				t.Fatal(err)
			}
			if p.Type != c.mediaType || p.Width != c.width || p.Height != c.height {
				t.Errorf("got %+v", p)
			}
			kept, err := fs.ReadFile(s.FS(), p.Name)
			if err != nil {
				t.Fatal(err)
			}
			if int64(len(kept)) != p.Length || bytes.Equal(kept, c.data) != c.kept {
				t.Errorf("kept %d bytes of %d, said %d", len(kept), len(c.data), p.Length)
			}
			config, format, err := image.DecodeConfig(bytes.NewReader(kept))
			if err != nil || "image/"+format != p.Type || config.Width != p.Width || config.Height != p.Height {
				t.Errorf("the file is %s %+v, %v", format, config, err)
			}
			again, err := s.Put(bytes.NewReader(c.data))
			if err != nil || again != p {
				t.Errorf("the second time it is %+v, %v", again, err)
			}
			if names := list(t, s); len(names) != 1 {
				t.Errorf("the store has %q", names)
			}
		})
	}
}

// The photograph of a telephone that was held upright, in all the ways that it
// may have been turned: what is kept stands upright.
func TestPutTurns(t *testing.T) {
	for orientation := 1; orientation <= 8; orientation++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, upright := range []image.Point{{40, 80}, {1300, 65}} {
				data := photograph(t, upright.X, upright.Y, orientation, order)
				s := open(t)
				p, err := s.Put(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				kept, err := fs.ReadFile(s.FS(), p.Name)
				if err != nil {
					t.Fatal(err)
				}
				img, err := jpeg.Decode(bytes.NewReader(kept))
				if err != nil {
					t.Fatal(err)
				}
				size := img.Bounds().Size()
				if size.X != p.Width || size.Y != p.Height || size.X != min(upright.X, picture.MaxWidth) || size.Y != upright.Y*size.X/upright.X {
					t.Errorf("orientation %d: %s, said %d × %d", orientation, size, p.Width, p.Height)
				}
				dark, _, _, _ := img.At(size.X/4, size.Y/4).RGBA()
				light, _, _, _ := img.At(3*size.X/4, 3*size.Y/4).RGBA()
				if dark > 0x4000 || light < 0xc000 {
					t.Errorf("orientation %d, %s: not upright", orientation, order)
				}
				if bytes.Contains(kept, []byte("Exif")) {
					t.Errorf("orientation %d: what the camera said is kept", orientation)
				}
			}
		}
	}
}

// photograph makes a JPEG of a picture that is dark at its top left, turned as
// the orientation undoes it, which stands in its Exif.
func photograph(t *testing.T, w, h, orientation int, order binary.AppendByteOrder) []byte {
	t.Helper()
	seen := func(x, y int) color.Gray { // upright
		if x < w/2 && y < h/2 {
			return color.Gray{}
		}
		return color.Gray{Y: 255}
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		img = image.NewGray(image.Rect(0, 0, h, w))
	}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			c := [...]color.Gray{1: seen(x, y), 2: seen(w-1-x, y), 3: seen(w-1-x, h-1-y), 4: seen(x, h-1-y),
				5: seen(y, x), 6: seen(w-1-y, x), 7: seen(w-1-y, h-1-x), 8: seen(y, h-1-x)}[orientation]
			img.SetGray(x, y, c)
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	mark := "MM\x00*"
	if order.String() == binary.LittleEndian.String() {
		mark = "II*\x00"
	}
	exif := append([]byte("Exif\x00\x00"), mark...)
	exif = order.AppendUint16(order.AppendUint32(exif, 8), 2)
	exif = append(exif, make([]byte, 12)...) // an entry of no meaning
	exif = order.AppendUint32(order.AppendUint16(order.AppendUint16(exif, 274), 3), 1)
	exif = order.AppendUint16(order.AppendUint16(exif, uint16(orientation)), 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return slices.Concat(plain.Bytes()[:2], segment, exif, plain.Bytes()[2:])
}

func TestPutRefuses(t *testing.T) {
	whole := encode(t, "png", 400, 300)
	for _, c := range []struct {
		name string
		data io.Reader
		is   error
		says string
	}{
		{"nothing", strings.NewReader(""), picture.ErrNotPicture, ""},
		{"text", strings.NewReader("Không phải ảnh"), picture.ErrNotPicture, ""},
		{"a page", strings.NewReader("\n<!DOCTYPE html><title>Không tìm thấy</title>"), picture.ErrNotPicture, "web page"},
		{"SVG", strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"/>`), picture.ErrNotPicture, ""},
		{"cut off", bytes.NewReader(whole[:len(whole)/2]), nil, "cut off"},
		{"a bomb", bytes.NewReader(bomb(100_000, 100_000)), nil, "100000 × 100000 pixels are too many"},
		{"a long line", bytes.NewReader(bomb(39_999_999, 1)), nil, "at most 20000 on a side"},
		{"a long column", bytes.NewReader(bomb(1, 20_001)), nil, "at most 20000 on a side"},
		{"600 scans", bytes.NewReader(manyScans(t, 600)), nil, "more than 60 scans"},
		{"no pixel", bytes.NewReader(bomb(0, 10)), nil, "damaged"},
		{"too large", io.MultiReader(bytes.NewReader(whole), endless{}), picture.ErrTooLarge, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			_, err := s.Put(c.data)
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
			if names := list(t, s); len(names) > 0 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
}

func FuzzPut(f *testing.F) {
	f.Add(encode(f, "png", 8, 8))
	f.Add(encode(f, "jpeg", 8, 8))
	f.Add(encode(f, "gif", 8, 8))
	f.Add(bomb(65535, 600))
	for _, raw := range told(f) {
		f.Add(raw)
	}
	s := open(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		// What the header says costs memory: the fuzzer need not try the largest.
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height > 1<<20 {
			return
		}
		var p picture.Picture
		var err error
		cost.Within(t, len(data), func() { p, err = s.Put(bytes.NewReader(data)) })
		if err == nil && (p.Width <= 0 || p.Height <= 0 || p.Length <= 0) {
			t.Errorf("kept as %+v", p)
		}
		if err != nil {
			return
		}
		if kept, err := fs.ReadFile(s.FS(), p.Name); err != nil || len(kept) == 0 {
			t.Errorf("cannot be read again: %v", err)
		} else if len(kept) > len(data)+64<<10 {
			t.Errorf("%d bytes became %d", len(data), len(kept))
		} else if _, _, err := image.Decode(bytes.NewReader(kept)); err != nil {
			t.Errorf("what is stored does not decode: %v", err)
		}
	})
}

func open(t testing.TB) *picture.Store {
	t.Helper()
	s, err := picture.Open(t.TempDir() + "/images")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func list(t testing.TB, s *picture.Store) (names []string) {
	t.Helper()
	entries, err := fs.ReadDir(s.FS(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func encode(t testing.TB, format string, width, height int) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.RGBA{0x4b, 0x3f, 0x8f, 0xff}})
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 7 % 2)
	}
	var out bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&out, img)
	case "jpeg":
		err = jpeg.Encode(&out, img, nil)
	case "gif":
		err = gif.Encode(&out, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bomb is the beginning of a PNG that says it is as large as that.
func bomb(width, height uint32) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
