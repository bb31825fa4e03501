package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"strings"
	"testing"
)

// TestPutLogo: a logo is small whatever the picture was, and lies on the paper.
func TestPutLogo(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ w, h, wantW, wantH int }{
		{960, 960, 96, 96}, {1200, 300, 384, 96}, {3000, 100, 560, 18}, {40, 30, 40, 30}, {1, 2000, 1, 96}, {2000, 1, 560, 1},
	} {
		var file bytes.Buffer
		if err := png.Encode(&file, image.NewNRGBA(image.Rect(0, 0, c.w, c.h))); err != nil {
			t.Fatal(err)
		}
		p, err := s.PutLogo(bytes.NewReader(file.Bytes()))
		if err != nil || p.Width != c.wantW || p.Height != c.wantH || p.Type != "image/png" {
			t.Fatalf("%d × %d: %+v, %v", c.w, c.h, p, err)
		}
		raw, err := fs.ReadFile(s.FS(), p.Name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil || int64(len(raw)) != p.Length || color.RGBAModel.Convert(img.At(0, 0)) != paper {
			t.Errorf("%d × %d is kept as %d bytes, %v, %v", c.w, c.h, len(raw), img.At(0, 0), err)
		}
		if again, err := s.PutLogo(bytes.NewReader(file.Bytes())); err != nil || again != p {
			t.Errorf("again: %+v, %v", again, err)
		}
	}
}

func TestLogoThatIsNone(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "<!doctype html><p>Không có"} {
		if err := CheckLogo(strings.NewReader(text)); !errors.Is(err, ErrNotPicture) {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := s.PutLogo(strings.NewReader(text)); !errors.Is(err, ErrNotPicture) {
			t.Errorf("%q: %v", text, err)
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewNRGBA(image.Rect(0, 0, 50, 50))); err != nil {
		t.Fatal(err)
	}
	if err := CheckLogo(bytes.NewReader(file.Bytes()[:60])); err == nil {
		t.Error("a picture that is cut off is taken")
	}
}
