package web

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"bantin/internal/pagetest"
)

// TestTables are the forms that tables of bulletins have.
func TestTables(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"none": {`<p>1 < 2</p>`, `<p>1 < 2</p>`},
		"two rows of headings": {`<table><tbody><tr><th rowspan="2">Đơn vị</th><th colspan="2">Kết quả</th></tr><tr><th>Số lượng</th><th>Tỷ lệ</th></tr><tr><th>Huế</th><td>5</td><td>97</td></tr></tbody></table>`,
			`<table><tbody><tr><th rowspan="2" class="short" scope="col">Đơn vị</th><th colspan="2" scope="col">Kết quả</th></tr><tr><th class="num short" scope="col">Số lượng</th><th class="num short" scope="col">Tỷ lệ</th></tr><tr><th class="short" scope="row">Huế</th><td class="num short">5</td><td class="num short">97</td></tr></tbody></table>`},
		"numbers": {`<table><tbody><tr><th>Đơn vị</th><th>Suất</th></tr><tr><td>Hội Khuyến học Phú Thọ</td><td>1.250</td></tr><tr><td>Sơn La</td><td>97,1 %</td></tr><tr><td>Huế</td><td>–</td></tr></tbody></table>`, `<table><tbody><tr><th scope="col">Đơn vị</th><th class="num short" scope="col">Suất</th></tr><tr><td>Hội Khuyến học Phú Thọ</td><td class="num short">1.250</td></tr><tr><td>Sơn La</td><td class="num short">97,1 %</td></tr><tr><td>Huế</td><td class="num short">–</td></tr></tbody></table>`},
		"dates":   {`<table><tbody><tr><td>20/11/2026</td></tr></tbody></table>`, `<table><tbody><tr><td class="short">20/11/2026</td></tr></tbody></table>`},
		"money":   {`<table><tbody><tr><td>1.250.000 đồng</td></tr><tr><td>−3 triệu</td></tr></tbody></table>`, `<table><tbody><tr><td class="num short">1.250.000 đồng</td></tr><tr><td class="num short">−3 triệu</td></tr></tbody></table>`},
		"heads of rows": {`<table><tbody><tr><th>Tỉnh</th></tr><tr><th>Huế</th></tr></tbody></table>`,
			`<table><tbody><tr><th class="short" scope="col">Tỉnh</th></tr><tr><th class="short" scope="row">Huế</th></tr></tbody></table>`},
		"spans": {`<table><tbody><tr><td rowspan="2">một cột có nhiều chữ</td><td colspan="2">1</td></tr><tr><td>2</td><td>ba bốn năm sáu bảy</td></tr><tr><td>4</td><td>5</td><td>6</td></tr></tbody></table>`,
			`<table><tbody><tr><td rowspan="2">một cột có nhiều chữ</td><td colspan="2">1</td></tr><tr><td class="num short">2</td><td>ba bốn năm sáu bảy</td></tr><tr><td>4</td><td class="num short">5</td><td>6</td></tr></tbody></table>`},
		"a picture": {`<table><tbody><tr><td><img src="/images/a.png" alt="a/&gt;b"></td></tr></tbody></table>`, `<table><tbody><tr><td><img src="/images/a.png" alt="a/&gt;b"></td></tr></tbody></table>`},
	} {
		if got := withTables(c.body); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	withTables(`<table><tbody>` + strings.Repeat(`<tr>`+strings.Repeat(`<td colspan="100" rowspan="100">1</td>`, 1000)+`</tr>`, 20) + `</tbody></table>`)
}

// aTable has a column of each kind: counted, named, of numbers, and with much to read.
func aTable(columns int) string {
	row := func(tag string, cells ...string) string {
		return "<tr><" + tag + ">" + strings.Join(cells, "</"+tag+"><"+tag+">") + "</" + tag + "></tr>"
	}
	head, first, second := []string{"TT", "Đơn vị", "Suất"}, []string{"1", "Hội Khuyến học Phú Thọ", "1.250"}, []string{"2", "Sơn La", "97,1 %"}
	for len(head) < columns {
		head, first, second = append(head, "Việc đã làm"), append(first, "Trao học bổng cho học sinh nghèo vượt khó ở vùng cao"), append(second, "Mở tủ sách")
	}
	return "<table><tbody>" + row("th", head...) + row("td", first...) + row("td", second...) + "</tbody></table>"
}

