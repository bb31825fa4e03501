package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"bantin"
	"bantin/internal/pagetest"
	"bantin/picture"
)

// A list of 27 bulletins with pictures weighs at most 300 KB; a page shows fewer.
const (
	maxListBytes = 300_000
	listOf       = 27
)

// TestListWeighsLittleInBrowser opens a list whose items all have a photograph, on telephones and
// desks of all densities, and scrolls to its end.
func TestListWeighsLittleInBrowser(t *testing.T) {
	s := newTestSite(t)
	s.withPhotographs(t, pageLength)
	for _, v := range []pagetest.View{
		{Width: 360, Scheme: "light"}, {Width: 360, Scheme: "light", Density: 2}, {Width: 412, Scheme: "light", Density: 3},
		{Width: 1280, Scheme: "light"}, {Width: 1280, Scheme: "light", Density: 2},
	} {
		ctx, _ := pagetest.Browse(t) // one that has no larger picture yet, which it would show
		v.Open(t, ctx, s.URL+"/")
		pictures, total := weigh(t, ctx)
		if pictures != pageLength {
			t.Errorf("%v: there are %d pictures, want %d", v, pictures, pageLength)
		}
		if most := maxListBytes * pageLength / listOf; total > most {
			t.Errorf("%v: a list of %d weighs %d bytes, want %d", v, pageLength, total, most)
		}
	}
}

// withPhotographs gives the site bulletins, each with a picture of its own.
func (s *testSite) withPhotographs(t *testing.T, n int) {
	t.Helper()
	store, err := picture.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.site.Images, s.site.Crop = store.FS(), store.Crop
	for i := range n {
		p, err := store.Put(bytes.NewReader(photograph(t, uint64(i), 1280, 853)))
		if err != nil {
			t.Fatal(err)
		}
		b := sample(i)
		b.Images = []bantin.Image{{Src: "/images/" + p.Name, Type: p.Type, Width: p.Width, Height: p.Height, Caption: fmt.Sprintf("Tặng hoa, ảnh %d", i)}}
		s.add(t, b)
	}
	s.Config.Handler = New(s.site)
}

// photograph is light and dark, with the grain that a telephone's camera leaves.
func photograph(t *testing.T, seed uint64, width, height int) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			grain := uint8(r.Uint32() % 24)
			edge := uint8(x/64%2*60 + y/96%2*40)
			img.SetRGBA(x, y, color.RGBA{uint8(x/8) + grain, uint8(y/5) + grain, edge + uint8(seed*9) + grain, 255})
		}
	}
	var w bytes.Buffer
	if err := jpeg.Encode(&w, img, nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

// weigh scrolls through the page, waits for its pictures, and gives their number and what
// all of the page weighs.
func weigh(t *testing.T, ctx context.Context) (pictures, total int) {
	t.Helper()
	type weight struct{ Pictures, Total int }
	w, err := chromedp.Run(ctx, chromedp.Evaluate[weight](`(async () => {
		const all = [...document.images].filter(i => i.closest("article"));
		for (const i of all) {
			i.scrollIntoView();
			await i.decode().catch(() => {}); // one that is missing
		}
		const list = [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")];
		return {Pictures: all.filter(i => i.naturalWidth > 100).length, Total: list.reduce((sum, e) => sum + e.encodedBodySize, 0)};
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return w.Pictures, w.Total
}

// TestNothingMovesInBrowser opens each page and scrolls through it while its pictures come: what
// is read stays where it is.
func TestNothingMovesInBrowser(t *testing.T) {
	t.Setenv("PICTURES", "") // taking one makes the window as high as the page, which moves it
	s, pages := everyPage(t)
	s.withPicture(t)
	ctx, _ := pagetest.Browse(t)
	for _, width := range []int64{360, 1280} {
		for name, path := range pages {
			pagetest.View{Width: width, Scheme: "light"}.Open(t, ctx, s.URL+path)
			weigh(t, ctx)
			if shift := layoutShift(t, ctx); shift > 0.001 {
				t.Errorf("%s at %d moves by %.4f", name, width, shift)
			}
		}
	}
}

// withPicture gives the samples their picture, of the size that they say.
func (s *testSite) withPicture(t *testing.T) {
	t.Helper()
	s.site.Images = fstest.MapFS{
		"a1b2.png":         {Data: photograph(t, 1, 960, 540)},
		"a1b2-336x224.jpg": {Data: photograph(t, 1, 336, 224)}, "a1b2-504x336.jpg": {Data: photograph(t, 1, 504, 336)},
	}
	s.Config.Handler = New(s.site)
}

// layoutShift is how much of the page moved so far, as Chromium counts it.
func layoutShift(t *testing.T, ctx context.Context) float64 {
	t.Helper()
	shift, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`new Promise(done => {
		let sum = 0;
		new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value }).observe({type: "layout-shift", buffered: true});
		requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return shift
}
