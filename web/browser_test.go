package web

import (
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