// TestWideTablesInBrowser looks at tables on a telephone and on a desk: columns of short
// cells are narrow, numbers stand on the right, and a shade stands at the edge behind which
// a wide table goes on.
func TestWideTablesInBrowser(t *testing.T) {
	s := newTestSite(t)
	b := sample(1)
	b.HTML = aTable(9)
	s.add(t, b)
	small := sample(2)
	small.HTML = aTable(3)
	s.add(t, small)
	if _, page := s.do(t, http.MethodGet, "/bulletins/"+b.ID, ""); !strings.Contains(page, `<th class="num short" scope="col">TT</th>`) {
		t.Fatal("the page says nothing of its columns")
	}
	ctx, _ := pagetest.Browse(t)
	for _, v := range []pagetest.View{{Width: 360, Scheme: "light"}, {Width: 360, Scheme: "dark"}, {Width: 1280, Scheme: "light"}, {Width: 1280, Scheme: "dark"}} {
		seen := v.Open(t, ctx, s.URL+"/bulletins/"+b.ID)
		if seen.Wide > seen.Screen {
			t.Errorf("at %d the page is %v wide", v.Width, seen.Wide)
		}
		columns(t, ctx, v)
		for _, at := range []struct {
			scroll      string
			left, right bool
		}{{"0", false, true}, {"1e6", true, false}, {"60", true, true}} {
			if left, right := shades(t, ctx, at.scroll); left != at.left || right != at.right {
				t.Errorf("%v: scrolled to %s, a shade is at the left %v, at the right %v", v, at.scroll, left, right)
			}
		}
		v.Open(t, ctx, s.URL+"/bulletins/"+small.ID)
		if left, right := shades(t, ctx, "0"); v.Width == 1280 && (left || right) {
			t.Errorf("%v: a table that is shown whole has a shade: %v, %v", v, left, right)
		}
	}
}

// columns looks at the widths of the first three columns of a table and at its numbers.
func columns(t *testing.T, ctx context.Context, v pagetest.View) {
	t.Helper()
	type column struct {
		Wide  float64
		Align string
	}
	list, err := chromedp.Run(ctx, chromedp.Evaluate[[]column](`[...document.querySelectorAll(".scroll tr:nth-child(2) > td")].map(c => ({Wide: c.getBoundingClientRect().width, Align: getComputedStyle(c).textAlign}))`))
	if err != nil || len(list) != 9 {
		t.Fatal(list, err)
	}
	if number, text, count := list[0], list[3], list[2]; number.Wide > 50 || number.Align != "right" || count.Wide > 80 || count.Align != "right" || text.Wide < 128 || text.Align == "right" {
		t.Errorf("%v: the columns are %+v", v, list)
	}
}

// shades reports whether the edges of the table are darker than what is inside them, when it
// is scrolled.
func shades(t *testing.T, ctx context.Context, to string) (left, right bool) {
	t.Helper()
	type box struct{ Left, Right, Top float64 }
	at, err := chromedp.Run(ctx, chromedp.Evaluate[box](`(async () => {
		const s = document.querySelector(".scroll");
		s.scrollIntoView({block: "center"});
		s.scrollLeft = `+to+`;
		await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
		const r = s.getBoundingClientRect();
		return {Left: r.left, Right: r.right, Top: r.top};
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	darker := func(edge, inside float64) bool { // in the space above the words of the first row
		y := int(at.Top) + 3
		return light(img, int(edge), y)+4 < light(img, int(inside), y)
	}
	return darker(at.Left+1, at.Left+24), darker(at.Right-2, at.Right-25)
}

func light(img image.Image, x, y int) int {
	c, _ := color.GrayModel.Convert(img.At(x, y)).(color.Gray)
	return int(c.Y)
}
