package web

import (
	"bytes"
	"image/png"
	"net/http"
	"testing"

	"bantin/feed"
)

// Feeds name pictures that the site serves, in the sizes that they say.
func TestPicturesOfFeeds(t *testing.T) {
	s := newTestSite(t)
	for path, want := range map[string][2]int{
		feed.IconPath: {512, 512}, feed.FaviconPath: {64, 64}, feed.LogoPath: {144, 72},
	} {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		_, err = body.ReadFrom(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s (%v)", path, resp.StatusCode, resp.Header.Get("Content-Type"), err)
			continue
		}
		size, err := png.DecodeConfig(&body)
		if err != nil || size.Width != want[0] || size.Height != want[1] {
			t.Errorf("%s is %d × %d, want %v (%v)", path, size.Width, size.Height, want, err)
		}
	}
}

// What may be asked of a feed is told, also of one that is not there.
func TestOptionsOfFeeds(t *testing.T) {
	s := newTestSite(t)
	for path, want := range map[string]int{"/feeds/tat-ca.rss": 204, "/feeds/khong-co.rss": 404} {
		req, err := http.NewRequest(http.MethodOptions, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("OPTIONS %s: %d, want %d", path, resp.StatusCode, want)
		}
	}
}
