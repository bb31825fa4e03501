package mailer

import (
	"context"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"bantin"
	"bantin/internal/pagetest"
)

// mails are the mails that there are, each in both languages, by name.
func mails(t testing.TB) map[string]Rendered {
	t.Helper()
	all := map[string]Rendered{}
	for _, l := range bantin.Languages() {
		full := digestMail(l)
		full.Greeting = &Greeting{HTML: template.HTML(l.Say("<p>Kính gửi các cô chú, tuần này có nhiều tin vui.</p>", "<p>Dear readers, there is much good news this week.</p>")), Text: l.Say("Kính gửi các cô chú, tuần này có nhiều tin vui.", "Dear readers, there is much good news this week.")}
		full.Corrections = []Correction{{Title: "Huế trao giải cuộc thi viết", URL: full.Site.LinkIn(l, "/bulletins/tin-60"), Text: l.Say("Giải Nhất thuộc về bà Lê Thị Hoa, không phải bà Lê Thị Hòa.", "The first prize went to Lê Thị Hoa, not to Lê Thị Hòa.")}}
		full.Note = l.Say("Tuần sau bản tin nghỉ một kỳ.", "There is no issue next week.")
		full.PreferencesURL = full.Site.LinkIn(l, "/preferences/"+TokenPlaceholder)
		all["digest-"+string(l)] = renderDigest(t, full)
		all["digest-long-"+string(l)] = renderDigest(t, longDigest(l))
		empty := digestMail(l)
		empty.Sections, empty.Count, empty.More, empty.Test = nil, 0, 0, true
		all["digest-empty-"+string(l)] = renderDigest(t, empty)
		for name, m := range sampleNotices(l) {
			out, err := RenderNotice(loadTemplates(t), m)
			if err != nil {
				t.Fatal(err)
			}
			all[name+"-"+string(l)] = out
		}
	}
	return all
}

// longDigest has forty items: titles of all lengths, pictures, events, files and tables.
func longDigest(l bantin.Language) DigestMail {
	m := digestMail(l)
	var many []bantin.Bulletin
	for n := range 36 {
		b := digestBulletin(n+10, "hue", fmt.Sprintf("Huế: tin thứ %d trong tuần của hội khuyến học các phường, xã", n), n%3 == 0)
		switch n {
		case 1:
			b.Title = strings.Repeat("Khuyến học khuyến tài xây dựng xã hội học tập ", 25)
		case 2:
			b.Title = strings.Repeat("Khuyếnhọc", 20)
		case 3:
			b.Title = "Đ"
		case 4:
			b.HTML = "<table><tr><td>một</td></tr></table>"
		case 5:
			b.Event = &bantin.Event{Date: bantin.Day{Year: 2026, Month: 12, Day: 8}, Place: "Nhà văn hóa phường Vỹ Dạ"}
		}
		many = append(many, b)
	}
	m.Sections = append(m.Sections[:2], BuildSections(l, m.Site, func(string) string { return "Huế" }, Group{Kind: SectionRest, Bulletins: many})...)
	m.Count, m.More = 44, 4
	return m
}

// sampleNotices are mails outside editions with all that such a mail can have.
func sampleNotices(l bantin.Language) map[string]*NoticeMail {
	site := digestSite()
	return map[string]*NoticeMail{
		"confirm": {Language: l, Site: site, Subject: l.Say("Còn một bước: xác nhận nhận bản tin", "One step left: confirm your subscription"), Heading: l.Say("Còn một bước nữa", "One step left"),
			Before: []string{l.Say("Có người, chắc là bạn, vừa xin nhận thư của Hội ở địa chỉ này:", "Somebody, probably you, asked for mail of the association at this address:")},
			Items:  []string{"Bản tin khuyến học trong tuần"}, Button: l.Say("Xác nhận địa chỉ này", "Confirm this address"), URL: site.LinkIn(l, "/confirm/x"),
			After: []string{l.Say("Nếu bạn không xin nhận, hãy bỏ qua thư này: sẽ không có gì xảy ra.", "If you did not ask for this, ignore this mail: nothing will happen.")}},
		"report": {Language: l, Site: site, Subject: l.Say("Bản tin số 47 đã gửi xong", "Issue 47 was sent"), Heading: l.Say("Đã gửi xong", "All sent"),
			Before: []string{l.Say("Đã gửi 2.911 thư, 12 thư bị từ chối.", "2,911 messages were sent, 12 were refused.")}},
	}
}

