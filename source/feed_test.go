package source_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/internal/cost"
	"bantin/source"
)

// feedSite serves one feed, with validators.
type feedSite struct {
	*httptest.Server
	page     string
	requests int
	whole    int // answers with a body
}

func serveFeed(t *testing.T, page string) *feedSite {
	t.Helper()
	f := &feedSite{page: page}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/rss") {
			http.NotFound(w, r)
			return
		}
		f.requests++
		tag := fmt.Sprintf(`"%d"`, len(f.page))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		f.whole++
		fmt.Fprint(w, f.page)
	}))
	t.Cleanup(f.Close)
	return f
}

const rss = `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Ngành</title>
<item><title>Quyết định 387&amp;#x002F;QĐ-TTg &amp;amp; lời dặn</title><link>/tin/2.html</link><guid isPermaLink="false">hai</guid>
 <pubDate>Fri, 29 Apr 2022 15:30:00 +0700</pubDate><description>Tóm tắt.</description>
 <content:encoded><![CDATA[<p>Toàn văn có <a href="../van-ban/387">liên kết</a>.</p><p><img src="/anh.png"><br><i>Trao học bổng</i></p><script>x</script>]]></content:encoded>
 <enclosure url="/tep/387.pdf" type="application/pdf" length="1234"/></item>
<item><title>Tin không có mã và ngày</title><link>http://khac.example/tin?utm_source=rss</link><description>&amp;lt;p&amp;gt;Mã hóa hai lần&amp;lt;/p&amp;gt;</description></item>
<item><title>Tin cũ</title><guid>http://khac.example/cu</guid><pubDate>Sat, 01 Jan 2022 08:00:00 +0700</pubDate><description>Chuyện đã lâu.</description></item>
</channel></rss>`

func TestFeedRSS(t *testing.T) {
	site := serveFeed(t, rss)
	l := newLooker(t, "feed", site.URL+"/rss")
	l.expect("http://khac.example/cu Tin cũ (history)",
		"http://khac.example/tin?utm_source=rss Tin không có mã và ngày",
		"hai Quyết định 387/QĐ-TTg & lời dặn")
	b := l.texts["hai"]
	if b.URL != site.URL+"/tin/2.html" || l.keys["hai"] != "url:"+b.URL {
		t.Errorf("address %q, key %q", b.URL, l.keys["hai"])
	}
	if !strings.Contains(b.HTML+b.Lead, `href="`+site.URL+`/van-ban/387"`) || strings.Contains(b.HTML, "script") {
		t.Errorf("%q %q", b.Lead, b.HTML)
	}
	if len(b.Images) != 1 || b.Images[0].Caption != "Trao học bổng" || b.Images[0].Src != "" {
		t.Errorf("a picture that is missing: %+v", b.Images)
	}
	if len(b.Attachments) != 1 || b.Attachments[0] != (bantin.Attachment{Src: site.URL + "/tep/387.pdf", Type: "application/pdf", Length: 1234}) {
		t.Errorf("attachments %+v", b.Attachments)
	}
	if b.PublishedPrecision != bantin.PrecisionMinute || b.Published.Minute() != 30 {
		t.Errorf("published %s", b.Published)
	}
	if got := l.texts["http://khac.example/tin?utm_source=rss"]; got.Lead != "Mã hóa hai lần" || !got.Published.IsZero() || l.keys[got.SourceID] != "file:website/"+got.SourceID {
		t.Errorf("%+v, key %s", got, l.keys[got.SourceID])
	}
	l.expect()
	if site.requests != 2 || site.whole != 1 {
		t.Errorf("%d requests, %d of them answered whole", site.requests, site.whole)
	}
	site.page = strings.Replace(rss, "Chuyện đã lâu.", "Chuyện đã lâu, nay sửa.", 1)
	l.expect("http://khac.example/cu Tin cũ (history)")
}

