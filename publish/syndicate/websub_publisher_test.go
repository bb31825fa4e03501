package syndicate

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"bantin"
)

// TestWebSubPublisher goes through what websub.rocks asks of a publisher: a subscriber
// discovers hub and topic in the headers and in each document, by GET and HEAD; the topic
// answers at its own address with the same type; and what a hub fetches after it was told
// has the new entry.
func TestWebSubPublisher(t *testing.T) {
	o, h := newFeedOffice(t), newHub(t)
	o.AddBulletin("phu-tho", "Phú Thọ tổng kết", "phu-tho")
	f := o.feeds(FeedPlan{Feed: bantin.Feed{ID: "tat-ca", Title: "Bản tin khuyến học", Limit: 50}})
	f.Hubs = []string{h.URL}
	o.refreshed(f)
	notifier := o.notifier(h.URL)
	notifier.notifyHub(t.Context(), h.URL)
	h.heard()
	types := map[string]string{}
	for _, ext := range []string{"rss", "atom", "json"} {
		topic := o.Site.Link("/feeds/tat-ca." + ext)
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := httptest.NewRecorder()
			f.Library.ServeHTTP(w, httptest.NewRequest(method, "/feeds/tat-ca."+ext, nil))
			if links := strings.Join(w.Header().Values("Link"), ", "); w.Code != 200 || !strings.Contains(links, "<"+h.URL+">; rel=\"hub\"") || !strings.Contains(links, "<"+topic+">; rel=\"self\"") {
				t.Errorf("%s of %s: %d, %s", method, ext, w.Code, links)
			}
			types[topic] = w.Header().Get("Content-Type")
			if method == http.MethodHead && w.Body.Len() > 0 {
				t.Errorf("HEAD of %s has a body", ext)
			}
			if method == http.MethodGet {
				discoverIn(t, ext, w.Body.String(), h.URL, topic)
			}
		}
	}
	o.AddBulletin("can-tho", "Cần Thơ đón ghe sách", "can-tho")
	o.refreshed(f)
	notifier.notifyHub(t.Context(), h.URL)
	told := h.heard()
	for topic, mediaType := range types {
		if told[topic] != 1 {
			t.Errorf("the hub was told %d times of %s", told[topic], topic)
		}
		path := strings.TrimPrefix(topic, o.Site.URL)
		if fetched := ask(f, path); !strings.Contains(fetched.Body.String(), "Cần Thơ đón ghe sách") || fetched.Header().Get("Content-Type") != mediaType {
			t.Errorf("the hub fetches %s: %s\n%s", topic, fetched.Header().Get("Content-Type"), fetched.Body)
		}
	}
}

// discoverIn looks for hub and topic in a document, where a subscriber does.
func discoverIn(t *testing.T, ext, body, hub, topic string) {
	t.Helper()
	link := func(rel, href string) bool {
		for _, tag := range regexp.MustCompile(`<(?:atom:)?link\b[^>]*>`).FindAllString(body, -1) {
			if strings.Contains(tag, `rel="`+rel+`"`) && strings.Contains(tag, `href="`+href+`"`) {
				return true
			}
		}
		return false
	}
	if ext == "json" {
		if !strings.Contains(body, `"url":"`+hub+`"`) && !strings.Contains(body, `"url": "`+hub+`"`) || !strings.Contains(body, topic) {
			t.Errorf("the JSON feed names no hub:\n%.600s", body)
		}
		return
	}
	if !link("hub", hub) || !link("self", topic) {
		t.Errorf("the %s feed names no hub:\n%.800s", ext, body)
	}
}
