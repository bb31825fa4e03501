package nukeviet

import (
	"regexp"

	"bantin/fetch"
)

// The links of stories of each generation.
var (
	oldLinks   = regexp.MustCompile(`modules\.php\?name=News(?:&amp;|&)(?:[^"'\s]*(?:&amp;|&))?sid=\d`)
	threeLinks = regexp.MustCompile(`index\.php/[a-z0-9-]+/[^/"'\s]+/[^/"'\s]+-\d+/?["']`)
	fourLinks  = regexp.MustCompile(`/[a-z0-9-]+/[^/"'\s]+/[^/"'\s]+-\d+\.html["']`)
	queryLinks = regexp.MustCompile(`nv=[a-z0-9-]+(?:&amp;|&)op=[^"'\s/]+/[^"'\s]+-\d+(?:\.html)?["']`)
)

// recognise finds out which generation the site is of, the first time from its
// page and then from what was noted. Where the page is the list that a look
// would ask for, it gives that list.
func (v *visit) recognise() (*listing, error) {
	if v.setGeneration(v.Notes["generation"]) {
		return nil, nil
	}
	old := newOldSite(v.Site)
	address := v.base.String()
	res, err := getPage(v.ctx, v.options.Web, fetch.Request{URL: address})
	if err == nil && res.redirect != "" { // a scheduled story (oldSite.page), or the list is elsewhere
		res.Response, err = v.options.Web.Get(v.ctx, fetch.Request{URL: address})
	}
	if err != nil {
		if _, ours := err.(*fetch.SiteError); !ours {
			err = fetch.NewSiteError(err)
		}
		return nil, err
	}
	name := generationOf(res.Body)
	if name == "" {
		return nil, noStories(v.ctx)
	}
	v.setGeneration(name)
	var front *listing
	if name == "2" {
		l, _, err := old.readPage(v.ctx, res.Body, 0)
		if err != nil {
			return nil, err
		}
		if len(l.rows) == 0 {
			return nil, noStories(v.ctx)
		}
		if !l.cut {
			l.notes = map[string]string{"index": "list", "etag": res.ETag, "modified": res.LastModified}
		}
		front = &l
	}
	return front, v.remember(map[string]string{"generation": name})
}

// generationOf counts the links of each generation on a page.
func generationOf(raw []byte) string {
	best, most := "", 0
	for _, g := range []struct {
		name  string
		links *regexp.Regexp
	}{{"2", oldLinks}, {"4q", queryLinks}, {"3", threeLinks}, {"4", fourLinks}} {
		if n := len(g.links.FindAllIndex(raw, -1)); n > most {
			best, most = g.name, n
		}
	}
	return best
}

// setGeneration takes the generation of a name, if it is one.
func (v *visit) setGeneration(name string) bool {
	switch name {
	case "2":
		v.site = newOldSite(v.Site)
	case "3":
		v.site = newAliasSite(v.Site, true, false)
	case "4":
		v.site = newAliasSite(v.Site, false, false)
	case "4q":
		v.site = newAliasSite(v.Site, false, true)
	default:
		return false
	}
	return true
}
