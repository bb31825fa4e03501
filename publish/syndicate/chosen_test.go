package syndicate

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bantin/feed"
	"bantin/place"
)

// A reader's own selection: one address for it, rendered once for each change,
// and a poll that nothing changed for reads no database.
func TestChosenFeed(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	o.AddBulletin("ca-mau", "Cà Mau đón thuyền sách", "ca-mau")
	o.AddBulletin("hue", "Huế mở thư viện", "hue")
	f := o.feeds(plans()...)
	o.refreshed(f)
	for _, format := range feed.Formats() {
		path := "/feeds/chon." + format.Ext + "?place=ca-mau,phu-tho"
		answer := ask(f, path)
		body := answer.Body.String()
		if answer.Code != 200 || !strings.Contains(body, "Phú Thọ tổng kết") || !strings.Contains(body, "Cà Mau đón") || strings.Contains(body, "Huế mở") {
			t.Fatalf("%s: %d\n%s", path, answer.Code, body)
		}
		if got := answer.Header().Get("Link"); got != "<https://bantin.example.org"+path+`>; rel="self"` {
			t.Errorf("%s: Link %s", path, got)
		}
	}
	const path = "/feeds/chon.atom?place=ca-mau,phu-tho"
	before := ask(f, path).Header()
	o.AddBulletin("hue-2", "Huế lại có tin", "hue")
	o.refreshed(f)
	if after := ask(f, path).Header(); after.Get("ETag") != before.Get("ETag") {
		t.Error("news of another place changed the document")
	}
	o.Withdraw("phu-tho", "Phú Thọ tổng kết")
	o.refreshed(f)
	after := ask(f, path)
	if strings.Contains(after.Body.String(), "Phú Thọ tổng kết") || modified(t, after.Header()).Before(modified(t, before)) {
		t.Error("a withdrawn bulletin is still there, or the time went back")
	}
	again := o.feeds(plans()...) // after a restart
	o.refreshed(again)
	if ask(again, path).Header().Get("ETag") != after.Header().Get("ETag") {
		t.Error("the tag does not survive a restart")
	}
	if err := o.DB.Close(); err != nil {
		t.Fatal(err)
	}
	if ask(f, path).Code != 200 {
		t.Error("a poll reads the database")
	}
}

// modified is when a document changed last, as its header says.
func modified(t *testing.T, h http.Header) time.Time {
	t.Helper()
	at, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestChosenFeedHasOneAddress(t *testing.T) {
	o := newFeedOffice(t)
	f := o.feeds(plans()...)
	f.Site.URL = "https://hoi.example.org/bantin"
	o.refreshed(f)
	for query, want := range map[string]string{
		"cluster=tay-bac&place=phu-tho&place=hoa-binh&place=phu-tho": "place=hoa-binh,phu-tho&cluster=tay-bac",
		"place=Ph%C3%BA%20Th%E1%BB%8D":                               "place=phu-tho",
		"place=phu-tho&utm_source=thu":                               "place=phu-tho",
		"place=" + strings.Repeat("son-la,", 3000):                   "place=son-la",
	} {
		answer := ask(f, "/feeds/chon.rss?"+query)
		if got := answer.Header().Get("Location"); answer.Code != 301 || got != "/bantin/feeds/chon.rss?"+want {
			t.Errorf("%.60s: %d %s", query, answer.Code, got)
		}
	}
	if answer := ask(f, "/feeds/chon.rss?place=hoa-binh%2Cphu-tho"); answer.Code != 200 {
		t.Errorf("an escaped comma: %d", answer.Code)
	}
	var all []string
	for _, u := range place.All() {
		all = append(all, u.Slug)
	}
	for query, want := range map[string]struct {
		status int
		says   string
	}{
		"":                                    {400, "ít nhất một"},
		"place=phu-to":                        {404, "Phú Thọ (phu-tho)"},
		"cluster=khong":                       {404, "khong"},
		"place=" + strings.Join(all, ","):     {400, "nhiều nhất 40"},
		"place=" + strings.Repeat("x,", 9999): {404, "There is no place"},
	} {
		answer := ask(f, "/feeds/chon.rss?"+query)
		if answer.Code != want.status || !strings.Contains(answer.Body.String(), want.says) {
			t.Errorf("%.60s: %d %s", query, answer.Code, answer.Body)
		}
	}
}

// Strange selections, one after the other, take no more memory than the cache has.
func TestChosenFeedsAreBounded(t *testing.T) {
	var c chosenCache
	made := 0
	get := func(n int, change int64) {
		_, err := c.get(fmt.Sprint("/feeds/chon.rss?", n), change, func() (*feed.Document, error) {
			made++
			return feed.NewDocument(make([]byte, 200<<10), "application/rss+xml", time.Now()), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range 2 * maxChosen {
		get(n, 1)
		get(0, 1) // this one is asked for all the time, and stays
	}
	if all := &c.byPath; made != 2*maxChosen || all.bytes > maxChosenBytes || all.order.Len() != len(all.at) || all.order.Len() > maxChosen {
		t.Errorf("made %d, kept %d of %d bytes", made, all.order.Len(), all.bytes)
	}
	get(0, 2)
	if made != 2*maxChosen+1 {
		t.Error("a change did not make it anew")
	}
}

// BenchmarkChosenPoll is a poll of a feed that a reader put together.
func BenchmarkChosenPoll(b *testing.B) {
	o := newFeedOffice(b)
	for n := range 60 {
		o.AddBulletin(fmt.Sprint("tin-", n), fmt.Sprint("Tin khuyến học thứ ", n), "phu-tho")
	}
	f := o.feeds(plans()...)
	if _, err := f.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/feeds/chon.rss?place=phu-tho", nil)
	r.Header.Set("If-None-Match", ask(f, r.URL.String()).Header().Get("ETag"))
	b.ReportAllocs()
	for b.Loop() {
		f.Library.ServeHTTP(httptest.NewRecorder(), r)
	}
}
