package nukeviet

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/internal/cost"
	"bantin/source/document"
)

// FuzzNukeViet reads anything as the pages of a site.
func FuzzNukeViet(f *testing.F) {
	f.Add([]byte(`<b><font size="5">Tin</font></b><br><font size="2">02.05.2022</font><p align="justify"><b>Lời dẫn</b><br>
Nội dung<br>
<i>ghi chú</i></td></tr></table><hr color="#DC0312" width="600">`))
	f.Add([]byte(`<html><div id="content"><h1>Tin</h1><ul class="list-inline"><li>Thứ sáu - 29/04/2022 15:30</li></ul><div id="hometext">a</div><div id="bodytext"><p>b</div></html>`))
	f.Add([]byte(`<html><a href="modules.php?name=News&op=viewst&sid=4">Tin</a> 02.05.2022 10:00</html>`))
	f.Add([]byte(`<html><title>S | C | Tin</title><td class="indexhometext"><div class="storytitle">Tin</div><div class="grey">02.05.2022 10:00</div><p class="articlehometext">Dẫn<p class="indexhometext">Bài<p align="right"><b>ai</b> (Nguồn tin: <i>B</i>)</td></html>`))
	f.Add([]byte(`<hr color="#DC0312"><td><b><font size="5">Tin</font></b><br><font size="2">02.05.2022</font><p align="justify"><b>Dẫn</b><br>Bài</p></td><hr color="#DC0312"><a href="?sid=4">`))
	f.Add([]byte(`<urlset><url><loc>https://x.example/vi/news/a/b-4.html</loc><lastmod>2022-05-02T10:00:00+07:00</lastmod></url></urlset>`))
	f.Add(bytes.Repeat([]byte("<table><tr><td>"), 50))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var list []*bantin.Bulletin
		cost.Within(t, len(raw), func() { list = readEveryWay(t.Context(), raw) })
		for _, b := range list {
			checkClean(t, b)
		}
	})
}

// checkClean wants what every bulletin is promised to be.
func checkClean(t *testing.T, b *bantin.Bulletin) {
	t.Helper()
	if strings.TrimSpace(b.Title) == "" {
		t.Error("no title")
	}
	for _, bad := range []string{"<script", "<iframe", "javascript:", " onclick="} {
		if strings.Contains(strings.ToLower(b.HTML), bad) && !strings.Contains(b.Text, bad) {
			t.Errorf("%q in %q", bad, b.HTML)
		}
	}
}

// readEveryWay reads one page in all the ways that pages of a site are
// read, and gives the stories that it may be.
func readEveryWay(ctx context.Context, raw []byte) (list []*bantin.Bulletin) {
	base := &url.URL{Scheme: "https", Host: "www.example.org", Path: "/modules.php", RawQuery: "name=News"}
	options := Options{Location: time.UTC, Documents: &document.Options{Location: time.UTC, Now: time.Now}, Now: time.Now, Web: fetch.New(fetch.Options{})}
	n := New(base, options)
	old := newOldSite(n)
	aliased := newAliasSite(New(&url.URL{Scheme: "https", Host: "x.example", Path: "/vi/news/"}, options), false, false)
	generationOf(raw)
	old.read(raw, 0)
	for _, kind := range aliased.indexes() {
		aliased.readIndex(kind, raw)
	}
	v := &visit{Site: n, ctx: ctx, now: time.Now()}
	r := old.row("4", "")
	for _, s := range []*story{cutStory(raw, time.UTC), viewedStory(raw, r, time.UTC), aliased.read(raw)} {
		if s == nil {
			continue
		}
		if d, err := v.draft(&r, s); err == nil {
			list = append(list, d.Finish())
		}
	}
	return list
}
