package nukeviettest

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var storyPath = regexp.MustCompile(`-(\d+)(?:\.html|/)?$`)

// aliasPageSize is the number of rows of a list of 3.x and 4.x.
const aliasPageSize = 20

// alias answers as 3.x and 4.x.
func (s *Site) alias(w http.ResponseWriter, r *http.Request) {
	op, inModule := strings.CutPrefix(r.URL.Path, s.module())
	switch {
	case r.URL.Path == "/sitemap-vi.news.xml" && s.Generation == Four && !s.NoSitemap:
		s.sitemap(w, r)
	case !inModule:
		http.NotFound(w, r)
	case op == "":
		s.aliasList(w, 1)
	case strings.HasPrefix(op, "page-"):
		n, _ := strconv.Atoi(strings.Trim(strings.TrimPrefix(op, "page-"), "/"))
		s.aliasList(w, n)
	case op == "rss/":
		s.feed(w, func(st *Story) (guid, link string) {
			return fmt.Sprintf("news_%d", st.ID), s.server.URL + s.path(st)
		}, 30)
	default:
		s.aliasStory(w, r, op)
	}
}

func (s *Site) module() string {
	if s.Generation == Three {
		return "/index.php/news/"
	}
	return "/vi/news/"
}

// path is the page of a story.
func (s *Site) path(st *Story) string {
	end := ".html"
	if s.Generation == Three {
		end = "/"
	}
	return fmt.Sprintf("%stin-tuc/%s-%d%s", s.module(), st.Alias, st.ID, end)
}

func (s *Site) aliasList(w http.ResponseWriter, page int) {
	all := s.newest()
	from := min((max(page, 1)-1)*aliasPageSize, len(all))
	fmt.Fprintf(w, "<!DOCTYPE html><html lang=\"vi\"><head><title>Tin Tức - %s</title></head><body><div class=\"news_column\">", siteName)
	for _, st := range all[from:min(from+aliasPageSize, len(all))] {
		fmt.Fprintf(w, "<div class=\"panel\"><h3><a href=\"%s\">%s</a></h3><ul class=\"list-inline\"><li>%s</li></ul><div>%s</div></div>\n",
			s.path(&st), stored(st.Title), longDate(st.At.In(s.Location)), st.Lead)
	}
	fmt.Fprint(w, "</div></body></html>")
}

// aliasStory writes a story, its print page or its file.
func (s *Site) aliasStory(w http.ResponseWriter, r *http.Request, op string) {
	view, _, _ := strings.Cut(op, "/")
	var st *Story
	if m := storyPath.FindStringSubmatch(op); m != nil {
		id, _ := strconv.Atoi(m[1])
		st = s.Story(id)
	}
	switch {
	case st == nil:
		http.NotFound(w, r)
	case view == "print" && s.Generation == Three:
		http.NotFound(w, r)
	case view == "print" && s.NoPrint || view == "savefile" && (s.NoSave || s.Generation == Three):
		http.Redirect(w, r, "/", http.StatusFound)
	default:
		if view != "print" && view != "savefile" {
			s.hits[st.ID]++
		}
		s.write(w, fmt.Sprintf(`<!DOCTYPE html><html lang="vi"><head><title>%[2]s</title>
<meta property="article:published_time" content="2022-04-29T15::07"></head><body>
<div id="hd_print"><h2>%[1]s</h2></div>
<div id="content"><h1>%[2]s</h1><ul class="list-inline"><li>%[3]s</li><li><a href="#">In ra</a></li></ul>
<div id="hometext">%[4]s</div><div id="bodytext">%[5]s</div>
<div id="author"><strong>Tác giả bài viết:</strong> Nguyễn Thị Hòa</div></div>
<meta itemprop="datePublished" content="2099-01-01">
<div id="url">URL của bản tin này: %[6]s</div><div class="copyright">© %[1]s</div></body></html>`,
			siteName, stored(st.Title), longDate(st.At.In(s.Location)), st.Lead, st.Body, s.server.URL+s.path(st)))
	}
}

func longDate(t time.Time) string {
	days := [...]string{"Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"}
	return days[t.Weekday()] + t.Format(" - 02/01/2006 15:04")
}

func (s *Site) sitemap(w http.ResponseWriter, r *http.Request) {
	const limit = 1000
	all := s.newest()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for i := range all[:min(limit, len(all))] {
		fmt.Fprintf(&b, "<url><loc>%s%s</loc><lastmod>%s</lastmod></url>", s.server.URL, s.path(&all[i]), all[i].At.Format(time.RFC3339))
	}
	b.WriteString("</urlset>")
	tag := fmt.Sprintf(`"%d-%d"`, len(all), b.Len())
	if !s.NoETag {
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	fmt.Fprint(w, b.String())
}
