//go:build unix

package office

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"bantin"
	"bantin/contact"
	"bantin/feed"
	"bantin/store"
)

// openToAll are the routes that answer those who are not signed in.
var openToAll = []string{
	"GET /office/static/{name}", "GET /office/sign-in", "POST /office/sign-in", "GET /office/sign-in/{token}", "POST /office/sign-in/{token}",
	"GET /office/calendar/{file}", // by a key of its own
	"GET /{$}",                    // leads to /office
}

// peopleOnly are the routes that no token opens.
var peopleOnly = []string{
	"POST /office/sign-out", "GET /office/contacts/export", "POST /office/contacts/{key}/{erase}", "GET /office/contacts/{key}/{data}", "GET /office/settings",
}

// Each route asks who is there before it looks at anything: nobody gets no page and does
// nothing, whether what they name exists or not; a form of another site is refused; a token
// that may only read posts nothing; no token exports, erases or sees settings.
func TestRightsOfEveryRoute(t *testing.T) {
	o := newTestOffice(t)
	o.changeable()
	for name, write := range map[string]bool{"doc": false, "lam": true} {
		if err := o.DB.Office().AddToken(t.Context(), store.OfficeToken{Hash: HashToken(name), Name: "mã " + name, MayWrite: write, Expires: o.Now().Add(time.Hour)}, "root"); err != nil {
			t.Fatal(err)
		}
	}
	nobody, person := &browser{o: o}, o.signedIn(lan)
	bearer := func(token string) []string {
		return []string{"Authorization", "Bearer " + token, "Accept", "application/json"}
	}
	// wants asks for a route, once about what there is and once about what there is not.
	var bodies map[string][]string
	wants := func(who *browser, what, route string, status int, header ...string) {
		t.Helper()
		for _, object := range []string{standsFor(route), "khong-co"} {
			if strings.HasSuffix(route, "{key}/{erase}") {
				object += "/erase"
			}
			method, path, _ := strings.Cut(o.routeAt(route, object), " ")
			form := url.Values(nil)
			if method == http.MethodPost {
				form = url.Values{"form": {""}}
			}
			res, body := who.ask(method, path, form, header...)
			if res.StatusCode != status {
				t.Errorf("%s: %s (%s): %d, want %d", what, route, object, res.StatusCode, status)
			}
			bodies[what+route] = append(bodies[what+route], res.Header.Get("Location")+body)
		}
	}
	before := o.audit()
	for _, route := range routesOf(t) {
		bodies = map[string][]string{}
		isPost := strings.HasPrefix(route, "POST ")
		if isPost {
			wants(person, "a form of another site", route, http.StatusForbidden, "Sec-Fetch-Site", "cross-site")
			wants(person, "a form of an unknown site", route, http.StatusForbidden, "Origin", "null")
			wants(person, "a form of another site, by an old browser", route, http.StatusForbidden, "Origin", "https://evil.example")
		}
		if slices.Contains(openToAll, route) {
			continue
		}
		if isPost {
			wants(nobody, "nobody", route, http.StatusForbidden)
			wants(nobody, "a token that reads", route, http.StatusForbidden, bearer("doc")...)
			wants(nobody, "no token", route, http.StatusUnauthorized, bearer("khác")...)
		} else {
			wants(nobody, "nobody", route, http.StatusSeeOther)
			wants(nobody, "a program without a token", route, http.StatusUnauthorized, "Accept", "application/json")
			wants(nobody, "no token", route, http.StatusUnauthorized, bearer("khác")...)
			wants(&browser{o: o, cookie: &http.Cookie{Name: sessionCookie, Value: "x"}}, "a made-up session", route, http.StatusSeeOther)
		}
		if slices.Contains(peopleOnly, route) {
			wants(nobody, "a token that acts", route, http.StatusForbidden, bearer("lam")...)
		}
		for what, same := range bodies {
			if slices.ContainsFunc(same, func(body string) bool { return body != same[0] }) {
				t.Errorf("%s: the answer tells what there is: %q", what, same)
			}
		}
	}
	if after := o.audit(); !slices.Equal(before, after) {
		t.Errorf("what was refused is in the audit log: %q", after[len(before):])
	}
}

