//go:build unix

package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"bantin"
)

// screen is what pictures are taken on.
type screen struct{ width, height int64 }

var phone, desk = screen{360, 740}, screen{1080, 720}

// picture leaves pictures of a page in both languages in the folder PICTURES, if one is
// given: PICTURES=$PWD/docs/pictures go test ./cmd/bantin -run TestOfficeWeekInBrowser. at is what
// should be seen, "" for the head of the page.
func (v *visitor) picture(name, path, at string, s screen) {
	v.t.Helper()
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	for _, l := range []bantin.Language{"en", "vi"} { // the session stays in Vietnamese
		actions := []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(s.width, s.height), chromedp.Navigate(v.d.base + path + "?lang=" + string(l))}
		if at != "" {
			actions = append(actions, chromedp.ScrollIntoView(chromedp.CSS(at)))
		}
		v.do(actions...)
		var small []byte
		until(v.t, "what the page frames is painted", func() bool {
			shot, err := chromedp.Run(v.tab, chromedp.CaptureScreenshot())
			if err != nil {
				v.t.Fatal(err)
			}
			small = paletted(v.t, shot)
			return len(small) > 8<<10
		})
		if len(small) > 80<<10 {
			v.t.Errorf("the picture %s has %d bytes", name, len(small))
		}
		if err := os.WriteFile(filepath.Join(dir, "office-"+name+"-"+string(l)+".png"), small, 0o644); err != nil {
			v.t.Fatal(err)
		}
	}
}

// paletted is a picture of a page in its 64 most frequent colours: text and surfaces have
// few, and the rest is the edge of letters.
func paletted(t *testing.T, data []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.RGBA]int{}
	bounds := full.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r, g, b, _ := full.At(x, y).RGBA()
			seen[color.RGBA{uint8(r >> 10 << 2), uint8(g >> 10 << 2), uint8(b >> 10 << 2), 255}]++
		}
	}
	common := slices.SortedFunc(maps.Keys(seen), func(a, b color.RGBA) int {
		return cmp.Or(seen[b]-seen[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range common[:min(len(common), 64)] {
		palette = append(palette, c)
	}
	small := image.NewPaletted(bounds, palette)
	draw.Draw(small, bounds, full, bounds.Min, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
