package mailtest

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The limits of what is measured: WCAG 2.2, 1.4.3, and how far down a story may begin
// where there are many, in pixels.
const (
	minContrast   = 4.5
	maxFirstStory = 900
)

// shownMail is what a browser made of a mail.
type shownMail struct {
	Wide, Screen, First float64  // First is where the first story begins
	Small               []string // links and buttons below 44 pixels, and text below 14
	Drawn               []string // pictures that are drawn out
	Pairs               [][6]float64
	Words               int
}

const measureMail = `(() => {
	const shown = [...document.querySelectorAll("body *")].filter(e => e.offsetParent !== null);
	const inSentence = e => getComputedStyle(e).display === "inline" && [...e.parentNode.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()); // WCAG 2.2, 2.5.8
	const small = shown.filter(e => e.tagName === "A" && !inSentence(e)).map(e => [e, (e.querySelector("img") || e).getBoundingClientRect()])
		.filter(([e, r]) => r.height < 43.5 || r.width < 43.5).map(([e, r]) => "a target of " + Math.round(r.width) + " by " + Math.round(r.height) + ": " + e.textContent);
	const pairs = new Map(), rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
	let words = 0;
	for (const e of shown) {
		const own = [...e.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim()).map(n => n.textContent.trim()).join(" ");
		if (!own || own === " ") continue;
		words += own.split(/\s+/).length;
		const style = getComputedStyle(e);
		if (parseFloat(style.fontSize) < 14) small.push("text of " + style.fontSize + ": " + own);
		let back = e;
		while (back && (c => c.length === 4 && c[3] === 0)(rgb(getComputedStyle(back).backgroundColor))) back = back.parentElement;
		const pair = [...rgb(style.color).slice(0, 3), ...(back ? rgb(getComputedStyle(back).backgroundColor).slice(0, 3) : [255, 255, 255])];
		pairs.set(pair.join(), pair);
	}
	const drawn = [...document.images].filter(i => i.naturalWidth && i.style.width === "100%").map(i => [i.getBoundingClientRect(), i])
		.filter(([r, i]) => Math.abs(r.width / r.height - i.naturalWidth / i.naturalHeight) > .05).map(([r, i]) => r.width + " by " + r.height + ": " + i.alt);
	const first = document.querySelector("h3");
	return {Wide: document.documentElement.scrollWidth, Screen: document.documentElement.clientWidth,
		First: first ? first.getBoundingClientRect().top + scrollY : 0, Small: small, Drawn: drawn, Pairs: [...pairs.values()], Words: words};
})()`

// minWords is less than what the shortest mail says.
const minWords = 20

func checkShown(t *testing.T, ctx context.Context, where, mode string) {
	t.Helper()
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[shownMail](measureMail))
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if seen.Words < minWords {
		t.Errorf("%s has %d words", where, seen.Words)
	}
	if mode == "plain" {
		return // what a browser does by itself
	}
	if seen.Wide > seen.Screen {
		t.Errorf("%s is %v wide on a screen of %v", where, seen.Wide, seen.Screen)
	}
	if len(seen.Small) > 0 {
		t.Errorf("%s: %s", where, strings.Join(seen.Small, "; "))
	}
	if len(seen.Drawn) > 0 {
		t.Errorf("%s draws pictures out: %s", where, strings.Join(seen.Drawn, "; "))
	}
	if strings.HasPrefix(where, "digest-long") && seen.First > maxFirstStory { // a greeting may be longer
		t.Errorf("%s: the first story begins at %v", where, seen.First)
	}
	for _, p := range seen.Pairs {
		front, back := [3]float64(p[:3]), [3]float64(p[3:])
		for what, ratio := range map[string]float64{"": contrast(front, back), " inverted": contrast(inverted(front), inverted(back))} {
			if ratio < minContrast {
				t.Errorf("%s: %v on %v%s has a contrast of %.2f", where, front, back, what, ratio)
			}
		}
	}
}

func inverted(c [3]float64) [3]float64 { return [3]float64{255 - c[0], 255 - c[1], 255 - c[2]} }

// contrast is that of WCAG 2.2, 1.4.3.
func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c [3]float64) float64 {
	var l float64
	for i, weight := range [3]float64{0.2126, 0.7152, 0.0722} {
		v := c[i] / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}
