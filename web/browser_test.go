package web

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bantin/internal/testneed"

	"bantin"
	"bantin/store"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
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
	ctx, console := browse(t)
	for _, view := range []view{{360, "light"}, {360, "dark"}, {1200, "light"}} {
		for _, path := range pages {
			seen := view.open(t, ctx, s.URL+path)
			if seen.Wide > seen.Screen || seen.Headings != 1 {
				t.Errorf("%s at %d: %+v", path, view.width, seen)
			}
		}
	}
	if said := console.lines(); len(said) > 0 {
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

// view is a screen.
type view struct {
	width  int64
	scheme string // light or dark
}

// seen is what the browser made of a page.
type seen struct {
	Wide     float64 `json:"wide"`
	Screen   float64 `json:"screen"`
	Headings int     `json:"headings"` // of the first rank
}

func (v view) open(t *testing.T, ctx context.Context, address string) seen {
	t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.scheme}}}
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(v.width, 800),
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, media)
			return err
		}),
		chromedp.Navigate(address))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	out, err := chromedp.Run(ctx, chromedp.Evaluate[seen](`({
		wide: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth,
		headings: document.querySelectorAll("h1").length})`))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	v.keep(t, ctx, address)
	return out
}

// keep takes a picture where somebody asked for them: PICTURES=dir go test ./web.
func (v view) keep(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
	if err != nil {
		t.Fatal(err)
	}
	_, path, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	name := fmt.Sprintf("%.24s-%d-%s.jpg", strings.NewReplacer("/", "-", "?", "-").Replace(path), v.width, v.scheme)
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o600); err != nil {
		t.Error(err)
	}
}

// console collects what a browser complains of.
type console struct {
	mu    sync.Mutex
	said  []string
	asked []string // addresses that pages asked for
}

// elsewhere gives what was asked of other hosts than that of the site.
func (c *console) elsewhere(site string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.asked), func(address string) bool {
		return strings.HasPrefix(address, site) || strings.HasPrefix(address, "data:") || address == "about:blank"
	})
}

func (c *console) add(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, line)
}

func (c *console) lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said
}

// browse starts a headless browser, or skips where there is none.
func browse(t *testing.T) (context.Context, *console) {
	t.Helper()
	program := testneed.Program(t, "chromium", "chromium-browser", "google-chrome", "chrome")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancelBrowser := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancelBrowser)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	c := new(console)
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			c.mu.Lock()
			c.asked = append(c.asked, e.Request.URL)
			c.mu.Unlock()
		case *runtime.EventConsoleAPICalled:
			c.add(string(e.Type))
		case *runtime.EventExceptionThrown:
			c.add(e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			c.add(fmt.Sprintf("%s %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx, c
}