func TestFeedAtomAndJSON(t *testing.T) {
	for name, page := range map[string]string{
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://nganh.example/"><id>x</id><title>Ngành</title><updated>2022-04-29T08:30:00Z</updated>
<entry><id>urn:mot</id><title type="html">Lễ &amp;lt;b&amp;gt; khai mạc</title><link href="https://nganh.example/tin/1"/><updated>2022-04-29T08:30:00Z</updated>
<author><name>Nguyễn Thị Hòa</name></author><content type="html">&lt;p&gt;Nội dung đầy đủ.&lt;/p&gt;</content></entry></feed>`,
		"json": `{"version":"https://jsonfeed.org/version/1.1","title":"Ngành","items":[{"id":"urn:mot","url":"https://nganh.example/tin/1",
"title":"Lễ &lt;b> khai mạc","content_html":"<p>Nội dung đầy đủ.</p>","date_published":"2022-04-29T15:30:00+07:00","authors":[{"name":"Nguyễn Thị Hòa"}]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLooker(t, "feed", serveFeed(t, page).URL+"/rss")
			if _, err := l.look(); err != nil {
				t.Fatal(err)
			}
			b := l.texts["urn:mot"]
			if b == nil {
				t.Fatal("no entry")
			}
			if b.Lead != "Nội dung đầy đủ." || b.Author != "Nguyễn Thị Hòa" || b.URL != "https://nganh.example/tin/1" ||
				!b.Published.Equal(time.Date(2022, 4, 29, 8, 30, 0, 0, time.UTC)) {
				t.Errorf("%+v", b)
			}
		})
	}
}

func TestFeedBad(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY e SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>x</title><item><guid>1</guid><title>Bom &c; &e;</title><description>x</description></item></channel></rss>`
	for name, page := range map[string]string{
		"nothing": "", "a page": "<html><body>Bảo trì</body></html>", "cut": rss[:len(rss)/2], "json": `{"items":`,
	} {
		l := newLooker(t, "feed", serveFeed(t, page).URL+"/rss")
		_, err := l.look()
		var failure *source.SiteError
		if name != "cut" && !errors.As(err, &failure) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l := newLooker(t, "feed", serveFeed(t, bomb).URL+"/rss")
	if _, err := l.look(); err == nil {
		if b := l.texts["1"]; b != nil && (strings.Contains(b.Title, "aaaa") || strings.Contains(b.Title, "root")) {
			t.Errorf("entities were expanded: %q", b.Title)
		}
	}
}

func TestSitesNeedAddresses(t *testing.T) {
	for _, kind := range []string{"nukeviet", "feed"} {
		for _, url := range []string{"", "ftp://example.org/", "không phải"} {
			if _, err := source.Open(source.Spec{ID: "x", Kind: kind, URL: url, Web: fetch.New(fetch.Options{})}); err == nil {
				t.Errorf("%s %q was opened", kind, url)
			}
		}
	}
}

// An entry that says nothing is told, once, however often it is in the feed and whatever
// else it has.
func TestFeedEntriesWithoutWords(t *testing.T) {
	site := serveFeed(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Ngành</title>
<entry><title>Tin</title><id>urn:1</id><summary>Bài.</summary></entry>
<entry><content type="application/octet-stream">QsOgaQ==</content></entry>
<entry><content type="application/octet-stream">QsOgaQ==</content></entry>
<entry><author><name>Ban biên tập</name></author></entry></feed>`)
	s, err := source.Open(source.Spec{ID: "nganh", Kind: "feed", URL: site.URL + "/rss", Web: fetch.New(fetch.Options{AllowPrivate: true, MaxAttempts: 1})})
	if err != nil {
		t.Fatal(err)
	}
	read, told := 0, map[string]bool{}
	for item, err := range s.Read(t.Context(), map[string]string{}) {
		switch p := (*source.Problem)(nil); {
		case err != nil:
			t.Fatal(err)
		case item.Bulletin != nil:
			read++
		case errors.As(item.Err, &p):
			if p.Words.VI != "mục tin không có tiêu đề và nội dung" || told[item.ID] {
				t.Errorf("%s: %v", item.ID, p)
			}
			told[item.ID] = true
		}
	}
	if read != 1 || len(told) != 2 {
		t.Errorf("%d read, told of %v", read, told)
	}
}

// FuzzFeed reads anything as a feed: an item or an error, and no crash.
func FuzzFeed(f *testing.F) {
	f.Add([]byte(rss))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title></entry></feed>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1}]}`))
	f.Add([]byte("<rss>"))
	f.Add([]byte(`<rss xmlns:a="b"><channel><item><a:b><a:b><a:b></item></channel>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var list []*bantin.Bulletin
		if work := cost.Made(func() { list = source.FeedBulletins(t.Context(), raw) }); work > 64<<20+5000*uint64(len(raw)) {
			t.Errorf("%d MB are made of %d bytes", work>>20, len(raw))
		}
		for _, b := range list {
			checkClean(t, b)
		}
	})
}

// checkClean wants what every bulletin is promised to be.
func checkClean(t *testing.T, b *bantin.Bulletin) {
	t.Helper()
	if strings.TrimSpace(b.Title) == "" {
		t.Error("no title")
	}
	for _, bad := range []string{"<script", "<iframe", "javascript:", " onclick="} {
		if strings.Contains(strings.ToLower(b.HTML), bad) && !strings.Contains(b.Text, bad) {
			t.Errorf("%q in %q", bad, b.HTML)
		}
	}
}

// Times without a zone are those of the site; what cannot be right is no time.
// Entries that share one address are told apart by their ids.
func TestFeedOddEntries(t *testing.T) {
	item := func(id, date string) string {
		return "<item><title>Tin " + id + "</title><guid isPermaLink=\"false\">" + id + "</guid><link>http://khac.example/tin#" + id + "</link><pubDate>" + date + "</pubDate><description>Nội dung.</description></item>"
	}
	site := serveFeed(t, `<rss version="2.0"><channel><title>Ngành</title>`+item("mot", "Fri, 29 Apr 2022 15:30:00")+item("hai", "Fri, 29 Apr 2022 15:30:00 ICT")+
		item("ba", "Fri, 29 Apr 2022 08:30:00 GMT")+item("bon", "Thu, 01 Jan 1970 00:00:00 +0000")+item("nam", "1970-01-01")+item("sau", "2099-12-31 08:00")+item("bay", "29/04/2022 3:30 CH")+"</channel></rss>")
	l := newLooker(t, "feed", site.URL+"/rss")
	if _, err := l.look(); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"mot", "hai", "ba", "bay"} {
		if b := l.texts[id]; !b.Published.Equal(time.Date(2022, 4, 29, 15, 30, 0, 0, hanoi)) || len(b.Warnings) > 0 {
			t.Errorf("%s: %s, warnings %q", id, b.Published, b.Warnings)
		}
	}
	for _, id := range []string{"bon", "nam", "sau"} {
		if b := l.texts[id]; !b.Published.IsZero() || len(b.Warnings) != 1 {
			t.Errorf("%s: %s, warnings %q", id, b.Published, b.Warnings)
		}
	}
	if l.keys["mot"] != "file:website/mot" || l.keys["hai"] != "file:website/hai" {
		t.Errorf("two entries with one address are known by %q and %q", l.keys["mot"], l.keys["hai"])
	}
}
