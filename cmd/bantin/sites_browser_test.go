package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"bantin/internal/testneed"

	"github.com/chromedp/chromedp"

	"bantin"
	nuke "bantin/internal/nukeviettest"
)

// A daemon reads a site of each generation of NukeViet: its stories stand in a
// real browser with their pictures and captions; an edited one is revised,
// maintenance changes nothing, and one that is gone on two looks, a day apart,
// is withdrawn.
func TestSitesInBrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	sites := map[string]*nuke.Site{"the-he-hai": {Generation: nuke.Two}, "the-he-ba": {Generation: nuke.Three}, "the-he-bon": {Generation: nuke.Four}}
	yaml := "site: {title: Hội Khuyến học, url: https://bantin.example.org, contact: vanphong@example.org}\nhttp: {listen: 127.0.0.1:0}\nfeeds: [{id: tat-ca, title: Bản tin}]\nsources:\n"
	for id, site := range sites {
		site.Stories, site.Pictures = storiesOf(id), map[string][]byte{"/uploads/anh.png": smallPicture(t)}
		site.Start(t)
		yaml += fmt.Sprintf("  - {id: %s, kind: nukeviet, url: %q, allow_private: true, rate: 1000/s, schedule: \"@every 1s\"}\n", id, site.URL())
	}
	f := newFolder(t, map[string]string{"bantin.yaml": yaml})
	d := f.start()
	shown := func(title string) string {
		t.Helper()
		var id string
		until(t, title+" is shown", func() bool { id = f.idOf(title); return id != "" })
		return id
	}
	pages := map[string]string{} // of the stories that will change
	for source := range sites {
		pages[source] = shown("Tin 2 của " + source)
		page := see(t, ctx, d.base+"/bulletins/"+pages[source])
		if page.Pictures != 1 || page.Caption != "Trao học bổng đợt 2 của "+source || !strings.Contains(page.Text, "Hội Khuyến học xã họp lần 2") {
			t.Errorf("%s: %+v", source, page)
		}
	}

	change := func(act func(*nuke.Site)) {
		for _, site := range sites {
			site.Change(act)
		}
	}
	change(func(s *nuke.Site) { // the sitemap of 4.x has no titles, though the addresses that follow them
		s.Story(3).Title += " (sửa)"
		s.Story(3).Alias = "tin-3-sua"
	})
	for source := range sites {
		shown("Tin 3 của " + source + " (sửa)")
	}
	change(func(s *nuke.Site) { s.Maintenance = true })
	until(t, "the daemon meets maintenance", func() bool { return strings.Count(d.log.String(), "perhaps maintenance") >= len(sites) })
	f.fails(1, []string{"bảo trì"}, "collect") // it waits a minute now; a command does not
	for source := range sites {
		if page := see(t, ctx, d.base+"/bulletins/"+pages[source]); page.Pictures != 1 {
			t.Errorf("maintenance: %+v", page)
		}
	}
	change(func(s *nuke.Site) { s.Maintenance = false; s.Remove(2) })
	missed := f.bantin("collect").err + d.log.String() // where that took a minute the daemon meets it first
	if n := strings.Count(missed, "trang không còn bài này") + strings.Count(missed, "no longer has this story"); n < len(sites) {
		t.Errorf("missed %d:\n%s", n, missed)
	}
	for source := range sites {
		if page := see(t, ctx, d.base+"/bulletins/"+pages[source]); page.Pictures != 1 {
			t.Errorf("missed once: %+v", page)
		}
	}
	d.stop()
	f.letDayPass()
	d = f.start()
	for source := range sites {
		until(t, "the story is withdrawn", func() bool { return d.get("/bulletins/"+pages[source]).status == 410 })
		if page := see(t, ctx, d.base+"/bulletins/"+pages[source]); page.Pictures != 0 {
			t.Errorf("withdrawn: %+v", page)
		}
		shown("Tin 1 của " + source)
	}
	if body := d.get("/feeds/tat-ca.atom").body; strings.Contains(body, "Tin 2 của") || strings.Count(body, "<entry>") != 4*len(sites) {
		t.Errorf("the feed:\n%s", body)
	}
	d.stop()
}

// storiesOf are five stories of an hour apart.
func storiesOf(source string) []nuke.Story {
	var list []nuke.Story
	for id := 1; id <= 5; id++ {
		list = append(list, nuke.Story{
			ID: id, Title: fmt.Sprintf("Tin %d của %s", id, source), Lead: fmt.Sprintf("Hội Khuyến học xã họp lần %d.", id),
			Alias: fmt.Sprintf("tin-%d", id),
			Body:  fmt.Sprintf(`<p>Đợt %d.</p><p align="center"><img src="/uploads/anh.png"><br><i>Trao học bổng đợt %d của %s</i></p>`, id, id, source),
			At:    time.Now().Add(-time.Duration(6-id) * time.Hour).Truncate(time.Minute),
		})
	}
	return list
}

func smallPicture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// idOf finds a bulletin that readers see by its title; "" where there is none.
func (f *folder) idOf(title string) string {
	f.t.Helper()
	for line := range strings.Lines(f.ok("bulletins", "list", "--json", "-n", "0")) {
		var b bantin.Bulletin
		if err := json.Unmarshal([]byte(line), &b); err != nil {
			f.t.Fatal(err)
		}
		if b.Title == title {
			return b.ID
		}
	}
	return ""
}

// letDayPass sets back by a day and an hour when the stories that are missing
// were first missed, in what is remembered of them.
func (f *folder) letDayPass() {
	f.t.Helper()
	db, err := sql.Open("sqlite", f.path("var/bantin.db"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT source, item, version FROM items WHERE version LIKE '% lost=%'`)
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	var updates [][]any
	for rows.Next() {
		var source, item, version string
		if err := rows.Scan(&source, &item, &version); err != nil {
			f.t.Fatal(err)
		}
		before, after, _ := strings.Cut(version, " lost=")
		number, rest, _ := strings.Cut(after, " ")
		lost, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			f.t.Fatal(err)
		}
		updates = append(updates, []any{fmt.Sprintf("%s lost=%d %s", before, lost-25*60*60, rest), source, item})
	}
	if err := rows.Err(); err != nil {
		f.t.Fatal(err)
	}
	for _, u := range updates {
		if _, err := db.Exec(`UPDATE items SET version = $1 WHERE source = $2 AND item = $3`, u...); err != nil {
			f.t.Fatal(err)
		}
	}
}

// browser starts a headless browser.
func browser(t *testing.T) context.Context {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		testneed.Skip(t, "chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// looked is what a browser shows of a bulletin's page.
type looked struct {
	Pictures int    `json:"pictures"` // that have loaded
	Caption  string `json:"caption"`  // of the first
	Text     string `json:"text"`
}

func see(t *testing.T, ctx context.Context, address string) looked {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	page, err := chromedp.Run(ctx, chromedp.Evaluate[looked](`({
		pictures: [...document.querySelectorAll("main img")].filter(i => i.complete && i.naturalWidth > 0).length,
		caption: (document.querySelector("main figcaption") || {innerText: ""}).innerText.trim(),
		text: document.body.innerText})`))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return page
}
