package source_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"bantin/source"
)

// rssEntry is a feed with one entry, whose inside is given.
func rssEntry(inside string) string {
	return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>N</title><item><guid>1</guid>` + inside + `</item></channel></rss>`
}

func atomEntry(inside string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><title>N</title><entry><id>urn:1</id>` + inside + `</entry></feed>`
}

// What a feed declares as text is text, and what it declares as HTML is HTML.
func TestFeedTypes(t *testing.T) {
	for _, c := range []struct{ name, feed, title, text string }{
		{"RSS, a title in tags", rssEntry(`<title>&lt;b&gt;Tin&lt;/b&gt; mới &amp;amp; cũ</title><description>x y</description>`), "Tin mới & cũ", "x y"},
		{"RSS, a title about tags", rssEntry(`<title>Dùng &lt;b&gt; và &lt;/b&gt; để in đậm</title><description>x y</description>`), "Dùng <b> và </b> để in đậm", "x y"},
		{"RSS, an address within the text", rssEntry(`<title>Tin</title><description>Gửi &lt;an@example.org&gt; khi n&lt;m.</description>`), "Tin", "Gửi <an@example.org> khi n<m."},
		{"RSS, paragraphs without elements", rssEntry("<title>Tin</title><description>Một &amp;amp; hai\nba\n\nBốn</description>"), "Tin", "Một & hai\nba\n\nBốn"},
		{"RSS, elements of Word", rssEntry(`<title>Tin</title><description>&lt;p&gt;Một&lt;o:p&gt;&lt;/o:p&gt; hai&lt;/p&gt;</description>`), "Tin", "Một hai"},
		{"Atom, text", atomEntry(`<title type="text">A &lt;b&gt;B&lt;/b&gt;</title><content type="text">Một &lt;i&gt;hai&lt;/i&gt;` + "\n\n" + `Ba &amp;amp; bốn</content>`), "A <b>B</b>", "Một <i>hai</i>\n\nBa &amp; bốn"},
		{"Atom, html", atomEntry(`<title type="html">A &lt;b&gt;B&lt;/b&gt; &amp;lt; C</title><content type="html">&lt;p&gt;Một&lt;/p&gt;&lt;p&gt;hai&lt;/p&gt;</content>`), "A B < C", "Một\n\nhai"},
		{"Atom, xhtml", atomEntry(`<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>B</b></div></title><summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Một</p><p>hai</p></div></summary>`), "A B", "Một\n\nhai"},
		{"Atom without a type, that is HTML from end to end", atomEntry(`<title>A</title><summary>&lt;p&gt;Một&lt;/p&gt;&lt;p&gt;hai&lt;/p&gt;</summary>`), "A", "Một\n\nhai"},
		{"Atom, a picture as content", atomEntry(`<title>A</title><summary>Một.</summary><content type="image/png">iVBORw0KGgo=</content>`), "A", "Một."},
		{"JSON, content_text", `{"version":"https://jsonfeed.org/version/1.1","title":"N","items":[{"id":"1","title":"A <b>B</b>","content_text":"Một <i>hai</i>\n\nBa"}]}`, "A <b>B</b>", "Một <i>hai</i>\n\nBa"},
		{"JSON, content_html", `{"version":"https://jsonfeed.org/version/1.1","title":"N","items":[{"id":"1","title":"A","content_html":"<p>Một</p><p>hai</p>"}]}`, "A", "Một\n\nhai"},
		{"a content of a picture alone", rssEntry(`<title>Tin</title><description>Một hai.</description><content:encoded>&lt;img src="/a.png"&gt;</content:encoded>`), "Tin", "Một hai."},
		{"words of media alone", atomEntry(`<title>Phim</title><media:group><media:thumbnail url="https://a.example/t.jpg"/><media:description>Lễ hội` + "\n" + `ở huyện</media:description></media:group>`), "Phim", "Lễ hội\nở huyện"},
		{"a note that begins with a link", rssEntry(`<description>&lt;p&gt;&lt;a href="/xa"&gt;Xã A&lt;/a&gt; mở lớp. Ai cũng học.&lt;/p&gt;</description>`), "Xã A mở lớp", "Xã A mở lớp. Ai cũng học."},
		{"a description alone, in two lines", rssEntry(`<description>Xã mở lớp. Ai cũng học.</description>`), "Xã mở lớp", "Xã mở lớp. Ai cũng học."},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := source.FeedBulletins(t.Context(), []byte(c.feed))
			if len(list) != 1 {
				t.Fatalf("%d bulletins", len(list))
			}
			b := list[0]
			if text := strings.TrimSpace(b.Lead + "\n\n" + b.Text); b.Title != c.title || strings.ReplaceAll(text, "\n", " ") != strings.ReplaceAll(c.text, "\n", " ") {
				t.Errorf("got  %q %q\nwant %q %q", b.Title, text, c.title, c.text)
			}
		})
	}
}

