// Package pagetest looks at pages as a browser and checkers of HTML do: Chromium on a
// telephone and on a desk, axe-core and html-validate.
package pagetest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"bantin/internal/testneed"
)

// View is a screen.
type View struct {
	Width   int64
	Scheme  string  // light or dark
	Density float64 // pixels of the screen to one of the page; 0: 1
	Mode    string  // what is done to the page, one of Modes; "": nothing
}

// Modes are pages as they are seen where pictures do not come, where the style sheet does
// not, and where a program inverts all colours.
func Modes() map[string]string {
	return map[string]string{
		"bare":     `for (const i of document.images) { i.removeAttribute("srcset"); i.src = "data:," }`,
		"plain":    `for (const e of document.querySelectorAll("link[rel=stylesheet], style")) e.remove()`,
		"inverted": `document.documentElement.style.filter = "invert(1) hue-rotate(180deg)"`,
	}
}

// Seen is what the browser made of a page.
type Seen struct {
	Wide     float64 `json:"wide"`
	Screen   float64 `json:"screen"`
	Headings int     `json:"headings"` // of the first rank
}

// Open opens a page on the screen.
func (v View) Open(t *testing.T, ctx context.Context, address string) Seen {
	t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.Scheme}}}
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(v.Width, 800, chromedp.EmulateScale(cmp.Or(v.Density, 1))),
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, media)
			return err
		}),
		chromedp.Navigate(address))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	if v.Mode != "" {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](Modes()[v.Mode]+"; 0")); err != nil {
			t.Fatalf("%s, %s: %v", address, v.Mode, err)
		}
	}
	out, err := chromedp.Run(ctx, chromedp.Evaluate[Seen](`({
		wide: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth,
		headings: document.querySelectorAll("h1").length})`))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	v.keep(t, ctx, address)
	return out
}

// keep takes a picture where somebody asked for them: PICTURES=dir go test ./web.
func (v View) keep(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	_, path, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	name := fmt.Sprintf("%.60s-%d-%s%s.png", strings.NewReplacer("/", "-", "?", "-").Replace(path), v.Width, v.Scheme, v.Mode)
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o600); err != nil {
		t.Error(err)
	}
}

// Console collects what a browser complains of.
type Console struct {
	mu    sync.Mutex
	said  []string
	asked []string // addresses that pages asked for
}

// Elsewhere gives what was asked of other hosts than that of the site.
func (c *Console) Elsewhere(site string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.asked), func(address string) bool {
		return strings.HasPrefix(address, site) || strings.HasPrefix(address, "data:") || address == "about:blank"
	})
}

func (c *Console) add(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, line)
}

// Lines are the complaints.
func (c *Console) Lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said
}

// Browse starts a headless browser, or skips where there is none. The test's name ends in
// InBrowser: test.sh runs these in a stage of their own.
func Browse(t *testing.T) (context.Context, *Console) {
	t.Helper()
	if !strings.Contains(t.Name(), "InBrowser") {
		t.Fatalf("a test with a browser is named %sInBrowser", t.Name())
	}
	program := testneed.Program(t, "chromium", "chromium-browser", "google-chrome", "chrome")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancelBrowser := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancelBrowser)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	c := new(Console)
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
