//go:build unix

package office

import (
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"bantin"
	"bantin/internal/pagetest"
)

// everyPage is an office with something on each of its pages, and their paths.
func everyPage(t *testing.T) (*testOffice, *browser, map[string]string) {
	t.Helper()
	o := newTestOffice(t)
	e := o.sentEdition()
	b := o.signedIn(lan)
	o.AddBulletin("b", "Hội Khuyến học tỉnh Sơn La tổ chức hội nghị tổng kết công tác khuyến học, khuyến tài, xây dựng xã hội học tập năm 2026", "son-la")
	if _, err := o.DB.Bulletins().Hold(t.Context(), "b", "thiếu ngày"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.DB.Suppressions().Add(t.Context(), "c5@example.org", "user-unknown", o.Now()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []bantin.DataRequest{
		{Kind: bantin.RequestAccess, Email: "c3@example.org", Note: "thư tay", Arrived: o.Now().AddDate(0, 0, -9), Due: o.Now().AddDate(0, 0, -6), By: lan},
		{Kind: bantin.RequestErase, Email: "ai@example.org", Arrived: o.Now(), Due: o.Now().AddDate(0, 0, 3), By: lan},
	} {
		if _, err := o.DB.DataRequests().Add(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	o.options.Understood = func(b *bantin.Bulletin) []Mark {
		return []Mark{{InTitle, 0, len("Hội Khuyến học"), MarkHost, "Hội Khuyến học"}, {InLead, len("Hội Khuyến học "), len("Hội Khuyến học tỉnh Sơn La"), MarkPlace, "son-la"}}
	}
	o.options.Digests[0].Times = func(after, _ time.Time) []time.Time {
		return []time.Time{after.AddDate(0, 0, 7), after.AddDate(0, 1, 0)}
	}
	o.options.Digests[0].Next = func(context.Context) time.Time { return o.Now().Add(73 * time.Hour) }
	o.server.Config.Handler = New(o.options)
	o.fillStatistics()
	path := "/office/editions/" + e.ID
	file := &bantin.LinkedFile{ID: NewNonce(), Name: "Kế hoạch công tác khuyến học, khuyến tài năm 2027.pdf", Type: "application/pdf", Size: 9}
	if err := o.DB.LinkedFiles().Add(t.Context(), file.ID, []byte("%PDF-1.7 ")); err != nil {
		t.Fatal(err)
	}
	special, err := o.options.Digests[0].Composing.Special(t.Context(), o.Now().Add(48*time.Hour), bantin.Composition{Pin: []string{"a"}, Greeting: "Chúc mừng các thầy cô", Subject: "Nhân ngày Nhà giáo Việt Nam", File: file})
	if err != nil {
		t.Fatal(err)
	}
	return o, b, map[string]string{
		"bulletins": "/office/bulletins", "held": "/office/bulletins?show=held", "bulletin": "/office/bulletins/a", "held-bulletin": "/office/bulletins/b",
		"contacts": "/office/contacts", "nobody": "/office/contacts?q=zz", "new-bulletin": "/office/bulletins/add", "import": "/office/contacts/import", "import-tried": o.triedImport(b), "contact": o.personOf("c8@example.org"), "returns": "/office/returns", "requests": "/office/requests?email=c3@example.org",
		"digest": "/office/digests/hang-tuan", "digest-as": "/office/digests/hang-tuan?contact=c3@example.org&view=phone", "digest-text": "/office/digests/hang-tuan?view=text",
		"statistics": "/office/statistics", "statistics-all": "/office/statistics?period=all", "statistics-days": "/office/statistics?period=month&digest=hang-tuan&feed=tat-ca", "statistics-place": "/office/statistics?period=quarter&place=phu-tho", "statistics-few": "/office/statistics?place=lai-chau",
		"calendar": "/office/calendar", "sources": "/office/sources", "settings": "/office/settings",
		"today": "/office", "editions": "/office/editions", "edition": path, "deliveries": path + "?status=", "found": path + "?q=c3@example.org",
		"special": "/office/editions/" + special.ID, "special-phone": "/office/editions/" + special.ID + "?view=phone",
		"message": path + "/message?contact=c3@example.org", "message-text": path + "/message?contact=c3@example.org&view=text", "done": path + "?done=retry", "missing": "/office/khong-co",
	}
}

// inLanguage is a page's address in a language.
func inLanguage(path string, l bantin.Language) string {
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + "lang=" + string(l)
}

// TestEveryPageIsValid runs html-validate over every page in both languages, and holds
// their weight and what they ask for.
func TestEveryPageIsValid(t *testing.T) {
	pagetest.Checkers(t)
	_, b, pages := everyPage(t)
	out := t.TempDir()
	write := func(name string, who *browser, path string) {
		_, body := who.ask(http.MethodGet, path, nil)
		if n := len(body); n > 60<<10 {
			t.Errorf("%s has %d bytes", name, n)
		}
		for _, bad := range []string{" onclick", " style=", `src="http`, `href="//`, "url("} {
			if strings.Contains(body, bad) {
				t.Errorf("%s has %s", name, bad)
			}
		}
		if err := os.WriteFile(filepath.Join(out, name+".html"), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	nobody := &browser{o: b.o}
	for _, l := range bantin.Languages() {
		for name, path := range pages {
			write(name+"-"+string(l), b, inLanguage(path, l))
		}
		write("sign-in-"+string(l), nobody, inLanguage("/office/sign-in", l))
		write("sent-"+string(l), nobody, inLanguage("/office/sign-in?sent=1", l))
	}
	pagetest.Validate(t, out)
}

// signIn gives the session of a browser to Chromium.
func (b *browser) signIn(t *testing.T, ctx context.Context) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: b.cookie.Name, Value: b.cookie.Value, URL: b.o.server.URL})
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
}

// TestAccessibleInBrowser has axe-core look at every page in Chromium, in both languages, on a
// phone and on a desk, in light and in dark.
func TestAccessibleInBrowser(t *testing.T) {
	script := pagetest.AxeScript(t)
	o, b, pages := everyPage(t)
	ctx, console := pagetest.Browse(t)
	b.signIn(t, ctx)
	for l, views := range map[bantin.Language][]pagetest.View{
		"vi": {{Width: 360, Scheme: "light"}, {Width: 1280, Scheme: "dark"}},
		"en": {{Width: 360, Scheme: "dark"}, {Width: 1280, Scheme: "light"}},
	} {
		for _, name := range slices.Sorted(maps.Keys(pages)) {
			for _, v := range views {
				seen := v.Open(t, ctx, o.server.URL+inLanguage(pages[name], l))
				if seen.Wide > seen.Screen || seen.Headings != 1 {
					t.Errorf("%s, %s at %d: %+v", name, l, v.Width, seen)
				}
				if found := pagetest.Axe(t, ctx, script); found != "" {
					t.Errorf("%s, %s at %d, %s: %s", name, l, v.Width, v.Scheme, found)
				}
			}
		}
	}
	for _, line := range console.Lines() {
		if !strings.Contains(line, "404") {
			t.Errorf("the console says: %s", line)
		}
	}
	if elsewhere := console.Elsewhere(o.server.URL); len(elsewhere) > 0 {
		t.Errorf("pages ask other hosts: %v", elsewhere)
	}
}