// Pictures beside a text are shown once, in one size; the rest is attached.
func TestFeedMedia(t *testing.T) {
	for _, c := range []struct{ name, inside, want string }{
		{"an enclosure without a type", `<enclosure url="/a.JPG?x=1"/>`, "https://nganh.example/a.JPG?x=1"},
		{"a thumbnail beside its picture", `<media:content url="/a.jpg" medium="image"><media:thumbnail url="/a-t.jpg"/><media:title>Lễ</media:title></media:content>`, "https://nganh.example/a.jpg (Lễ)"},
		{"a thumbnail alone", `<media:thumbnail url="/t"/>`, "https://nganh.example/t"},
		{"the picture of the text, made smaller", `<content:encoded>&lt;p&gt;x&lt;img src="/a.jpg"&gt;&lt;/p&gt;</content:encoded><media:content url="/a-300x200.jpg" medium="image"/>`, "https://nganh.example/a.jpg"},
		{"two of a group", `<media:group><media:content url="/a.jpg" type="image/jpeg"/><media:content url="/b.jpg" type="image/jpeg"/></media:group>`, "https://nganh.example/a.jpg https://nganh.example/b.jpg"},
		{"a film", `<media:content url="/a.mp4" type="video/mp4"/>`, "+https://nganh.example/a.mp4"},
		{"a sound, twice", `<enclosure url="/a.mp3" type="audio/mpeg" length="5"/><media:content url="/a.mp3" type="audio/mpeg"/>`, "+https://nganh.example/a.mp3"},
	} {
		list := source.FeedBulletins(t.Context(), []byte(rssEntry(`<title>Tin</title><description>Một hai.</description>`+c.inside)))
		if len(list) != 1 {
			t.Fatalf("%s: %d bulletins", c.name, len(list))
		}
		var got []string
		for _, i := range list[0].Images {
			if i.Caption != "" {
				i.Src += " (" + i.Caption + ")"
			}
			got = append(got, i.Src)
		}
		for _, a := range list[0].Attachments {
			got = append(got, "+"+a.Src)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A feed is read whatever stands before it, and in whatever encoding.
func TestFeedEncodings(t *testing.T) {
	const words = "Phong trào khuyến học ở các xã vùng cao"
	plain := rssEntry("<title>" + words + "</title><description>Năm nay phong trào khuyến học tăng nhanh.</description>")
	wide := func(e unicode.Endianness, mark unicode.BOMPolicy, text string) string {
		out, err := unicode.UTF16(e, mark).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, feed := range map[string]string{
		"a notice of PHP":            "<br />\n<b>Notice</b>: Undefined index: x in <b>/a.php</b> on line <b>5</b><br />\n<?xml version=\"1.0\"?>" + plain,
		"a comment about feeds":      "<?xml version=\"1.0\"?><!-- <rss> --><!--" + strings.Repeat("x", 9000) + "-->" + plain,
		"a document type":            "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"b\">]>" + plain,
		"U+001A behind it":           plain + "\x1a",
		"U+001A within":              strings.Replace(plain, "tăng", "tăng\x1a", 1),
		"UTF-16, high byte first":    wide(unicode.BigEndian, unicode.UseBOM, `<?xml version="1.0" encoding="UTF-16"?>`+plain),
		"UTF-16 without a mark":      wide(unicode.BigEndian, unicode.IgnoreBOM, plain),
		"a false encoding":           `<?xml version="1.0" encoding="windows-1252"?>` + plain,
		"an encoding that is none":   `<?xml version="1.0" encoding="x-vn"?>` + plain,
		"half of a pair":             strings.Replace(plain, "tăng", "&#xD83D;tăng&#0;", 1),
		"it breaks off":              strings.TrimSuffix(plain, "</channel></rss>") + "<item><title>Hai",
		"it breaks off in a letter":  strings.TrimSuffix(plain, "</channel></rss>") + "<item><title>Hai \xe1\xba",
		"Atom that breaks off":       strings.TrimSuffix(atomEntry("<title>"+words+"</title>"), "</feed>") + "<entry><title>Hai",
		"RDF that breaks off":        `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/><item><title>` + words + `</title><link>http://a.example/1</link></item><item><title>Hai`,
		"JSON behind what it prints": "Notice: x\n" + `{"version":"https://jsonfeed.org/version/1.1","title":"N","items":[{"id":"1","title":"` + words + `"}]}`,
	} {
		list := source.FeedBulletins(t.Context(), []byte(feed))
		if len(list) != 1 || list[0].Title != words {
			t.Errorf("%s: %s", name, fmt.Sprint(list))
		}
	}
}
