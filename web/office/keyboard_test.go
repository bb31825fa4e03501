//go:build unix

package office

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"bantin"
	"bantin/internal/pagetest"
)

// focused says which control has the focus, by its place among those of the page, and
// whether it is seen to have it.
const focused = `(() => {
	const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(e => e.checkVisibility())
	const e = document.activeElement, style = getComputedStyle(e)
	return {at: all.indexOf(e), of: all.length, ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0, name: e.outerHTML.slice(0, 120)}
})()`

type focus struct {
	At   int    `json:"at"`
	Of   int    `json:"of"`
	Ring bool   `json:"ring"`
	Name string `json:"name"`
}

// A draft is approved by the keyboard alone: Tab reaches every control of the page in its
// order, each with a ring, and Enter presses the button.
func TestKeyboardAloneInBrowser(t *testing.T) {
	o := newTestOffice(t)
	o.wantsApproval()
	o.AddContacts(3)
	o.AddBulletin("a", "Phú Thọ tổng kết", "phu-tho")
	e, err := o.editor.Make(t.Context(), &o.editor.Digests[0].Digest, o.Now().Truncate(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	ctx, _ := pagetest.Browse(t)
	o.signedIn(lan).signIn(t, ctx)
	pagetest.View{Width: 1280, Scheme: "light"}.Open(t, ctx, o.server.URL+digestPath)
	tab := func() focus {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
		f, err := chromedp.Run(ctx, chromedp.Evaluate[focus](focused))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	last := -1
	for tabs := 0; ; tabs++ {
		f := tab()
		if tabs > 3*f.Of+50 {
			t.Fatalf("Tab stays at control %d of %d: %s", last, f.Of, f.Name)
		}
		if f.At < 0 { // the frame of the preview, which has links of its own, or a part of a date
			if last == f.Of-1 {
				break
			}
			continue
		}
		if f.At == last { // a date has three parts
			continue
		}
		if f.At != last+1 || !f.Ring {
			t.Fatalf("control %d of %d follows on %d, with a ring: %v: %s", f.At, f.Of, last, f.Ring, f.Name)
		}
		if last = f.At; last == f.Of-1 {
			break
		}
	}
	pagetest.View{Width: 1280, Scheme: "light"}.Open(t, ctx, o.server.URL+digestPath)
	for range 100 {
		if f := tab(); strings.Contains(f.Name, "button") && strings.Contains(f.Name, "Duyệt và gửi") {
			break
		}
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); o.status(e.ID) == bantin.EditionDraft; {
		if time.Now().After(end) {
			t.Fatal("Enter did not approve the draft")
		}
		if _, err := chromedp.Run(ctx, chromedp.Location()); err != nil {
			t.Fatal(err)
		}
	}
}
