package source_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"bantin"
	nuke "bantin/internal/nukeviettest"
)

// smallPNG is a picture of a few pixels.
func smallPNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// captionsOf are the captions of a bulletin.
func captionsOf(b *bantin.Bulletin) (list []string) {
	for _, image := range b.Images {
		list = append(list, image.Caption)
	}
	return list
}

// A page of a site that somebody saved and dropped into a folder says what the site
// says: as the site sends it, and as a browser writes it anew.
func TestSavedNukeVietPages(t *testing.T) {
	all := stories(7, 1)
	all[0].Lead = `<table><tr><td><img src="/uploads/a.png"></td></tr><tr><td align="center">Trao quà</td></tr></table>Hội trao học bổng.`
	all[0].Body = `<p>Ngày 28/4/2022, đợt 7 đã khai mạc.</p><p align="center"><img src="/uploads/b.png"></p><p align="center"><em>Các em nhận quà</em></p><p>Phần cuối.</p>`
	views := map[nuke.Generation]map[string]string{
		nuke.Two:   {"save": "/modules.php?name=News&file=save&sid=7", "print": "/modules.php?name=News&file=print&sid=7", "page": "/modules.php?name=News&op=viewst&sid=7"},
		nuke.Three: {"page": "/index.php/news/tin-tuc/Tin-so-7-7/"},
		nuke.Four:  {"print": "/vi/news/print/tin-tuc/Tin-so-7-7.html", "page": "/vi/news/tin-tuc/Tin-so-7-7.html"},
	}
	generations(t, func(t *testing.T, g nuke.Generation) {
		small := smallPNG(t)
		site := (&nuke.Site{Generation: g, Stories: all, Pictures: map[string][]byte{"/uploads/a.png": small, "/uploads/b.png": small}}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		l.expect("7 Tin số 7 của Hội Khuyến học")
		want := l.texts["7"]
		dir := t.TempDir()
		for name, address := range views[g] {
			page := get(t, site.Base()+address)
			write(t, filepath.Join(dir, name+".html"), page)
			write(t, filepath.Join(dir, name+"-browser.html"), "<!DOCTYPE html>\n<!-- saved from url=(0014)"+site.Base()+address+" -->\n"+rewritten(t, page))
		}
		items := read(t, dir, nil)
		if len(items) != 2*len(views[g]) {
			t.Fatalf("%d pages were read", len(items))
		}
		for _, item := range items {
			if item.Err != nil {
				t.Fatal(item.ID, item.Err)
			}
			b := item.Bulletin
			text, _, _ := strings.Cut(b.Text, "\n\n(Nguồn tin:")
			wanted, _, _ := strings.Cut(want.Text, "\n\n(Nguồn tin:")
			if b.Title != want.Title || b.Lead != want.Lead || text != wanted || b.Held != "" {
				t.Errorf("%s: %q, %q, %q, held %q", item.ID, b.Title, b.Lead, b.Text, b.Held)
			}
			if bantin.DayOf(b.Published.In(hanoi)) != bantin.DayOf(want.Published.In(hanoi)) {
				t.Errorf("%s: of %s, want %s", item.ID, b.Published, want.Published)
			}
			if d := cmp.Diff([]string{"Trao quà", "Các em nhận quà"}, captionsOf(b)); d != "" {
				t.Errorf("%s: captions (-want +got)\n%s", item.ID, d)
			}
			if hasURL := strings.Contains(item.ID, "browser") || strings.Contains(item.ID, "print") || strings.Contains(item.ID, "save"); hasURL && b.URL == "" {
				t.Errorf("%s: no address", item.ID)
			}
		}
	})
}

// get gets a page as text.
func get(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// rewritten is a page as a browser saves it: parsed and written anew.
func rewritten(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.ChildNodes() {
		if n.Type == html.ElementNode {
			if err := html.Render(&b, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

// The pages of the themes of 3.x and 4.x name their parts by class, have the picture of
// the lead beside it and their frame around: menus, windows, related stories.
func TestSavedPagesOfThemes(t *testing.T) {
	const four = `<!DOCTYPE html><html lang="vi"><head><title>Áo ấm mùa đông - Hội mẫu</title><meta name="generator" content="NukeViet v4.5">
<link rel="canonical" href="https://nv.example.org/vi/news/tin/ao-am-12.html"></head><body>
<div class="header"><span class="current-time">Thứ hai, 30/11/2026, 08:00</span><ul class="menu"><li><a href="/">Trang nhất</a></li><li><a href="/gt">Giới thiệu</a></li></ul></div>
<div class="news_column panel panel-default"><div class="panel-body"><h1 class="title margin-bottom-lg">Áo ấm mùa đông</h1>
<div class="row"><div class="col-md-12"><span class="h5">Thứ sáu - 29/04/2022 15:30</span></div><div class="col-md-12"><ul class="list-inline text-right"><li><a title="In ra" href="#"><em class="fa fa-print">&nbsp;</em></a></li></ul></div></div>
<div class="clearfix"><div class="hometext m-bottom" itemprop="description"><div class="h2">Hội trao năm mươi suất quà.</div></div>
<figure class="article center"><img alt="q" src="https://nv.example.org/qua.jpg" width="460"/><figcaption>Trao áo ấm</figcaption></figure></div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg"><p>Mỗi suất có áo ấm.</p><p>Thầy trò hát tặng đoàn.</p></div>
<div class="margin-bottom-lg"><p class="h5 text-right"><strong>Tác giả: </strong>Lê Thị Mai</p><p class="h5 text-right"><strong>Nguồn tin: </strong>Báo Mẫu</p></div>
</div></div><div class="news_column"><p class="h3">Những tin mới hơn</p><ul class="related"><li><a href="/vi/news/tin/a-13.html">Tin khác</a> (30/04/2022)</li></ul></div></body></html>`
	const three = `<html><head><title>Áo ấm mùa đông - Hội mẫu</title></head><body><div id="menu"><a href="/">Trang nhất</a></div><div class="news_column"><div id="news_detail">
<h1>Áo ấm mùa đông</h1><span class="time">Thứ sáu - 29/04/2022 15:30</span><div class="control"><ul><li><a class="print" href="#"></a></li></ul></div>
<div id="hometext"><div id="imghome" class="fl"><a href="https://nv.example.org/qua.jpg"><img alt="q" src="https://nv.example.org/qua.jpg" width="100"/></a><p><em>Trao áo ấm</em></p></div>Hội trao năm mươi suất quà.</div>
<div class="bodytext"><p>Mỗi suất có áo ấm.</p><p>Thầy trò hát tặng đoàn.</p></div><p style="text-align: right;"><strong>Tác giả: </strong>Lê Thị Mai</p><p style="text-align: right;"><strong>Nguồn tin: </strong>Báo Mẫu</p></div>
<div id="idcomment"><p>Ý kiến bạn đọc</p></div></div></body></html>`
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bon.html"), four)
	write(t, filepath.Join(dir, "ba.html"), three)
	for _, item := range read(t, dir, nil) {
		if item.Err != nil {
			t.Fatal(item.Err)
		}
		b := item.Bulletin
		if b.Title != "Áo ấm mùa đông" || b.Lead != "Hội trao năm mươi suất quà." || b.Author != "Lê Thị Mai" {
			t.Errorf("%s: %q, %q, by %q", item.ID, b.Title, b.Lead, b.Author)
		}
		if want := "Mỗi suất có áo ấm.\n\nThầy trò hát tặng đoàn.\n\nNguồn tin: Báo Mẫu"; b.Text != want {
			t.Errorf("%s: %q", item.ID, b.Text)
		}
		if got := b.Published.In(hanoi).Format("2006-01-02 15:04"); got != "2022-04-29 15:30" {
			t.Errorf("%s: of %s", item.ID, got)
		}
		if d := cmp.Diff([]string{"Trao áo ấm"}, captionsOf(b)); d != "" {
			t.Errorf("%s: captions (-want +got)\n%s", item.ID, d)
		}
	}
}

// What only looks a little like a page of NukeViet is read whole.
func TestPagesWithABodytext(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.html"), `<title>Tin</title><h1>Tin</h1><p class="bodytext">Đoạn một.</p><p class="bodytext">Đoạn hai.</p><div class="bodytext">Đoạn ba.</div><p>Đoạn bốn.</p>`)
	b := read(t, dir, nil)[0].Bulletin
	if b.Lead != "Đoạn một." || b.Text != "Đoạn hai.\n\nĐoạn ba.\n\nĐoạn bốn." {
		t.Errorf("%q, %q", b.Lead, b.Text)
	}
}

// Head, menus and foot of a page are not its text; lists of links that it is about are.
func TestFrameOfAPage(t *testing.T) {
	const text = "<h1>Bàn ghế mới</h1><p>Trường Dào San nhận hai dãy bàn ghế mới từ hội bạn, đủ cho cả khối lớp bốn và lớp năm.</p>"
	const menu = `<a href="/">Trang chủ</a> <a href="/a">Giới thiệu</a> <a href="/b">Văn bản</a>`
	for name, page := range map[string]string{
		"header":        "<header><a href='/'>Trang chủ</a> | Hội mẫu</header>" + text + "<footer>Bản quyền của hội</footer>",
		"header title":  "<header>" + text[:len("<h1>Bàn ghế mới</h1>")+3] + "</header>" + text[len("<h1>Bàn ghế mới</h1>"):],
		"menu":          "<div class='menu'><ul><li>" + menu + "</li></ul></div><div>" + text + "</div>",
		"paragraph":     "<p>" + menu + "</p>" + text,
		"table":         "<table><tr><td>" + menu + "</td></tr></table><table><tr><td>" + text + "</td></tr></table>",
		"layout":        "<table><tr><td width=160><table><tr><td>" + menu + "</td></tr></table></td><td>" + text + "</td></tr></table>",
		"breadcrumb":    "<div class='breadcrumb'><a href='/'>Trang chủ</a> » <a href='/t'>Tin</a></div>" + text,
		"no frame":      text,
		"small article": "<div>" + text + strings.Repeat("<p>Các em được ngồi học trên ghế mới từ sáng thứ hai, hai em một bàn.</p>", 3) + "</div><div><article><p>Văn phòng Hội, số 1 phố Lò Đúc.</p></article></div><footer>Bản quyền</footer>",
		"only article":  "<div><p>Số người đang xem: 12</p></div><article>" + text + "</article><div><p>Liên hệ: 024</p></div>",
		"nav and aside": "<nav>" + menu + "</nav><aside><p>Liên hệ: 024</p></aside>" + text,
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.html"), "<title>Bàn ghế mới</title><body>"+page)
		b := read(t, dir, nil)[0].Bulletin
		if !strings.HasPrefix(b.Lead, "Trường Dào San") || b.Text != "" && name != "small article" {
			t.Errorf("%s: lead %q, text %q", name, b.Lead, b.Text)
		}
	}
	for name, page := range map[string]string{
		"links first": `<ul><li><a href="https://example.org/1">Kế hoạch hè của Hội Khuyến học tỉnh</a></li><li><a href="https://example.org/2">Quy chế quỹ khuyến học</a></li><li><a href="https://example.org/3">Mẫu đơn xin học bổng</a></li></ul><p>Hội Khuyến học.</p>`,
		"links last":  `<p>Ba văn bản mới:</p><p><a href="https://example.org/1">Kế hoạch hè</a> <a href="https://example.org/2">Quy chế quỹ</a> <a href="https://example.org/3">Mẫu đơn</a></p>`,
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.html"), "<title>Văn bản mới</title><body>"+page)
		b := read(t, dir, nil)[0].Bulletin
		if n := strings.Count(b.HTML, "https://example.org/"); n != 3 {
			t.Errorf("%s: %d links of 3 are left: %q", name, n, b.HTML)
		}
	}
}

// Tables that lay out a page have no captions but those under their pictures; tables of
// data keep their columns, pictures or not, and the first row names them.
func TestTablesOfPages(t *testing.T) {
	const img = `<img src="https://example.org/%s.png">`
	picture := func(name string) string { return strings.Replace(img, "%s", name, 1) }
	for name, c := range map[string]struct {
		page, text, grid string
		captions         []string
	}{
		"story beside a picture": {"<table><tr><td>" + picture("a") + "</td><td><h2>Hội xuân</h2><p>Hội mở ba ngày.</p><p>Có thi đánh sảng.</p></td></tr></table>", "Hội xuân\n\nHội mở ba ngày.\n\nCó thi đánh sảng.", "", []string{""}},
		"caption below":          {"<table><tr><td>" + picture("a") + "</td></tr><tr><td>Trao quà cho các em</td></tr></table>", "", "", []string{"Trao quà cho các em"}},
		"caption and credit":     {"<table><tr><td>" + picture("a") + "</td></tr><tr><td><p>Trao quà</p><p>Ảnh: Lan Anh</p></td></tr></table>", "", "", []string{"Trao quà Ảnh: Lan Anh"}},
		"gallery":                {"<table><tr><td>" + picture("a") + "</td><td>" + picture("b") + "</td></tr><tr><td>Trao quà</td><td>Múa hát</td></tr></table>", "", "", []string{"Trao quà", "Múa hát"}},
		"people with portraits": {"<table><tr><td>Ảnh</td><td>Họ tên</td><td>Chức vụ</td></tr><tr><td>" + picture("a") + "</td><td>Lê Lan</td><td>Chủ tịch</td></tr><tr><td>" + picture("b") + "</td><td>Vũ Bình</td><td>Thư ký</td></tr></table>",
			"Ảnh | Họ tên | Chức vụ\n | Lê Lan | Chủ tịch\n | Vũ Bình | Thư ký", "<th>Họ tên</th>", []string{"", ""}},
		"numbers":      {"<table><tr><td>Xã</td><td>Số em</td></tr><tr><td>Dào San</td><td>12</td></tr><tr><td>Mù Sang</td><td>7</td></tr></table>", "Xã | Số em\nDào San | 12\nMù Sang | 7", "<tr><th>Xã</th><th>Số em</th></tr>", nil},
		"no headings":  {"<table><tr><td>Dào San</td><td>12</td></tr><tr><td>Mù Sang</td><td>7</td></tr></table>", "Dào San | 12\nMù Sang | 7", "<tr><td>Dào San</td>", nil},
		"bold heading": {"<table><tr><td><b>Xã</b></td><td><b>Số em</b></td></tr><tr><td>Dào San</td><td>12</td></tr></table>", "Xã | Số em\nDào San | 12", "<th><strong>Xã</strong></th>", nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.html"), "<title>Tin</title><p>Mở đầu.</p>"+c.page)
			b := read(t, dir, nil)[0].Bulletin
			if b.Text != c.text || !strings.Contains(b.HTML, c.grid) {
				t.Errorf("%q, want %q; %s", b.Text, c.text, b.HTML)
			}
			if d := cmp.Diff(c.captions, captionsOf(b)); d != "" {
				t.Errorf("captions (-want +got)\n%s", d)
			}
		})
	}
}

// A line in the middle below a picture in the middle is its caption, as in Word; a
// heading, a sentence of the text or a line elsewhere is none.
func TestCentredCaptions(t *testing.T) {
	const img = `<img src="https://example.org/a.png">`
	for page, want := range map[string]string{
		`<p align="center">` + img + `</p><p align="center">Trao quà cho các em</p>`:                                      "Trao quà cho các em",
		`<p style="text-align: center;">` + img + `</p>` + "\n" + `<p style="text-align:center">Trao quà cho các em.</p>`: "Trao quà cho các em.",
		`<center>` + img + `<br><br>Trao quà</center>`:                                                                    "Trao quà",
		`<div align="center"><p>` + img + `</p><p>Trao quà</p></div>`:                                                     "Trao quà",
		`<p class="text-center">` + img + `</p><p class="text-center">Trao quà</p>`:                                       "Trao quà",
		`<p align="center">` + img + `</p><p>Sau đó, đoàn về xã</p>`:                                                      "",
		`<p>` + img + `</p><p align="center">Trao quà</p>`:                                                                "",
		`<p align="center">` + img + `</p><p align="center"><b>Phần hai</b></p>`:                                          "",
		`<p align="center">` + img + `</p><p align="center">KẾ HOẠCH</p>`:                                                 "",
		`<p align="center">` + img + `</p><p align="center">Các đại biểu gồm:</p>`:                                        "",
		`<table align="center"><tr><td><p>` + img + `</p><p>Một.</p><p>Hai.</p></td></tr></table>`:                        "",
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.html"), "<title>Tin</title><p>Mở đầu.</p>"+page+"<p>Kết thúc.</p>")
		b := read(t, dir, nil)[0].Bulletin
		if len(b.Images) != 1 || b.Images[0].Caption != want {
			t.Errorf("%s: %+v, want caption %q", page, b.Images, want)
		}
	}
}
