package web

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"testing"
	"time"

	"bantin/internal/testneed"
)

// Above 50,000 addresses the site map is an index, whose parts have each address once and
// no more than a site map may have.
func TestSitemapIndex(t *testing.T) {
	testneed.Long(t, "takes seconds")
	s := newTestSite(t)
	site := &site{Options: s.site, overview: newOverview(s.store, s.atlas, s.site.Site.Location)}
	const many = 2*maxSitemap + 7
	old := time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	for n := range many {
		site.overview.old[fmt.Sprintf("tin-%d", n)] = old
	}
	s.Config.Handler = site.routes()
	_, body := s.do(t, http.MethodGet, "/sitemap.xml", "")
	var index sitemapIndex
	if err := xml.Unmarshal([]byte(body), &index); err != nil || len(index.Maps) != 3 {
		t.Fatalf("%d parts, %v\n%.300s", len(index.Maps), err, body)
	}
	seen := map[string]bool{}
	for n, part := range index.Maps {
		if want := s.site.Site.Link(fmt.Sprintf("/sitemaps/%d.xml", n+1)); part.Loc != want {
			t.Errorf("part %d is at %s", n, part.Loc)
		}
		_, body := s.do(t, http.MethodGet, fmt.Sprintf("/sitemaps/%d.xml", n+1), "")
		var set sitemapSet
		if err := xml.Unmarshal([]byte(body), &set); err != nil || len(set.URLs) == 0 || len(set.URLs) > maxSitemap {
			t.Fatalf("part %d has %d addresses, %v", n, len(set.URLs), err)
		}
		for _, u := range set.URLs {
			if seen[u.Loc] {
				t.Fatalf("%s stands twice", u.Loc)
			}
			seen[u.Loc] = true
		}
	}
	if len(seen) < many || !seen[s.site.Site.Link("/bulletins/tin-99999")] {
		t.Errorf("%d addresses of more than %d", len(seen), many)
	}
	if res, _ := s.do(t, http.MethodGet, "/sitemaps/4.xml", ""); res.StatusCode != 404 {
		t.Errorf("a part too many: %d", res.StatusCode)
	}
}
