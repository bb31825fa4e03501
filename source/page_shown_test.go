package source_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a browser shows of a page stands in the bulletin, as far as mails and feeds can.
func TestPageShows(t *testing.T) {
	for _, c := range []struct{ name, body, html, text string }{
		{"struck through", `<p>Họp <s>thứ ba</s> <del>sáng</del> <span style="text-decoration-line:line-through">chiều</span> thứ tư.</p>`,
			`<p>Họp <s>thứ ba</s> <s>sáng</s> <s>chiều</s> thứ tư.</p>`, "Họp thứ tư."},
		{"all of it struck through", `<p><s>Hoãn họp.</s></p><p>Họp như cũ.</p>`, "<p><s>Hoãn họp.</s></p>\n<p>Họp như cũ.</p>", "Họp như cũ."},
		{"a paragraph struck through, a cell, a link", `<p style="text-decoration: line-through">Hoãn <b>họp</b>.</p><p>Xem <a href="https://a.example.org/x" style="text-decoration:line-through">cũ</a> mới.</p>`,
			"<p><s>Hoãn <strong>họp</strong>.</s></p>\n<p>Xem <a href=\"https://a.example.org/x\"><s>cũ</s></a> mới.</p>", "Xem mới."},
		{"underlined is not struck", `<p>Họp <span style="text-decoration:underline">thứ tư</span>.</p>`, "", ""},
		{"a list that starts at 3, in Roman numerals", `<ol start="3" style="list-style-type: upper-roman"><li>Ba<li>Bốn</ol>`, `<ol type="I" start="3"><li>Ba</li><li>Bốn</li></ol>`, "III. Ba\nIV. Bốn"},
		{"a list that counts down", `<ol reversed><li>Ba<li>Hai<li>Một</ol>`, `<ol reversed="" start="3"><li>Ba</li><li>Hai</li><li>Một</li></ol>`, "3. Ba\n2. Hai\n1. Một"},
		{"more letters than 26", `<ol type="a" start="26"><li>z<li>aa</ol>`, `<ol type="a" start="26"><li>z</li><li>aa</li></ol>`, "z. z\naa. aa"},
		{"a list that leaps to 5", `<ol><li>Một<li value="5">Năm<li>Sáu</ol>`, `<ol><li>Một</li><li value="5">Năm</li><li>Sáu</li></ol>`, "1. Một\n5. Năm\n6. Sáu"},
		{"numbers that are none", `<ol start="x" type="zz"><li value="9999999999">Một</ol>`, `<ol><li>Một</li></ol>`, "1. Một"},
		{"a film with words in it", `<video src="https://a.example.org/hat.mp4" title="Hát Then">Trình duyệt không hỗ trợ</video><p>Hết.</p>`, "<p><a href=\"https://a.example.org/hat.mp4\">Hát Then</a></p>\n<p>Hết.</p>", "Hát Then\n\nHết."},
		{"an old film", `<object><param name="movie" value="https://a.example.org/v/1.swf"><embed src="https://a.example.org/v/1.swf"></object>`, `<p><a href="https://a.example.org/v/1.swf">1.swf</a></p>`, "1.swf"},
		{"a frame in a paragraph, with words before", `<p>Xem: <iframe src="//www.youtube.com/embed/abc" width="560"></iframe></p>`, `<p><a href="https://www.youtube.com/embed/abc">youtube.com/embed/abc</a></p>`, "youtube.com/embed/abc"},
		{"frames that are loaded late", `<iframe src="about:blank" data-src="https://a.example.org/le-hoi"></iframe><iframe src="DATA:text/html,x" data-lazy-src="https://a.example.org/ban-do"></iframe>`,
			"<p><a href=\"https://a.example.org/le-hoi\">a.example.org/le-hoi</a></p>\n<p><a href=\"https://a.example.org/ban-do\">a.example.org/ban-do</a></p>", "a.example.org/le-hoi\n\na.example.org/ban-do"},
		{"counters and buttons", `<p>Mở.</p><iframe src="https://www.googletagmanager.com/ns.html?id=1"></iframe><iframe src="https://www.facebook.com/plugins/like.php"></iframe><iframe src="https://x.example.org/" width="1" height="1"></iframe><p>Hết.</p>`, "<p>Hết.</p>", "Hết."},
		{"a figure with a film", `<figure><iframe src="https://a.example.org/phim"></iframe><figcaption>Lễ hội</figcaption></figure>`, "<p><a href=\"https://a.example.org/phim\">a.example.org/phim</a></p>\n<p>Lễ hội</p>", "a.example.org/phim\n\nLễ hội"},
		{"addresses as people write them", `<p>Mở. <a href="www.a.example.org/x">một</a> <a href="//a.example.org/y">hai</a> <a href="https://a.example.org/100%.pdf">ba</a></p>`,
			`<p>Mở. <a href="http://www.a.example.org/x">một</a> <a href="https://a.example.org/y">hai</a> <a href="https://a.example.org/100%25.pdf">ba</a></p>`, "Mở. một hai ba"},
		{"links that do more", `<p>Mở. <a href="java&#10;script:alert(1)">một</a> <a href="data:text/html,x">hai</a></p>`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/tin.html", `<html lang="vi"><title>Trang</title><body><p>Mở đầu.</p><p>Mở <a href="https://a.example.org/">thêm</a>.</p>`+c.body)
			items := read(t, dir, nil)
			if len(items) != 1 || items[0].Err != nil {
				t.Fatalf("got %+v", items)
			}
			b := items[0].Bulletin
			if c.html == "" {
				if strings.Contains(b.HTML, "<s>") || strings.Contains(b.HTML, "script") || strings.Contains(b.HTML, "data:") {
					t.Errorf("%s", b.HTML)
				}
				return
			}
			const before = "<p>Mở <a href=\"https://a.example.org/\">thêm</a>.</p>\n"
			if d := cmp.Diff(c.html, strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(b.HTML, before), "<p>Mở.</p>\n"))); d != "" && !strings.Contains(b.HTML, c.html) {
				t.Errorf("(-want +got)\n%s", d)
			}
			if !strings.HasSuffix(b.Text, c.text) {
				t.Errorf("text %q, want %q", b.Text, c.text)
			}
		})
	}
}

