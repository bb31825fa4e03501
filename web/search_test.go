package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/cost"
	"bantin/internal/officetest"
	"bantin/publish/syndicate"
	"bantin/store"

	"github.com/google/uuid"
)

// shelve has lists and search find what was added.
func (s *testSite) shelve(t *testing.T) {
	t.Helper()
	if _, err := (&syndicate.ListIndexer{DB: s.store, Atlas: s.atlas}).Index(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// addHistory stores bulletins as `collect --since` does.
func (s *testSite) addHistory(t *testing.T, list ...bantin.Bulletin) {
	t.Helper()
	for _, b := range list {
		b.Source, b.SourceID = "van-phong", b.ID+".txt"
		_, err := s.store.Bulletins().Store(t.Context(), []store.Arrival{{
			Source: b.Source, Item: b.SourceID, Version: "1", Digest: b.Title, Identity: "file:van-phong/" + b.SourceID,
			Bulletin: &b, Tags: s.atlas.Tags(&b), History: true,
		}}, store.ArrivalPolicy{FeedID: func(id string) string { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(id)).URN() }})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// story is a bulletin of a place that says what it is given.
func story(id, title, text, place string, day int) bantin.Bulletin {
	return bantin.Bulletin{ID: id, Title: title, Text: text, HTML: "<p>" + text + "</p>", Places: []string{place}, Revision: 1,
		Published: time.Date(2026, time.November, day, 3, 0, 0, 0, time.UTC)}
}

func TestSearch(t *testing.T) {
	s := newTestSite(t)
	s.add(t, story("bep", "Bếp ăn bán trú", "Ở Sơn La, học trò ăn cơm nóng; bóng đèn mới thắp sáng.", "son-la", 10))
	s.add(t, story("suat", "Lào Cai trao 320 suất học bổng", "Mỗi suất một triệu đồng.", "lao-cai", 19))
	long := strings.Repeat("Phong trào khuyến tài của tỉnh lan rộng. ", 60)
	s.add(t, story("quy", "Quỹ khuyến học cấp xã", long+"Phần vượt chuyển thành HỌC BỔNG cho sinh viên.", "phu-tho", 17))
	s.shelve(t)
	tests := []struct {
		query string
		want  []string // parts of the page
		not   []string
	}{
		// With marks, without, in capitals, decomposed: side by side first.
		{"?q=học+bổng", []string{"<b>2&nbsp;tin</b> có “học bổng”", "suất <mark>học bổng</mark>", "… ", "<mark>HỌC BỔNG</mark> cho sinh viên", "rải rác"}, []string{"Bếp ăn"}},
		{"?q=hoc+bong", []string{"<b>2&nbsp;tin</b>", "<mark>học bổng</mark>"}, []string{"Bếp ăn"}},
		{"?q=HO%CC%A3C+BO%CC%82%CC%89NG", []string{"<b>2&nbsp;tin</b>"}, nil},
		{"?q=hoc+bong&all=1", []string{"<b>3&nbsp;tin</b>", "<mark>học</mark> trò"}, []string{"rải rác"}},
		{"?q=bong+hoc", []string{"<b>3&nbsp;tin</b>", "Không có tin nào viết liền"}, nil},
		// In a place, in a cluster.
		{"?q=hoc+bong&place=phu-tho", []string{"<b>1&nbsp;tin</b>", "Bỏ lọc", `value="phu-tho" selected`}, []string{"320 suất"}},
		{"?q=hoc+bong&cluster=tay-bac&lang=en", []string{"<b>2&nbsp;bulletins</b> with", `value="cluster:tay-bac" selected`}, nil},
		{"?q=hoc+bong&place=ca-mau", []string{"Không có tin nào có “hoc bong”: Tin Cà Mau"}, nil},
		// The name of a place finds what is about it.
		{"?q=lao+cai", []string{"<b>1&nbsp;tin</b>"}, nil},
		// What somebody may type, and what tries to be more than words.
		{"?q=%22hoc%22+OR+NEAR(a+b)*", []string{"Không có tin nào"}, nil},
		{"?q=%3Cscript%3E", []string{"“&lt;script&gt;”"}, nil},
		{"?q=%00%FF", []string{"Bếp ăn"}, nil},
		{"?q=+--+", []string{"Bếp ăn", "320 suất"}, nil},
		{"?q=" + strings.Repeat("khuyến+", 3000), []string{"Không có tin nào"}, nil},
	}
	for _, tt := range tests {
		page := s.get(t, "/"+tt.query, 200)
		wantAll(t, page, tt.want...)
		for _, part := range tt.not {
			if strings.Contains(page, part) {
				t.Errorf("%.60s: there is %q", tt.query, part)
			}
		}
	}
	revised := story("bep", "Bếp ăn bán trú", "Học bổng cho học trò Sơn La.", "son-la", 10)
	revised.Revision = 2
	s.add(t, revised)
	withdrawn := story("suat", "Lào Cai trao 320 suất học bổng", "Mỗi suất một triệu đồng.", "lao-cai", 19)
	withdrawn.Withdrawn, withdrawn.Revision = true, 2
	s.add(t, withdrawn)
	for range 2 { // at once, and when the shelf has seen it
		if page := s.get(t, "/?q=suat+hoc+bong", 200); strings.Contains(page, "320") {
			t.Error("search finds a bulletin that was withdrawn")
		}
		s.shelve(t)
	}
	wantAll(t, s.get(t, "/?q=hoc+bong", 200), "<b>2&nbsp;tin</b>", "<mark>Học bổng</mark> cho học trò")
}

// The form asks for what links ask for elsewhere.
func TestSearchForm(t *testing.T) {
	s := newTestSite(t)
	for from, to := range map[string]string{
		"/?q=&in=":                             "/",
		"/?q=hoc+bong&in=phu-tho":              "/?place=phu-tho&q=hoc+bong",
		"/?q=hoc&in=cluster%3Atay-bac&lang=en": "/?cluster=tay-bac&lang=en&q=hoc",
	} {
		res, _ := s.do(t, "GET", from, "")
		if got := res.Header.Get("Location"); res.StatusCode != 303 || strings.TrimSuffix(got, "?") != to {
			t.Errorf("%s leads to %d %s, want %s", from, res.StatusCode, got, to)
		}
	}
}

// History stands behind all news, the latest published first, in lists, in
// those of a place and in search; each on exactly one page.
func TestHistoryAtTheFarEnd(t *testing.T) {
	s := newTestSite(t)
	var history []bantin.Bulletin
	for n := range 30 {
		history = append(history, story(fmt.Sprintf("cu-%d", n), fmt.Sprintf("Chuyện cũ thứ %d", n), "Khuyến học năm xưa.", "phu-tho", 0))
		history[n].Published = time.Date(2000+n%20, time.March, 1+n, 0, 0, 0, 0, time.UTC)
	}
	s.addHistory(t, history...)
	for n := range 15 {
		s.add(t, story(fmt.Sprintf("moi-%d", n), fmt.Sprintf("Chuyện mới thứ %d", n), "Khuyến học năm nay.", "phu-tho", n+1))
	}
	s.shelve(t)
	for _, first := range []string{"/", "/?place=phu-tho", "/?cluster=tay-bac", "/?q=khuyen+hoc", "/?q=khuyen+hoc&place=phu-tho"} {
		var titles []string
		for path := first; path != ""; {
			page := s.get(t, path, 200)
			for _, part := range strings.Split(page, `<h3><a href="/bulletins/`)[1:] {
				id, _, _ := strings.Cut(part, `"`)
				titles = append(titles, id)
			}
			_, next, _ := strings.Cut(page, `class="button plain" href="`)
			path, next, _ = strings.Cut(next, `"`)
			if path = strings.ReplaceAll(path, "&amp;", "&"); !strings.HasPrefix(next, ` rel="next"`) {
				path = ""
			}
		}
		if len(titles) != 45 || titles[0] != "moi-14" || titles[14] != "moi-0" || titles[15] != "cu-19" || titles[44] != "cu-0" {
			t.Errorf("%s: %d bulletins: %v", first, len(titles), titles)
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, q := range []string{"học bổng", `"a" OR b*`, "text : x", "NEAR(", "^ - {tags}", "\x00\xff", "ạ̣ ộ́", "١٢٣"} {
		f.Add(q, "Lào Cai trao 320 suất học bổng", true)
	}
	db, err := store.Open(f.Context(), officetest.DataDir(f), store.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = db.Close() })
	f.Fuzz(func(t *testing.T, q, text string, phrase bool) {
		var s searchQuery
		cost.Within(t, len(q), func() { s = parseSearchQuery(q) })
		s.phrase = phrase
		if len(s.words) == 0 {
			return
		}
		if _, err := db.Bulletins().Search(t.Context(), store.SearchQuery{Words: s.words, Phrase: phrase, Limit: 1}); err != nil {
			t.Errorf("%q is no query: %v", q, err)
		}
		var whole strings.Builder
		for _, r := range s.runs(text) {
			whole.WriteString(r.Text)
		}
		if whole.String() != text {
			t.Errorf("%q marked is %q", text, whole.String())
		}
	})
}
