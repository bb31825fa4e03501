package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/pagetest"
	"bantin/store"

	"github.com/chromedp/chromedp"
)

// TestInBrowser opens every page in Chromium on a phone and on a desk, light
// and dark: nothing on the console, nothing wider than the screen, and opening
// a link from a mail leaves nothing.
func TestInBrowser(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	for n := range 25 {
		s.add(t, sample(n))
	}
	long := sample(99)
	long.Title = strings.Repeat("Khuyếnhọckhuyếntàixâydựngxãhộihọctập", 6)
	long.HTML = `<pre>` + strings.Repeat("x", 300) + `</pre><table><tr>` + strings.Repeat("<td>một ô bảng</td>", 20) + `</tr></table><p>https://example.org/` + strings.Repeat("dai", 100) + `</p>`
	long.Places = []string{"phu-tho", "son-la", "lai-chau", "dien-bien", "hoa-binh", "lao-cai", "yen-bai", "ha-giang", "tuyen-quang", "hue", "ba-ria-vung-tau"}
	long = s.add(t, long)
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", FirstNumber: 47, Max: 30}
	e, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	leave := "/unsubscribe/" + s.contact(t, "hang-tuan")
	pages := []string{"/", "/?place=phu-tho&lang=en", "/bulletins/giao-ban-1", "/bulletins/" + long.ID, "/editions/" + e.ID, "/feeds", "/feeds/tay-bac?lang=en", "/feeds/tat-ca.rss",
		"/feeds/chon?place=phu-tho,son-la&cluster=tay-bac", "/digests/hang-tuan", leave}
	ctx, console := pagetest.Browse(t)
	for _, view := range []pagetest.View{{Width: 360, Scheme: "light"}, {Width: 360, Scheme: "dark"}, {Width: 1200, Scheme: "light"}} {
		for _, path := range pages {
			seen := view.Open(t, ctx, s.URL+path)
			if seen.Wide > seen.Screen || seen.Headings != 1 {
				t.Errorf("%s at %d: %+v", path, view.Width, seen)
			}
		}
	}
	foldsOnTelephones(t, ctx, s)
	if said := console.Lines(); len(said) > 0 {
		t.Errorf("the console says:\n%s", strings.Join(said, "\n"))
	}
	if s.left(t) {
		t.Fatal("opening the page left the digest")
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+leave)); err != nil {
		t.Fatal(err)
	}
	res, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(`button[type="submit"]`)))
	if err != nil || res.Status != 200 || !s.left(t) {
		t.Errorf("the button: %v, left %v", err, s.left(t))
	}
}

// foldsOnTelephones looks at the search of the home page: a line on a telephone, which
// opens, and a form on a desk and where something was searched.
func foldsOnTelephones(t *testing.T, ctx context.Context, s *testSite) {
	t.Helper()
	for _, c := range []struct {
		width  int64
		path   string
		folded bool
	}{{360, "/", true}, {360, "/?q=giao+ban", false}, {360, "/?place=phu-tho", false}, {1200, "/", false}} {
		pagetest.View{Width: c.width, Scheme: "light"}.Open(t, ctx, s.URL+c.path)
		shown, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.getElementById("q").checkVisibility({contentVisibilityAuto: true}) && document.getElementById("q").getBoundingClientRect().height > 20`))
		if err != nil || shown == c.folded {
			t.Errorf("%s at %d: the search is shown: %v, %v", c.path, c.width, shown, err)
		}
		if !c.folded {
			continue
		}
		height, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.querySelector("details.fold").getBoundingClientRect().height`))
		if err != nil || height < 44 || height > 60 {
			t.Errorf("the folded search is %v high, %v", height, err)
		}
		if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("details.fold > summary")), chromedp.WaitVisible(chromedp.CSS("#q"))); err != nil {
			t.Errorf("the folded search does not open: %v", err)
		}
	}
}
