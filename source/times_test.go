package source_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/source"
)

// feedOf reads a feed that a test wrote, in the zone of Hà Nội.
func feedOf(t *testing.T, feed string, seen map[string]string) []source.Item {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, feed) }))
	t.Cleanup(site.Close)
	s, err := source.Open(source.Spec{ID: "nganh", Kind: "feed", URL: site.URL + "/rss", Web: fetch.New(fetch.Options{AllowPrivate: true, PerSecond: 1000}),
		Location: time.FixedZone("+07", 7*3600), Now: func() time.Time { return time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	var items []source.Item
	for item, err := range s.Read(t.Context(), seen) {
		if err != nil {
			t.Fatal(err)
		}
		if item.Notes == nil {
			items = append(items, item)
		}
	}
	return items
}

func rssOf(items ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Nguồn</title><link>https://nguon.example/</link>` + strings.Join(items, "") + `</channel></rss>`
}

// The day stands before the month, whatever the library makes of it; what tells nothing
// sure is a warning with the words that were found.
func TestFeedTimes(t *testing.T) {
	for written, want := range map[string]string{
		"11/12/2026 8:00:00 AM": "2026-12-11T08:00 minute", "11/12/2026 8:00:00 CH": "2026-12-11T20:00 minute", "05/11/26": "2026-11-05T00:00 day",
		"Tue, 24 Nov 2026 14:30:00 GMT+7": "2026-11-24T14:30 minute", "Tue, 24 Nov 2026 14:30:00 ICT": "2026-11-24T14:30 minute",
		"Tue, 24 Nov 2026 14:30:00": "2026-11-24T14:30 minute", "2026-11-24T07:30:00Z": "2026-11-24T14:30 minute",
		"11/25/2026 8:00:00 AM": "", "Tue, 24 Nov 2026 14:30:00 XYZ": "", "hôm qua": "", "24/11/2126 08:00": "",
	} {
		b := feedOf(t, rssOf("<item><title>Tin</title><guid>một</guid><description>Nội dung của tin.</description><pubDate>"+written+"</pubDate></item>"), nil)[0].Bulletin
		got := ""
		if !b.Published.IsZero() {
			got = b.Published.Format("2006-01-02T15:04 ") + string(b.PublishedPrecision)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", written, got, want)
		}
		if told := len(b.Warnings) == 1 && strings.Contains(b.Warnings[0].In(bantin.Vietnamese), written); told != (want == "") {
			t.Errorf("%q: warnings %q", written, b.Warnings)
		}
	}
}

// NukeViet's RSS has the month for the minutes: such a time is good for its day.
func TestFeedMonthAsMinute(t *testing.T) {
	entry := func(n int, at string) string {
		return fmt.Sprintf("<item><title>Tin %d</title><guid>%d</guid><description>Nội dung.</description><pubDate>%s</pubDate></item>", n, n, at)
	}
	const generator = "<generator>NukeViet v4.5</generator>"
	for name, test := range map[string]struct{ feed, want string }{
		"said":       {rssOf(generator, entry(1, "Tue, 24 Nov 2026 18:11:30 GMT")), "2026-11-25 day"},
		"two months": {rssOf(entry(1, "Tue, 24 Nov 2026 07:11:30 GMT"), entry(2, "Sat, 24 Oct 2026 07:10:02 GMT")), "2026-10-24 day"},
		"by chance":  {rssOf(entry(1, "Tue, 24 Nov 2026 07:11:30 GMT")), "2026-11-24 minute"},
		"not so":     {rssOf(generator, entry(1, "Tue, 24 Nov 2026 07:11:30 GMT"), entry(2, "Sat, 24 Oct 2026 07:30:02 GMT")), "2026-10-24 minute"},
	} {
		b := feedOf(t, test.feed, nil)[0].Bulletin
		if got := b.Published.Format("2006-01-02 ") + string(b.PublishedPrecision); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// Entries that share a name or a link are told apart, and stay so when some of them have
// left the feed.
func TestFeedSharedNames(t *testing.T) {
	entry := func(title, link, guid string) string {
		return "<item><title>" + title + "</title><link>" + link + "</link><guid>" + guid + "</guid><description>Nội dung của " + title + ".</description></item>"
	}
	both := feedOf(t, rssOf(entry("Trao xe", "", "0"), entry("Mở lớp", "", "0"), entry("Mở lớp", "", "0")), nil)
	if len(both) != 2 || both[0].ID == both[1].ID || both[0].Key == both[1].Key || both[0].Before != "file:nganh/0" {
		t.Fatalf("one guid: %+v", both)
	}
	seen := map[string]string{}
	for _, item := range both {
		seen[item.ID] = item.Version
	}
	if again := feedOf(t, rssOf(entry("Trao xe", "", "0")), seen); len(again) != 0 {
		t.Errorf("one of them alone: %+v", again)
	}
	for _, item := range feedOf(t, rssOf(entry("Một", "https://nguon.example/", "1"), entry("Hai", "https://nguon.example/tin?id=2", "2")), nil) {
		if item.Key != "file:nganh/"+item.ID {
			t.Errorf("a link on another site is the key: %+v", item)
		}
	}
}

// An entry that stands in a feed in two versions is its later one.
func TestFeedVersions(t *testing.T) {
	entry := func(updated, text string) string {
		return `<entry><id>urn:tin</id><title>Trao xe</title><link href="https://nguon.example/1"/><updated>` + updated + `</updated><summary>` + text + `</summary></entry>`
	}
	items := feedOf(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Nguồn</title>`+entry("2026-11-24T08:00:00Z", "Mười ba chiếc xe.")+entry("2026-11-23T08:00:00Z", "Mười hai chiếc xe.")+`</feed>`, nil)
	if len(items) != 1 || items[0].ID != "urn:tin" || items[0].Bulletin.Lead != "Mười ba chiếc xe." {
		t.Errorf("%+v", items)
	}
	items = feedOf(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Nguồn</title>`+entry("2026-11-24T08:00:00Z", "Lịch họp dời sang chiều thứ ba.")+entry("2026-11-23T08:00:00Z", "Văn phòng nghỉ lễ đến hết chủ nhật.")+`</feed>`, nil)
	if len(items) != 2 {
		t.Errorf("two stories of one name: %+v", items)
	}
}

// What a page says of its day.
func TestPageDay(t *testing.T) {
	page := func(head, body string) string {
		return `<html lang="vi"><head><meta charset="utf-8"><title>Giải cờ</title>` + head + `</head><body><article><h1>Giải cờ</h1>` + body + `<p>Giải cờ của xã có hai bảng đấu, mỗi bảng có bốn mươi em ở các bản xa về dự.</p></article></body></html>`
	}
	const linked = `<script type="application/ld+json">{"@graph":[{"@type":"WebPage","datePublished":"2020-01-01"},{"@type":"NewsArticle","datePublished":"2026-11-24T16:40:00+07:00"}]}</script>`
	for name, test := range map[string]struct{ page, want string }{
		"property":      {page(`<meta property="article:published_time" content="2026-11-24T16:40:00+07:00">`, ""), "2026-11-24 16:40"},
		"itemprop":      {page(`<meta itemprop="datePublished" content="24/11/2026">`, ""), "2026-11-24 00:00"},
		"JSON-LD":       {page(linked, ""), "2026-11-24 16:40"},
		"time":          {page("", `<header><time datetime="2026-11-24T16:40:00+07:00">hôm qua</time></header>`), "2026-11-24 16:40"},
		"words of time": {page("", `<p><time>24/11/2026 16:40</time></p>`), "2026-11-24 16:40"},
		"meta first":    {page(`<meta name="date" content="2026-11-23">`+linked, ""), "2026-11-23 00:00"},
		"of an event":   {page("", `<p>Hội nghị sẽ họp tại nhà văn hóa của xã vào sáng ngày <time datetime="2027-01-05">5/1/2027</time>.</p>`), ""},
		"in the foot":   {page("", `<footer><time datetime="2026-11-24">hôm qua</time></footer>`), ""},
		"none":          {page(`<script type="application/ld+json">{"datePublished":`+"</script>", ""), ""},
	} {
		dir := t.TempDir()
		write(t, dir+"/tin.html", test.page)
		s := open(t, source.Spec{ID: "van-phong", Path: dir, Location: time.FixedZone("+07", 7*3600)})
		for item, err := range s.Read(t.Context(), nil) {
			if item.Notes != nil {
				continue
			}
			if err != nil || item.Bulletin == nil {
				t.Fatalf("%s: %+v, %v", name, item, err)
			}
			got := ""
			if b := item.Bulletin; !b.Published.IsZero() {
				got = b.Published.In(time.FixedZone("+07", 7*3600)).Format("2006-01-02 15:04")
			}
			if got != test.want || strings.Contains(item.Bulletin.Lead, "24/11") {
				t.Errorf("%s: %q, want %q; lead %q", name, got, test.want, item.Bulletin.Lead)
			}
		}
	}
}

// A folder's news comes in the order of its dates, whatever the names; what has no date
// is last.
func TestFolderOrder(t *testing.T) {
	dir := t.TempDir()
	for name, day := range map[string]string{"a": "2026-11-24", "b": "2026-11-20", "c": "", "d": "2026-11-22 08:00", "e": "2026-11-20"} {
		head := ""
		if day != "" {
			head = "date: " + day + "\n"
		}
		write(t, dir+"/"+name+".md", "---\ntitle: Tin "+name+"\n"+head+"---\nNội dung của tin "+name+".\n")
	}
	var got []string
	now := func() time.Time { return time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC) }
	for item, err := range open(t, source.Spec{ID: "van-phong", Path: dir, Now: now}).Read(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if item.Notes == nil {
			got = append(got, strings.TrimSuffix(item.ID, ".md"))
		}
	}
	if order := strings.Join(got, " "); order != "b e d a c" {
		t.Errorf("order %s", order)
	}
}
