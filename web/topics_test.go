package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"bantin"
	"bantin/place"
)

// withTopics is a site that has topics.
func withTopics(t *testing.T, s *testSite) {
	t.Helper()
	s.atlas = place.NewAtlas(nil, bantin.Topic{ID: "hoc-bong", Title: "Học bổng"}, bantin.Topic{ID: "thu-vien", Title: "Thư viện"})
	s.site.Atlas = s.atlas
	s.site.FeedList = func() []bantin.Feed {
		return append(testFeedList(), bantin.Feed{ID: "chu-de/hoc-bong", Title: "Học bổng", Select: bantin.Selection{Topics: []string{"hoc-bong"}}})
	}
	s.Config.Handler = New(s.site)
}

func TestTopicPages(t *testing.T) {
	s := newTestSite(t)
	withTopics(t, s)
	b := sample(1)
	b.Topics, b.Event = []string{"hoc-bong", "da-bo"}, &bantin.Event{Date: bantin.DayOf(s.now()), Place: "Việt Trì"}
	b = s.add(t, b)
	other := sample(2)
	other.Topics, other.Title = []string{"thu-vien"}, "Mở thư viện phường"
	s.add(t, other)

	page := s.get(t, "/?topic=hoc-bong", 200)
	wantAll(t, page, "<h1>Tin về chủ đề Học bổng</h1>", `<label for="in">Nơi hoặc chủ đề</label>`, `<option value="topic:hoc-bong" selected>Học bổng</option>`, `href="/?topic=hoc-bong">Học bổng</a>`,
		`href="/feeds/chu-de/hoc-bong.rss">Theo dõi`, `<link rel="canonical" href="https://bantin.example.org/?topic=hoc-bong">`, `<meta property="og:title" content="Tin về chủ đề Học bổng">`)
	if strings.Contains(page, "Mở thư viện") || strings.Contains(page, "da-bo") {
		t.Error("the page of a topic shows another one")
	}
	wantAll(t, s.get(t, "/?topic=hoc-bong&lang=en", 200), "<h1>News about Học bổng</h1>")
	s.get(t, "/?topic=da-bo", 404)
	res, _ := s.do(t, "GET", "/?in=topic:hoc-bong&q=", "")
	if res.Header.Get("Location") != "/?topic=hoc-bong" {
		t.Errorf("the form leads to %q", res.Header.Get("Location"))
	}
	wantAll(t, s.get(t, "/bulletins/"+b.ID, 200), `href="/?topic=hoc-bong">Học bổng</a>`, `href="/feeds/chu-de/hoc-bong">Tin Học bổng</a>`)
	wantAll(t, s.get(t, "/feeds", 200), `id="topics"`, `<input type="checkbox" name="topic" value="thu-vien"> Thư viện`, `href="/feeds/chu-de/hoc-bong">Học bổng</a>`)
	wantAll(t, s.get(t, "/feeds/chon?topic=thu-vien", 200), "Nguồn tin: Thư viện", "/feeds/chon.rss?topic=thu-vien", "Mở thư viện phường")
	wantAll(t, s.get(t, "/sitemap.xml", 200), "<loc>https://bantin.example.org/?topic=hoc-bong</loc>")
	wantAll(t, s.get(t, "/events/chu-de/hoc-bong.ics", 200), "BEGIN:VEVENT", "X-WR-CALNAME:Sự kiện – Học bổng")
	if strings.Contains(s.get(t, "/events/chu-de/thu-vien.ics", 200), "VEVENT") {
		t.Error("the calendar of another topic has the event")
	}
	s.get(t, "/events/chu-de/da-bo.ics", 404)
}

// Topics are chosen at sign-up, confirmed with it, and changed on the page of preferences.
func TestTopicsChosen(t *testing.T) {
	s, link := office(t)
	if strings.Contains(s.get(t, link, 200)+s.get(t, "/subscribe", 200), `name="topics"`) {
		t.Error("a site without topics asks for them")
	}
	withTopics(t, s)
	wantAll(t, s.get(t, "/subscribe", 200), `<input type="checkbox" name="topics" value="hoc-bong"><span>Học bổng</span>`, "Tin không thuộc chủ đề nào luôn có")
	form := signUpForm("lan@phutho.example.org")
	form["topics"] = []string{"thu-vien", "hoc-bong", "la"}
	s.post(t, "/subscribe", form)
	for _, m := range s.mails(t) {
		if strings.Contains(m.to, "lan@") {
			s.post(t, linkIn(t, m, "confirm"), nil)
		}
	}
	if c := s.known(t, "lan@phutho.example.org"); c == nil || !slices.Equal(c.Topics, []string{"hoc-bong", "thu-vien"}) || !slices.Equal(c.Reads, []string{"phu-tho", "son-la"}) {
		t.Fatalf("signed up: %+v", c)
	}
	save := url.Values{"do": {"save"}, "had": {"hang-tuan"}, "digest": {"hang-tuan"}, "topics": {"thu-vien"}, "language": {"vi"}}
	s.post(t, link, save)
	if c := s.mai(t); !slices.Equal(c.Topics, []string{"thu-vien"}) {
		t.Errorf("saved: %+v", c)
	}
	wantAll(t, s.get(t, link, 200), `value="thu-vien" checked`, `name="topics" value="hoc-bong"><span>`)
	save.Del("topics")
	s.post(t, link, save)
	if c := s.mai(t); c.Topics != nil {
		t.Errorf("taken back: %+v", c)
	}
}

// Digests that differ in how often they come are named so where people choose.
func TestFrequenciesNamed(t *testing.T) {
	s, link := office(t)
	s.site.Digests[0].Frequency = bantin.Words{VI: "Hằng tuần", EN: "Weekly"}
	s.site.Digests[1].Frequency = bantin.Words{VI: "Ngay khi có tin", EN: "At once"}
	s.Config.Handler = New(s.site)
	wantAll(t, s.get(t, link, 200), `<span class="hint">Hằng tuần. Thư tới: Thứ `, `Tin học bổng <span class="hint">Ngay khi có tin</span>`)
	wantAll(t, s.get(t, "/subscribe?lang=en", 200), `Weekly. Next mail: `, `Tin học bổng <span class="hint">At once</span>`)
}
