package nukeviettest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

const (
	siteName = "Hội Khuyến học Việt Nam"
	pageSize = 15 // rows of a list of 2.0
)

// two answers as 2.0.
func (s *Site) two(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !strings.HasSuffix(r.URL.Path, "/modules.php") || q.Get("name") != "News" {
		fmt.Fprint(w, "<html><body>Trang chủ</body></html>")
		return
	}
	sid, _ := strconv.Atoi(q.Get("sid"))
	story := s.Story(sid)
	switch {
	case q.Get("file") == "save" || q.Get("file") == "print":
		s.saved(w, q.Get("file"), story)
	case q.Get("file") == "rss":
		s.feed(w, func(st *Story) (guid, link string) {
			return fmt.Sprintf("article_%d", st.ID), s.server.URL + fmt.Sprintf("/modules.php?name=News&amp;op=viewst&amp;sid=%d", st.ID)
		}, 10)
	case q.Get("op") == "viewst" && story == nil:
		http.Redirect(w, r, "index.php", http.StatusFound)
	case q.Get("op") == "viewst":
		s.hits[sid]++
		s.viewed(w, story)
	case q.Get("op") == "viewcat" && q.Get("catid") != "1":
		http.Redirect(w, r, "modules.php?name=News", http.StatusFound)
	case s.Scheduled:
		s.Scheduled = false
		http.Redirect(w, r, "index.php", http.StatusFound)
	default:
		offset, _ := strconv.Atoi(q.Get("page"))
		s.list(w, r, offset, q.Get("op") == "viewcat")
	}
}

