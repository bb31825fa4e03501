package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/internal/pagetest"
	"bantin/store"

	"github.com/chromedp/chromedp"
)

// everyPage is a site with something on each of its pages, and their paths.
func everyPage(t *testing.T) (*testSite, map[string]string) {
	t.Helper()
	s, prefs := office(t)
	for n := range 45 {
		s.add(t, sample(n))
	}
	s.addHistory(t, story("cu", "Chuyện cũ ở Phú Thọ", "Khuyến học năm xưa.", "phu-tho", 1))
	s.shelve(t)
	wide := sample(98)
	wide.HTML = "<table><tbody><tr>" + strings.Repeat("<td>một ô bảng</td>", 12) + "</tr></tbody></table><table><tbody><tr><td>hai</td></tr></tbody></table><pre>" + strings.Repeat("chữ ", 100) + "</pre>"
	s.add(t, wide)
	withdrawn := sample(3)
	withdrawn.Withdrawn, withdrawn.Revision = true, 2
	s.add(t, withdrawn)
	digest := &bantin.Digest{ID: "hang-tuan", Title: "Bản tin khuyến học trong tuần", FirstNumber: 47, Max: 30}
	e, _, err := s.store.Editions().Make(t.Context(), store.EditionPlan{Digest: digest, Due: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	s.post(t, "/subscribe", signUpForm("lan@example.org"))
	confirm := linkIn(t, s.mails(t)[0], "confirm")
	unsubscribe := strings.Replace(prefs, "/preferences/", "/unsubscribe/", 1)
	return s, map[string]string{
		"home": "/", "older": "/?before=30", "place": "/?place=phu-tho", "cluster": "/?cluster=tay-bac", "history": "/?before=-1",
		"search": "/?q=hoi+nghi", "search-none": "/?q=khong+co+gi", "search-place": "/?q=giao+ban&place=phu-tho",
		"bulletin": "/bulletins/giao-ban-1", "wide": "/bulletins/giao-ban-98", "old-bulletin": "/bulletins/cu", "withdrawn": "/bulletins/giao-ban-3", "missing": "/khong-co",
		"edition": "/editions/" + e.ID, "edition-rest": "/editions/" + e.ID + "?from=20", "digest": "/digests/hang-tuan", "digest-empty": "/digests/hoc-bong",
		"feeds": "/feeds", "feed": "/feeds/tay-bac", "chosen": "/feeds/chon?place=phu-tho,son-la",
		"subscribe": "/subscribe", "sent": "/subscribe?sent=1", "confirm": confirm, "bad-link": "/confirm/x",
		"preferences": prefs, "saved": prefs + "?done=saved", "fresh": s.fresh(t, prefs), "unsubscribe": unsubscribe,
	}
}

// inEnglish is the page's address in the other language.
func inEnglish(path string) string {
	if strings.Contains(path, "?") {
		return path + "&lang=en"
	}
	return path + "?lang=en"
}

// TestEveryPageIsValid runs html-validate over every page in both languages,
// and holds their weight and what they ask for.
func TestEveryPageIsValid(t *testing.T) {
	pagetest.Checkers(t)
	s, pages := everyPage(t)
	out := t.TempDir()
	_, style := s.do(t, http.MethodGet, "/static/style.css", "")
	write := func(name, body string) {
		t.Helper()
		if n := len(body); n > 30<<10 || n+len(style) > 50_000 {
			t.Errorf("%s has %d bytes, and %d of style", name, n, len(style))
		}
		if n := strings.Count(body, `rel="stylesheet"`); n != 1 {
			t.Errorf("%s has %d style sheets", name, n)
		}
		for _, bad := range []string{"<script>", "<script s", " onclick", " style=", `src="http`, `href="//`, `url(`} {
			if strings.Contains(body, bad) {
				t.Errorf("%s has %s", name, bad)
			}
		}
		if err := os.WriteFile(filepath.Join(out, name+".html"), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, path := range pages {
		_, body := s.do(t, http.MethodGet, path, "")
		write(name+"-vi", body)
		_, body = s.do(t, http.MethodGet, inEnglish(path), "")
		write(name+"-en", body)
	}
	for name, form := range answers() {
		path := pages[form.Get("page")]
		_, body := s.post(t, path, form)
		write(name+"-vi", body)
		_, body = s.post(t, inEnglish(path), form)
		write(name+"-en", body)
	}
	pagetest.Validate(t, out)
}

// answers are forms whose answers are pages of their own.
func answers() map[string]url.Values {
	bad := signUpForm("lan@")
	bad.Del("digest")
	bad.Set("page", "subscribe")
	return map[string]url.Values{
		"subscribe-error": bad,
		"pause-error":     {"page": {"preferences"}, "do": {"save"}, "pause": {"mai"}},
		"erase-error":     {"page": {"fresh"}, "do": {"erase"}},
		"confirmed":       {"page": {"confirm"}},
		"left":            {"page": {"unsubscribe"}, "do": {"leave"}, "scope": {"all"}},
		"back":            {"page": {"unsubscribe"}, "do": {"return"}},
	}
}

// TestEveryPageIsReadInBrowser opens every page without its pictures, without its style
// sheet and with its colours inverted: it says all that it says with them. PICTURES=dir
// keeps pictures of all that, for somebody to look at.
func TestEveryPageIsReadInBrowser(t *testing.T) {
	s, pages := everyPage(t)
	s.withPicture(t)
	addresses := map[bantin.Language]map[string]string{"vi": maps.Clone(pages), "en": {}}
	s.serveAnswers(t, addresses)
	widths, schemes := []int64{360}, []string{"light"}
	if os.Getenv("PICTURES") != "" {
		widths, schemes = append(widths, 1280), append(schemes, "dark")
	}
	ctx, _ := pagetest.Browse(t)
	for name, path := range addresses["vi"] {
		for _, width := range widths {
			open := func(scheme, mode string) (pagetest.Seen, int) {
				return pagetest.View{Width: width, Scheme: scheme, Mode: mode}.Open(t, ctx, s.URL+path), letters(t, ctx)
			}
			_, whole := open(schemes[0], "")
			for _, scheme := range schemes[1:] {
				open(scheme, "")
			}
			for mode := range pagetest.Modes() {
				seen, read := open("light", mode)
				if read < whole || seen.Headings != 1 || mode != "plain" && seen.Wide > seen.Screen {
					t.Errorf("%s, %s at %d: %d letters of %d, %+v", name, mode, width, read, whole, seen)
				}
			}
		}
	}
}

// letters is how many letters of a page are shown when all that is folded is opened.
func letters(t *testing.T, ctx context.Context) int {
	t.Helper()
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`(() => {
		for (const d of document.querySelectorAll("details")) d.open = true;
		return document.body.innerText.replace(/\s+/g, "").length;
	})()`))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAccessibleInBrowser has axe-core look at every page in Chromium, in both languages,
// each on a phone and on a desk, and there in light and in dark.
func TestAccessibleInBrowser(t *testing.T) {
	script := pagetest.AxeScript(t)
	s, pages := everyPage(t)
	addresses := map[bantin.Language]map[string]string{"vi": maps.Clone(pages), "en": {}}
	for name, path := range pages {
		addresses["en"][name] = inEnglish(path)
	}
	s.serveAnswers(t, addresses)
	ctx, console := pagetest.Browse(t)
	for language, views := range map[bantin.Language][]pagetest.View{
		"vi": {{Width: 360, Scheme: "light"}, {Width: 1280, Scheme: "dark"}},
		"en": {{Width: 360, Scheme: "dark"}, {Width: 1280, Scheme: "light"}},
	} {
		for name, path := range addresses[language] {
			for _, v := range views {
				seen := v.Open(t, ctx, s.URL+path)
				if seen.Wide > seen.Screen || seen.Headings != 1 {
					t.Errorf("%s, %s at %d: %+v", name, language, v.Width, seen)
				}
				if found := pagetest.Axe(t, ctx, script); found != "" {
					t.Errorf("%s, %s at %d, %s: %s", name, language, v.Width, v.Scheme, found)
				}
			}
		}
	}
	for _, line := range console.Lines() {
		if !strings.Contains(line, "404") && !strings.Contains(line, "410") { // what some pages are
			t.Errorf("the console says: %s", line)
		}
	}
	if elsewhere := console.Elsewhere(s.URL); len(elsewhere) > 0 {
		t.Errorf("pages ask other hosts: %v", elsewhere)
	}
}

// serveAnswers fills in the forms, keeps the pages that answer them, and adds
// the addresses under which the browser finds those.
func (s *testSite) serveAnswers(t *testing.T, addresses map[bantin.Language]map[string]string) {
	t.Helper()
	kept := map[string]string{}
	for name, form := range answers() {
		for language, pages := range addresses {
			_, body := s.post(t, pages[form.Get("page")], form)
			path := "/answers/" + name + "-" + string(language)
			kept[path], pages[name] = body, path
		}
	}
	site := New(s.site)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := kept[r.URL.Path]
		if !ok {
			site.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, body)
	})
}