// Of the sizes of a picture the largest is shown, and no stand-in.
func TestPagePictures(t *testing.T) {
	const stand = `src="data:image/gif;base64,R0lGODlhAQABAAAAACw="`
	for _, c := range []struct{ name, body, want string }{
		{"commas within addresses", `<img src="https://a.example.org/s.jpg" srcset="https://a.example.org/w_300,h_2/1.jpg 300w, https://a.example.org/w_900,h_6/1.jpg 900w">`, "https://a.example.org/w_900,h_6/1.jpg"},
		{"no blank behind the comma", `<img srcset="https://a.example.org/1.jpg 1x,https://a.example.org/2.jpg 2x">`, "https://a.example.org/2.jpg"},
		{"a picture element", `<picture><source srcset="https://a.example.org/a.avif 900w" type="image/avif"><source srcset="https://a.example.org/a.webp 800w, https://a.example.org/b.webp 1600w"><img src="https://a.example.org/a.jpg"></picture>`, "https://a.example.org/b.webp"},
		{"a picture element around a stand-in", `<picture><source srcset="https://a.example.org/a.webp"><img ` + stand + `></picture>`, "https://a.example.org/a.webp"},
		{"a blank picture of the site", `<img src="https://a.example.org/images/blank.gif" data-src="https://a.example.org/a.jpg">`, "https://a.example.org/a.jpg"},
		{"a picture called so", `<img src="https://a.example.org/blanket.jpg" data-src="https://a.example.org/a.jpg">`, "https://a.example.org/blanket.jpg"},
		{"noscript after a link", `<a href="#"><img class="lazy" ` + stand + `></a> <noscript><a href="#"><img src="https://a.example.org/a.jpg"></a></noscript>`, "https://a.example.org/a.jpg"},
		{"noscript that counts readers", `<img src="https://a.example.org/a.jpg"><noscript><img src="https://c.example.org/p" width="1" height="1"></noscript>`, "https://a.example.org/a.jpg"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/tin.html", `<html lang="vi"><title>Trang</title><body><p>Mở đầu.</p>`+c.body)
			b := read(t, dir, nil)[0].Bulletin
			if len(b.Images) != 1 || b.Images[0].Src != c.want {
				t.Errorf("%+v, want %s", b.Images, c.want)
			}
		})
	}
}

// A base of the page counts for links and pictures, once.
func TestPageBase(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.html", `<html><head><title>Trang</title><link rel="canonical" href="https://b.example.org/x/y"><base href="/tin/"><base href="https://c.example.org/"></head><body><p>Mở đầu.</p><p><a href="a">a</a></p>`)
	if b := read(t, dir, nil)[0].Bulletin; b.HTML != "<p><a href=\"https://b.example.org/tin/a\">a</a></p>\n" {
		t.Errorf("%s", b.HTML)
	}
}

// Two tildes strike through in Markdown, one is a sign of its own.
func TestMarkdownStruck(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/tin.md", "# Tin\n\nMở đầu.\n\nHọp ~~thứ ba~~ thứ tư, 5~10 và 6~7 người.\n")
	if b := read(t, dir, nil)[0].Bulletin; b.HTML != "<p>Họp <s>thứ ba</s> thứ tư, 5~10 và 6~7 người.</p>\n" || b.Text != "Họp thứ tư, 5~10 và 6~7 người." {
		t.Errorf("%s %q", b.HTML, b.Text)
	}
}

// A letterhead is no lead, and stays in the text.
func TestLetterheadIsNoLead(t *testing.T) {
	for text, want := range map[string]string{
		"HỘI KHUYẾN HỌC TỈNH SƠN LA\n\nSố: 12/KH-HKH\n\nHội tỉnh mở tháng Khuyến học.\n": "",
		"Kế hoạch số 12/KH-HKH đã có.\n\nHội tỉnh mở tháng Khuyến học.\n":                "Kế hoạch số 12/KH-HKH đã có.",
	} {
		dir := t.TempDir()
		write(t, dir+"/tin.md", "# Tháng Khuyến học\n\n"+text)
		b := read(t, dir, nil)[0].Bulletin
		if b.Lead != want || want == "" && !strings.HasPrefix(b.Text, "HỘI KHUYẾN HỌC TỈNH SƠN LA") {
			t.Errorf("%q, %q", b.Lead, b.Text)
		}
	}
}
