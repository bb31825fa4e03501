package syndicate

import (
	"net/url"
	"strings"
	"testing"
)

// The feed of a search: what has all the words, folded, one address, bounded.
func TestSearchedFeed(t *testing.T) {
	o := newFeedOffice(t)
	o.AddBulletin("phu-tho", "Phú Thọ trao học bổng", "phu-tho")
	o.AddBulletin("hue", "Huế mở thư viện", "hue")
	f := o.feeds(plans()...)
	o.refreshed(f)
	o.index()
	const path = "/feeds/tim.atom?q=bong+hoc"
	for range 2 {
		answer := ask(f, path)
		if body := answer.Body.String(); answer.Code != 200 || !strings.Contains(body, "Phú Thọ trao học bổng") || strings.Contains(body, "Huế mở") {
			t.Fatalf("%d\n%s", answer.Code, body)
		}
	}
	before := ask(f, path).Header()
	for query, want := range map[string]int{
		"q=" + url.QueryEscape("Bổng  HỌC"): 301, "q=bong+hoc&utm=x": 301, "": 400, "q=": 400, "q=%F0%9F%8E%93": 400, "q=%22+OR+NEAR(": 301,
		"q=" + strings.Repeat("hoc+", 3000): 301, "q=khong+co+gi": 200,
	} {
		answer := ask(f, "/feeds/tim.atom?"+query)
		if answer.Code != want {
			t.Errorf("%.60s = %d, want %d", query, answer.Code, want)
		}
		if at := answer.Header().Get("Location"); len(at) > 600 || strings.Contains(query, "HỌC") && !strings.HasSuffix(at, path) {
			t.Errorf("%.60s leads to %s", query, at)
		}
	}
	o.AddBulletin("son-la", "Sơn La xét học bổng", "son-la")
	o.refreshed(f)
	ask(f, path) // before the index has it: nothing may keep this answer
	o.index()
	if after := ask(f, path); !strings.Contains(after.Body.String(), "Sơn La xét") || after.Header().Get("ETag") == before.Get("ETag") {
		t.Error("a new bulletin is not found")
	}
	if err := o.DB.Close(); err != nil {
		t.Fatal(err)
	}
	if ask(f, path).Code != 200 {
		t.Error("a poll reads the database")
	}
}

func (o *feedOffice) index() {
	o.T.Helper()
	if _, err := (&ListIndexer{DB: o.DB, Atlas: o.Atlas}).Index(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
}