// routesOf are the routes of the contents page.
func routesOf(t *testing.T) (list []string) {
	t.Helper()
	text, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range regexp.MustCompile(`mux\.Handle\("([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		list = append(list, route[1])
	}
	return list
}

// standsFor is something of changeable that a route may be about.
func standsFor(route string) string {
	for part, object := range map[string]string{"/editions/": "hang-tuan-1", "/digests/": "hang-tuan", "/bulletins/": "b", "/statistics/": "sent.csv"} {
		if strings.Contains(route, part) {
			return object
		}
	}
	return "1"
}

// hostile is a text that does something on a page that does not escape it: between tags, in
// an attribute, in a script, in an address.
const hostile = `x"onmouseover="alert(1)'><script>alert(1)</script><img src=x onerror=alert(1)></title></svg></textarea>{{.}}`

// hostilePages is an office in which every text that comes from outside is hostile.
func hostilePages(t *testing.T) (*testOffice, *browser, map[string]string) {
	t.Helper()
	o, b, pages := everyPage(t)
	o.Site.Title, o.options.Digests[0].Title = "Hội "+hostile, "Bản tin "+hostile
	o.Import([]bantin.Contact{{Email: `"a<b>'"@example.org`, Name: hostile, Tags: []string{hostile}, Level: bantin.LevelCommune}})
	o.Import([]bantin.Contact{{Email: "hostile@example.org", Name: hostile, Tags: []string{hostile}}})
	bulletin := &bantin.Bulletin{ID: "hostile", Source: "van-phong", SourceID: hostile + ".md", Title: hostile, Lead: hostile, Text: hostile, HTML: "<p>chữ</p>", Author: hostile,
		URL: "javascript:alert(1)", Origins: []string{"javascript:alert(1)"}, Published: o.Now(), Event: &bantin.Event{Date: bantin.DayOf(o.Now()), Place: hostile, Host: hostile},
		LegalRefs: []bantin.LegalRef{{Kind: hostile, Ref: hostile}}, Topics: []string{hostile}, Warnings: []bantin.Note{bantin.NewNote(hostile, hostile)},
		Attachments: []bantin.Attachment{{Src: "javascript:alert(1)", Title: hostile}}}
	o.Store(store.Arrival{Source: "van-phong", Item: hostile, Version: "1", Digest: "1", Identity: "file:van-phong/" + hostile, Bulletin: bulletin, Tags: o.Atlas.Tags(bulletin)})
	problem := bantin.Problem{Item: hostile, Kind: bantin.ProblemUnread, What: bantin.NewNote(hostile, hostile), Hint: bantin.NewNote(hostile, hostile)}
	trouble := bantin.Trouble{ID: store.NewTroubleID(), Kind: bantin.TroubleSource, Object: hostile, Since: o.Now(), Subject: bantin.Words{VI: hostile, EN: hostile}, What: bantin.Words{VI: hostile, EN: hostile}, Hint: bantin.Words{VI: hostile, EN: hostile}}
	_, suppressed := o.DB.Suppressions().Add(t.Context(), "hostile@example.org", hostile, o.Now())
	_, requested := o.DB.DataRequests().Add(t.Context(), bantin.DataRequest{Kind: bantin.RequestErase, Email: "hostile@example.org", Note: hostile, Arrived: o.Now(), Due: o.Now(), By: hostile})
	err := errors.Join(
		o.DB.Sources().RecordProblems(t.Context(), "van-phong", []bantin.Problem{problem}, nil), o.DB.Troubles().Begin(t.Context(), trouble), suppressed, requested,
		o.DB.Statistics().AddReaders(t.Context(), o.Now().In(o.Site.Location), []store.FeedReaders{{Feed: hostile, Program: hostile, N: 900}}, feed.EstimateReaders),
		o.DB.Actions().Add(t.Context(), bantin.Action{Who: hostile, Via: bantin.ViaCommand, What: bantin.ActionHold, Object: "hostile", Note: hostile}))
	if err != nil {
		t.Fatal(err)
	}
	o.options.Feeds = func() []bantin.Feed { return []bantin.Feed{{ID: hostile, Title: hostile}} }
	o.options.Sources = append(o.options.Sources, Source{ID: "la", Kind: hostile, Where: hostile})
	o.server.Config.Handler = New(o.options)
	at := o.Now().In(o.Site.Location).AddDate(0, 0, 5).Format("2006-01-02T15:04")
	if res, body := b.uploadWith(url.Values{"at": {at}, "pin": {"hostile"}, "greeting": {hostile}, "subject": {hostile}}, digestPath+"/special", hostile+".pdf", []byte("%PDF-1.7 ")); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	b.post(digestPath+"/next", url.Values{"greeting": {hostile}, "greeting_en": {hostile}, "subject": {hostile}, "order:hostile": {"1"}}, http.StatusSeeOther)
	_, tried := b.upload("/office/contacts/import", hostile+".csv", []byte("email,name,\"=HYPERLINK(1)\"\nai@example.org,ai\n-cong.thuc,\"=1+1<script>alert(1)</script>\",\"@SUM(1)\"\n"))
	found := importToken.FindStringSubmatch(tried)
	if found == nil {
		t.Fatal(tried)
	}
	q := url.QueryEscape(hostile)
	maps.Copy(pages, map[string]string{
		"hostile bulletin": "/office/bulletins/hostile", "hostile contact": o.personOf("hostile@example.org"), "hostile list": "/office/contacts/import/" + found[1], "hostile special": "/office/editions/hang-tuan-3",
		"asked 1": "/office/bulletins?q=" + q, "asked 2": "/office/contacts?q=" + q + "&status=" + q + "&place=" + q + "&digest=" + q, "asked 3": "/office/editions/hang-tuan-1?q=" + q + "&status=" + q,
		"asked 4": "/office/digests/hang-tuan?contact=" + q + "&view=" + q, "asked 5": "/office/requests?email=" + q, "asked 6": "/office/editions?digest=" + q, "asked 7": "/office?done=" + q,
		"asked 8": "/office/" + url.PathEscape(hostile), "asked 9": "/office/statistics?feed=" + q, "sign-in": "/office/sign-in/" + url.PathEscape(hostile),
	})
	return o, b, pages
}

// No text of others is anything but text on any page, in both languages; nor is one a
// formula in a file.
func TestHostileTexts(t *testing.T) {
	o, b, pages := hostilePages(t)
	shown := map[string]int{}
	for name, path := range pages {
		for _, l := range bantin.Languages() {
			res, body := b.ask(http.MethodGet, inLanguage(path, l), nil)
			if res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "script-src 'self'") {
				t.Errorf("%s: %v", name, res.Header)
			}
			for _, fault := range faults(t, body) {
				t.Errorf("%s in %s (%d): %s", name, l, res.StatusCode, fault)
			}
			shown[name] += strings.Count(body, "&lt;script&gt;alert(1)")
		}
	}
	for _, name := range []string{"today", "bulletins", "hostile bulletin", "contacts", "hostile contact", "digest", "statistics", "calendar", "sources", "returns", "requests", "hostile list", "hostile special", "editions", "asked 1", "asked 2"} {
		if shown[name] == 0 {
			t.Errorf("%s shows no hostile text: it is not tried", name)
		}
	}
	for _, path := range []string{"/office/digests/hang-tuan/preview", "/office/editions/hang-tuan-3/preview"} {
		res, body := b.ask(http.MethodGet, path, nil)
		if csp := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "; sandbox") || strings.Contains(csp, "script-src") {
			t.Errorf("%s: %s", path, csp)
		}
		for _, fault := range faults(t, body) {
			t.Errorf("%s: %s", path, fault)
		}
	}
	o.Import([]bantin.Contact{{Email: "cong.thuc@example.org", Name: "=HYPERLINK(1)", Tags: []string{"+cmd"}}})
	for _, path := range []string{"/office/contacts/export", "/office/statistics/feeds.csv", "/office/statistics/programs.csv", pages["hostile list"] + "/rejected"} {
		res, body := b.ask(http.MethodGet, path, nil)
		disposition, _, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
		if res.StatusCode != http.StatusOK || disposition != "attachment" || err != nil {
			t.Errorf("%s: %d %v %v", path, res.StatusCode, res.Header, err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Errorf("%s: %v\n%s", path, err, body)
		}
		for _, cell := range slices.Concat(rows...) {
			if contact.Guard(cell) != cell {
				t.Errorf("%s: the cell %q is a formula", path, cell)
			}
		}
	}
}

// faults are what a page has that came from a text: scripts, handlers, addresses that run.
func faults(t *testing.T, body string) (list []string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(body))
	for {
		if tokens.Next() == html.ErrorToken {
			if !errors.Is(tokens.Err(), io.EOF) {
				t.Fatal(tokens.Err())
			}
			return list
		}
		token := tokens.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		attributes := map[string]string{}
		for _, a := range token.Attr {
			attributes[a.Key] = a.Val
			runs := strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && a.Key != "value"
			if strings.HasPrefix(a.Key, "on") || runs {
				list = append(list, token.String())
			}
		}
		if token.Data == "script" && !strings.HasPrefix(attributes["src"], "/office/static/office.js?v=") || token.Data == "img" && attributes["src"] == "x" {
			list = append(list, cmp.Or(token.String(), fmt.Sprint(token)))
		}
	}
}