// serveMails serves the HTML parts by name, and a picture wherever a mail shows one.
func serveMails(t *testing.T, all map[string]Rendered) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	site := regexp.MustCompile(`src="https://bantin\.example\.org`)
	mux.HandleFunc("GET /mail/{name}", func(w http.ResponseWriter, r *http.Request) {
		page := site.ReplaceAllString(all[r.PathValue("name")].HTML, `src="`)
		switch r.URL.RawQuery {
		case "bare": // a program that drops style sheets and shows no pictures
			page = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, "")
			page = strings.ReplaceAll(page, `src="`, `src="/none`)
		case "plain": // one that drops all styles
			page = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, "")
			page = regexp.MustCompile(` style="[^"]*"`).ReplaceAllString(page, "")
		case "inverted":
			page = strings.Replace(page, "</head>", "<style>html{filter:invert(1) hue-rotate(180deg)}</style></head>", 1)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	})
	mux.HandleFunc("GET /images/{name}", func(w http.ResponseWriter, r *http.Request) {
		img := image.NewRGBA(image.Rect(0, 0, 960, 640))
		for y := range 640 {
			for x := range 960 {
				img.SetRGBA(x, y, color.RGBA{uint8(90 + y/8), uint8(120 - y/16), uint8(160 + x/16), 255})
			}
		}
		_ = jpeg.Encode(w, img, nil)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// shownMail is what a browser made of a mail.
type shownMail struct {
	Wide, Screen, First float64  // First is where the first story begins
	Small               []string // links and buttons below 44 pixels, and text below 14
	Pairs               [][6]float64
	Words               int
}

const measureMail = `(() => {
	const shown = [...document.querySelectorAll("body *")].filter(e => e.offsetParent !== null);
	const small = shown.filter(e => e.tagName === "A" && !e.closest("[data-free]")).map(e => [e, (e.querySelector("img") || e).getBoundingClientRect()])
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
	const first = document.querySelector("h3");
	return {Wide: document.documentElement.scrollWidth, Screen: document.documentElement.clientWidth,
		First: first ? first.getBoundingClientRect().top + scrollY : 0, Small: small, Pairs: [...pairs.values()], Words: words};
})()`

// TestMailsAreAccessible has axe-core look at every mail with all of its rules, in both
// languages, on a telephone and on a desk, in light and dark, without style sheets and
// pictures, and without any styles. Contrasts are those after a full inversion as well.
func TestMailsAreAccessible(t *testing.T) {
	all := mails(t)
	server, script := serveMails(t, all), pagetest.AxeScript(t)
	ctx, _ := pagetest.Browse(t)
	for name := range all {
		for _, v := range []struct {
			pagetest.View
			mode string
		}{
			{pagetest.View{Width: 360, Scheme: "light"}, ""}, {pagetest.View{Width: 360, Scheme: "dark"}, ""},
			{pagetest.View{Width: 640, Scheme: "light"}, ""}, {pagetest.View{Width: 640, Scheme: "dark"}, ""},
			{pagetest.View{Width: 360, Scheme: "light"}, "bare"}, {pagetest.View{Width: 360, Scheme: "light"}, "plain"}, {pagetest.View{Width: 360, Scheme: "light"}, "inverted"},
		} {
			where := fmt.Sprintf("%s-%d-%s%s", name, v.Width, v.Scheme, v.mode)
			v.Open(t, ctx, server.URL+"/mail/"+name+"?"+v.mode)
			checkShown(t, ctx, where, v.mode)
			if v.mode == "" {
				if found := pagetest.Axe(t, ctx, script); found != "" {
					t.Errorf("%s: %s", where, found)
				}
			}
		}
	}
}

func checkShown(t *testing.T, ctx context.Context, where, mode string) {
	t.Helper()
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[shownMail](measureMail))
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if seen.Words < 20 {
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
	if strings.HasPrefix(where, "digest-long") && seen.First > 900 { // a greeting may be longer
		t.Errorf("%s: the first story begins at %v", where, seen.First)
	}
	for _, p := range seen.Pairs {
		front, back := [3]float64(p[:3]), [3]float64(p[3:])
		for what, ratio := range map[string]float64{"": contrast(front, back), " inverted": contrast(inverted(front), inverted(back))} {
			if ratio < 4.5 {
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