// list writes a page of the list, between boxes with other stories.
func (s *Site) list(w http.ResponseWriter, r *http.Request, offset int, category bool) {
	all := s.newest()
	if tag := fmt.Sprintf("\"%d-%d-%t\"", s.version, offset, category); s.ListETag {
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	fmt.Fprintf(w, "<html><head><title>%s | Tin tức</title></head><body><table><tr><td width=\"160\">Đọc nhiều<br>", siteName)
	for _, st := range all[max(0, len(all)-3):] {
		fmt.Fprintf(w, "<a href=\"modules.php?name=News&amp;op=viewst&amp;sid=%d\">%s</a><br>\n", st.ID, stored(st.Title))
	}
	fmt.Fprint(w, "</td><td><table><tr><td><b>Tin tức</b></td><td align=\"right\">02.05.2022 08:00</td></tr></table><table><tr><td>")
	if category && offset == 0 && len(all) > 0 {
		lead := all[0]
		all = all[1:]
		fmt.Fprintf(w, "<div class=\"lead\"><a href=\"modules.php?name=News&amp;op=viewst&amp;sid=%d\"><b>%s</b></a></div>", lead.ID, stored(lead.Title))
	}
	offset = min(offset, len(all))
	for _, st := range all[offset:min(offset+pageSize, len(all))] {
		link := fmt.Sprintf("modules.php?name=News&op=viewst&sid=%d", st.ID)
		fmt.Fprintf(w, "<table border=\"0\" width=\"100%%\"><tr><td valign=\"top\">\n<table><tr>\n<td colspan=\"2\"><p class=storytitle><a href=\"%[1]s\">%[2]s</a></p>\n</td>\n</tr>\n<tr>\n"+
			"<td valign=\"top\">\n<font class=grey>[%[3]s]</font><br>\n<font class=indexhometext>%[4]s</font><font class=grey><br>[Đã xem: 12]</font><a href=\"%[1]s\"><img src='images/more.gif'></a></td>\n</tr>\n</table>\n</td>\n</tr></table>\n",
			link, stored(st.Title), st.At.In(s.Location).Format("02.01.2006 15:04"), st.Lead)
	}
	fmt.Fprint(w, "</td></tr></table></td></tr></table></body></html>")
}

// saved writes the story as a file, or as its print page.
func (s *Site) saved(w http.ResponseWriter, file string, st *Story) {
	if st == nil || file == "save" && s.NoSave || file == "print" && s.NoPrint {
		return // 200 with nothing
	}
	if file == "save" {
		w.Header().Set("Content-Type", "text/x-delimtext")
		w.Header().Set("Content-Disposition", "attachment; filename=tin.html")
	}
	extra := ""
	if file == "print" {
		extra = ` | <a href="javascript:window.print()">In ra</a> | <a href="javascript:window.close()">Đóng cửa sổ này</a>`
	}
	s.write(w, fmt.Sprintf(`<html>
<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>%[1]s - %[2]s</title></head>
<body>
<table width="600" align="center"><tr><td>%[1]s<br><a href="%[3]s">%[3]s</a></td></tr></table>
<hr color="#DC0312" width="600">
<table width="600" align="center"><tr><td>
<b><font size="5">%[2]s</font></b><br>
<font size="2">%[4]s%[5]s</font><br><br>
<p align="justify"><b>%[6]s</b><br>
%[7]s<br>
<i>%[8]s</i></td></tr></table>
<hr color="#DC0312" width="600">
<table width="600" align="center"><tr><td>URL của bản tin này::<a href="%[3]s/modules.php?name=News&amp;op=viewst&amp;sid=%[9]d">%[3]s</a></td></tr></table>
<hr color="#4D5764" width="600">
<table width="600" align="center"><tr><td>© %[1]s</td><td>contact: <a href="mailto:vanphong@example.org">vanphong@example.org</a></td></tr></table>
</body></html>`, siteName, stored(st.Title), s.server.URL, st.At.In(s.Location).Format("02.01.2006"), extra, st.Lead, st.Body, st.Notes, st.ID))
}

// viewed writes the page of a story as the themes of 2.0 do: with a clock in its head,
// the account of who posted it, and comments of readers below.
func (s *Site) viewed(w http.ResponseWriter, st *Story) {
	notes := ""
	if st.Notes != "" {
		notes = `<table border="1" width="100%"><tr><td>` + st.Notes + "</td></tr></table>\n"
	}
	s.write(w, fmt.Sprintf(`<html><head><title>%[1]s | Tin tức | %[2]s</title></head><body><table><tr><td valign="top" width="190">Trang nhất</td>
<td><table><tr><td bgcolor="#EEEEEE"><table><tr><td><b><a href="modules.php?name=News">Tin tức</a></b></td><td align="right">02.05.2022 08:00</td></tr></table></td></tr><tr><td>
<table border="0" width="100%%">
<tr>
<td class="indexhometext"><div class="storytitle">%[2]s</div>
<div class="grey">%[3]s</div>
<p class="articlehometext" align="justify">%[4]s
<p class="indexhometext" align="justify">%[5]s
<br><br>%[6]s<p align="right"><b>quantri</b> (Nguồn tin: <i>Báo Khuyến học</i>)</td>
</tr>
</table>
<br>
<br>
<p align="right"><a href="ymsgr:im?+"><img src="images/send_ym.gif"></a></p>
<div><table border="1"><tr><td class="tieudiem"><span>1&nbsp;-&nbsp;Bạn đọc</span> | <span><a href="mailto:bandoc@example.org">bandoc@example.org</a></span> | <span>1.5.2022</span></td></tr><tr><td>Hay lắm</td></tr></table></div>
</td></tr></table></td></tr></table></body></html>`,
		siteName, stored(st.Title), st.At.In(s.Location).Format("02.01.2006 15:04"), st.Lead, st.Body, notes))
}

// write writes a page of a story, whole or truncated.
func (s *Site) write(w http.ResponseWriter, page string) {
	if s.Cut > 0 && s.Cut < len(page) {
		page = page[:s.Cut]
	}
	fmt.Fprint(w, page)
}

// feed writes the RSS, with its faults.
func (s *Site) feed(w http.ResponseWriter, name func(*Story) (guid, link string), limit int) {
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>%s</title>`, siteName)
	all := s.newest()
	for i := range all[:min(limit, len(all))] {
		st := &all[i]
		guid, link := name(st)
		fmt.Fprintf(w, `<item><title>%s</title><link>%s</link><guid isPermaLink="false">%s</guid><pubDate>%s</pubDate></item>`,
			strings.ReplaceAll(stored(st.Title), "&", "&amp;"), link, guid, wrongTime(st.At.In(s.Location)))
	}
	fmt.Fprint(w, `</channel></rss>`)
}
