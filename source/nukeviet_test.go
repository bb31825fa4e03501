package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bantin"
	"bantin/fetch"
	nuke "bantin/internal/nukeviettest"
	"bantin/picture"
	"bantin/source"
	"bantin/source/document"
)

var hanoi = time.FixedZone("+07", 7*60*60)

// looker reads a source as a collector does: what it yields is remembered at
// once, so that a look that is broken off is gone on with.
type looker struct {
	t      *testing.T
	spec   source.Spec
	now    time.Time
	seen   map[string]string
	notes  map[string]string
	texts  map[string]*bantin.Bulletin // by item
	keys   map[string]string
	taken  map[string]int // how often an item came with a bulletin
	mended []string
	until  int // stop after so many items; 0: never
}

func newLooker(t *testing.T, kind, url string) *looker {
	t.Helper()
	l := &looker{t: t, now: time.Date(2022, 5, 2, 8, 0, 0, 0, hanoi), seen: map[string]string{}, notes: map[string]string{},
		texts: map[string]*bantin.Bulletin{}, keys: map[string]string{}, taken: map[string]int{}}
	pictures, err := picture.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l.spec = source.Spec{
		ID: "website", Kind: kind, URL: url, Location: hanoi, Pictures: pictures,
		Web:   fetch.New(fetch.Options{AllowPrivate: true, MaxAttempts: 1}),
		Now:   func() time.Time { return l.now },
		Notes: func(context.Context) (map[string]string, error) { return maps.Clone(l.notes), nil },
	}
	return l
}

// look reads once and says what became of it, in a word an item.
func (l *looker) look() (lines []string, err error) {
	l.t.Helper()
	s, err := source.Open(l.spec)
	if err != nil {
		l.t.Fatal(err)
	}
	items := 0
	for item, err := range s.Read(l.t.Context(), maps.Clone(l.seen)) {
		if err != nil {
			return lines, err
		}
		switch {
		case item.Notes != nil:
			maps.Copy(l.notes, item.Notes)
			continue
		case item.Seen:
			l.seen[item.ID] = item.Version
			continue
		case item.Mended:
			l.mended = append(l.mended, item.ID)
			continue
		case item.Vanished:
			delete(l.seen, item.ID)
			lines = append(lines, item.ID+" vanished")
		case item.Err != nil:
			lines = append(lines, item.ID+" error: "+item.Err.Error())
		default:
			l.seen[item.ID] = item.Version
			l.texts[item.ID], l.keys[item.ID] = item.Bulletin, item.Key
			l.taken[item.ID]++
			word := ""
			if item.History {
				word = " (history)"
			}
			lines = append(lines, item.ID+" "+item.Bulletin.Title+word)
		}
		if items++; items == l.until {
			return lines, nil
		}
	}
	return lines, nil
}

// expect looks, and wants these lines.
func (l *looker) expect(want ...string) {
	l.t.Helper()
	got, err := l.look()
	if err != nil {
		l.t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		l.t.Errorf("(-want +got)\n%s", d)
	}
}

func (l *looker) later(d time.Duration) { l.now = l.now.Add(d) }

// stories makes n stories with the ids from first on, an hour apart, the last
// an hour before the first look.
func stories(first, n int) []nuke.Story {
	var list []nuke.Story
	last := time.Date(2022, 5, 2, 7, 0, 0, 0, hanoi)
	for i := range n {
		id := first + i
		list = append(list, nuke.Story{
			ID: id, Title: fmt.Sprintf("Tin số %d của Hội Khuyến học", id), Alias: fmt.Sprintf("Tin-so-%d", id),
			Lead: fmt.Sprintf("Hội Khuyến học trao học bổng đợt %d.", id),
			Body: fmt.Sprintf("<p>Ngày 28/4/2022, tại Thành phố Việt Trì, đợt %d đã khai mạc.</p>", id),
			At:   last.Add(time.Duration(i-n+1) * time.Hour),
		})
	}
	return list
}

func generations(t *testing.T, test func(t *testing.T, g nuke.Generation)) {
	for name, g := range map[string]nuke.Generation{"2.0": nuke.Two, "3.x": nuke.Three, "4.x": nuke.Four} {
		t.Run(name, func(t *testing.T) { test(t, g) })
	}
}

func TestNukeVietLooks(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 4)}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		l.expect("1 Tin số 1 của Hội Khuyến học", "2 Tin số 2 của Hội Khuyến học",
			"3 Tin số 3 của Hội Khuyến học", "4 Tin số 4 của Hội Khuyến học")
		b := l.texts["4"]
		if want := time.Date(2022, 5, 2, 7, 0, 0, 0, hanoi); !b.Published.Equal(want) || b.PublishedPrecision != bantin.PrecisionMinute {
			t.Errorf("published %s %s", b.Published, b.PublishedPrecision)
		}
		if b.Lead != "Hội Khuyến học trao học bổng đợt 4." || b.Text != "Ngày 28/4/2022, tại Thành phố Việt Trì, đợt 4 đã khai mạc." {
			t.Errorf("lead %q, text %q", b.Lead, b.Text)
		}
		if canonical, _ := document.CanonicalURL(b.URL); b.URL != canonical || l.keys["4"] != "url:"+b.URL {
			t.Errorf("address %q, key %q", b.URL, l.keys["4"])
		}
		if g != nuke.Three && site.Hits(4) != 0 {
			t.Errorf("the hit counter was raised %d times", site.Hits(4))
		}
		site.Requests()
		l.expect()
		if n := len(site.Requests()); n != 1 {
			t.Errorf("an unchanged site costs %d requests", n)
		}
		site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, stories(5, 1)...) })
		l.expect("5 Tin số 5 của Hội Khuyến học")
	})
}

func TestNukeVietFirstReadGoesBack31Days(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		all := stories(1, 80)
		for i := range all { // a day apart
			all[i].At = all[79].At.Add(-time.Duration(79-i) * 24 * time.Hour)
		}
		site := (&nuke.Site{Generation: g, Stories: all}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		got, err := l.look()
		if err != nil || len(got) != 31 || !strings.HasPrefix(got[0], "50 ") {
			t.Fatalf("%d stories, %v: %v", len(got), err, got)
		}
		l.expect()
		l.spec.Since = bantin.Day{Year: 2022, Month: 3, Day: 1}
		got, err = l.look()
		if err != nil || len(got) != 32 || got[0] != "49 Tin số 49 của Hội Khuyến học (history)" {
			t.Fatalf("%d stories, %v: %v", len(got), err, got)
		}
		site.Requests()
		l.expect()
		if n := len(site.Requests()); n != 1 {
			t.Errorf("a backfill that is done costs %d requests", n)
		}
	})
}

// A backfill is broken off after each few stories, while new ones appear.
func TestNukeVietBackfillIsResumed(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		all := stories(1, 120)
		for i := range all {
			all[i].At = all[119].At.Add(-time.Duration(119-i) * 24 * time.Hour)
		}
		site := (&nuke.Site{Generation: g, Stories: all, NoSitemap: true}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		l.spec.Since = bantin.Day{Year: 2020, Month: 1, Day: 1}
		l.until = 7
		next := 121
		for range 60 {
			got, err := l.look()
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 {
				break
			}
			if next <= 124 {
				site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, stories(next, 1)...) })
				next++
			}
		}
		if len(l.taken) != next-1 {
			t.Errorf("%d of %d stories", len(l.taken), next-1)
		}
		for id, n := range l.taken {
			if n != 1 {
				t.Errorf("story %s came %d times", id, n)
			}
		}
	})
}

// Stories that are removed while the list is followed move the others up, past
// the row that is asked for next.
func TestNukeVietListMovesUp(t *testing.T) {
	site := &nuke.Site{Stories: stories(1, 60)}
	site.Before = func(r *http.Request) {
		if r.URL.Query().Get("page") == "14" {
			site.Change(func(s *nuke.Site) {
				for id := 52; id <= 56; id++ {
					s.Remove(id)
				}
			})
		}
	}
	site.Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	got, err := l.look()
	if err != nil {
		t.Fatal(err)
	}
	for id := 1; id <= 51; id++ {
		if l.taken[fmt.Sprint(id)] != 1 {
			t.Errorf("story %d came %d times", id, l.taken[fmt.Sprint(id)])
		}
	}
	_ = got
}

func TestNukeVietEdits(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 3)}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		if _, err := l.look(); err != nil {
			t.Fatal(err)
		}
		key := l.keys["2"]
		site.Change(func(s *nuke.Site) {
			s.Story(2).Title, s.Story(2).Alias = "Tin số 2 đã sửa", "Tin-so-2-da-sua"
		})
		l.expect("2 Tin số 2 đã sửa")
		if l.keys["2"] != key {
			t.Errorf("a new title makes another bulletin: %q, before %q", l.keys["2"], key)
		}
		// A body alone: no list tells of it.
		site.Change(func(s *nuke.Site) { s.Story(3).Body = "<p>Nội dung đã sửa, đợt 3.</p>" })
		l.later(2 * time.Hour)
		l.expect("3 Tin số 3 của Hội Khuyến học")
		if got := l.texts["3"]; got.Text != "Nội dung đã sửa, đợt 3." || got.PublishedPrecision != bantin.PrecisionMinute {
			t.Errorf("%q, %s", got.Text, got.PublishedPrecision)
		}
	})
}

func TestNukeVietVanished(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 5)}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		if _, err := l.look(); err != nil {
			t.Fatal(err)
		}
		gone := *site.Story(3)
		site.Change(func(s *nuke.Site) { s.Remove(3) })
		l.later(15 * time.Minute)
		l.expect("3 error: the site no longer has this story; if it is still missing tomorrow, its bulletin is withdrawn")
		l.later(15 * time.Minute)
		site.Requests()
		l.expect()
		if n := len(site.Requests()); n != 1 {
			t.Errorf("a story that is missed costs %d requests a look", n)
		}
		// It was there again, and is removed again: that is another day.
		l.later(25 * time.Hour)
		site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, gone) })
		l.expect()
		site.Change(func(s *nuke.Site) { s.Remove(3) })
		l.later(time.Minute)
		l.expect("3 error: the site no longer has this story; if it is still missing tomorrow, its bulletin is withdrawn")
		l.later(25 * time.Hour)
		l.expect("3 vanished")
		l.later(time.Hour)
		l.expect()
		site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, gone) })
		l.expect("3 Tin số 3 của Hội Khuyến học")
	})
}

func TestNukeVietMaintenance(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 3), Maintenance: true, NoETag: true}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		for range 3 {
			_, err := l.look()
			var failure *source.SiteError
			if !errors.As(err, &failure) {
				t.Fatalf("maintenance: %v", err)
			}
			site.Change(func(s *nuke.Site) { s.Maintenance = false })
			if got, err := l.look(); err != nil || len(got) != 0 && l.taken["1"] != 1 {
				t.Fatal(got, err)
			}
			site.Change(func(s *nuke.Site) { s.Maintenance = true })
			l.later(25 * time.Hour)
		}
		site.Change(func(s *nuke.Site) { s.Maintenance = false })
		l.expect()
		if l.texts["1"].Text != "Ngày 28/4/2022, tại Thành phố Việt Trì, đợt 1 đã khai mạc." || l.taken["1"] != 1 {
			t.Errorf("%q", l.texts["1"].Text)
		}
	})
}

// The list is there, and stories answer with maintenance, are cut, or empty.
func TestNukeVietBadStories(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 2)}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		if _, err := l.look(); err != nil {
			t.Fatal(err)
		}
		l.later(2 * time.Hour)
		site.Change(func(s *nuke.Site) { s.Cut = 560; s.Story(1).Body = "<p>Bài đã sửa, và bị cắt mất.</p>" })
		l.expect()
		site.Change(func(s *nuke.Site) { s.Cut, s.Stories[0].Body = 0, "" })
		l.later(2 * time.Hour)
		if _, err := l.look(); err != nil {
			t.Fatal(err)
		}
		site.Change(func(s *nuke.Site) { s.Cut = 300; s.Stories = append(s.Stories, stories(3, 1)...) })
		got, err := l.look()
		if err != nil || len(got) != 1 || !strings.Contains(got[0], "3 error: cannot read story") {
			t.Fatal(got, err)
		}
		l.later(time.Minute)
		l.expect()
		site.Change(func(s *nuke.Site) { s.Cut = 0 })
		l.later(time.Hour)
		got, err = l.look()
		if err != nil || !slices.Contains(got, "3 Tin số 3 của Hội Khuyến học") {
			t.Fatal(got, err)
		}
	})
}

func TestNukeVietTitles(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		const title = `Quyết định 387/QĐ-TTg (2022): 100% "xã hội học tập" & thẻ &lt;b> [a*b=c]!`
		all := stories(1, 2)
		all[1].Title = title
		site := (&nuke.Site{Generation: g, Stories: all, NoSitemap: true}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		l.expect("1 Tin số 1 của Hội Khuyến học", "2 "+title)
	})
}

func TestNukeVietWays(t *testing.T) {
	for _, c := range []struct {
		noSave, noPrint bool
		hits            int
	}{{false, false, 0}, {true, false, 0}, {true, true, 1}} {
		site := (&nuke.Site{Stories: stories(7, 1), NoSave: c.noSave, NoPrint: c.noPrint}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		l.expect("7 Tin số 7 của Hội Khuyến học")
		if got := site.Hits(7); got != c.hits {
			t.Errorf("%+v: %d hits", c, got)
		}
		if b := l.texts["7"]; !strings.Contains(b.Text, "đợt 7 đã khai mạc") || !strings.Contains(b.Lead+b.Text, "trao học bổng đợt 7") {
			t.Errorf("%+v: %q, %q", c, b.Lead, b.Text)
		}
	}
}

func TestNukeVietScheduledAndCategories(t *testing.T) {
	site := (&nuke.Site{Stories: stories(1, 3), Scheduled: true}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	if got, err := l.look(); err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	site.Change(func(s *nuke.Site) { s.Scheduled = true; s.Stories = append(s.Stories, stories(4, 1)...) })
	l.expect("4 Tin số 4 của Hội Khuyến học")

	category := newLooker(t, "nukeviet", site.URL()+"&op=viewcat&catid=1")
	if got, err := category.look(); err != nil || len(got) != 4 {
		t.Errorf("the lead story of a category: %v, %v", got, err)
	}
	unknown := newLooker(t, "nukeviet", site.URL()+"&op=viewcat&catid=9")
	unknown.notes["generation"] = "2"
	if _, err := unknown.look(); err == nil || !strings.Contains(err.Error(), "does this category exist?") {
		t.Errorf("an unknown category: %v", err)
	}
}

// Editors write anything: footer words, unclosed tags, nested tables, Word.
func TestNukeVietBodies(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewRGBA(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	all := stories(1, 1)
	all[0].Lead = `<table><tr><td><img src="uploads/lead.png"></td></tr><tr><td>Quang cảnh lễ khai mạc</td></tr></table>Lãnh đạo Hội dự lễ.`
	all[0].Body = `<table><tr><td>Số liệu<td>1.250<table><tr><td>lồng nhau</table>
</table><p>URL của bản tin này::http://www.example.org © Hội contact: <i>chữ nghiêng</i></td></tr></table>
<hr color="#DC0312" width="600"> còn nữa<div style="display:none"><a href="http://xau.example/">cờ bạc</a></div>
<p align="center"><img src="file:///C:/anh.png"><br><i>Ảnh dán từ Word</i></p>
<p align="center"><img src="uploads/mat.png"><br><i>Ảnh đã mất</i></p>
<p align="center"><img src="/uploads/co.png"><br><i>Trao học bổng</i></p><script>alert(1)</script><b>Phần cuối`
	all[0].Notes = "Theo Ban Tuyên truyền"
	site := (&nuke.Site{Stories: all, Pictures: map[string][]byte{"/uploads/co.png": small.Bytes(), "/uploads/lead.png": small.Bytes()}}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	l.expect("1 Tin số 1 của Hội Khuyến học")
	b := l.texts["1"]
	if b.Lead != "Lãnh đạo Hội dự lễ." {
		t.Errorf("lead %q", b.Lead)
	}
	for _, want := range []string{"URL của bản tin này", "còn nữa", "Phần cuối", "Theo Ban Tuyên truyền", "1.250"} {
		if !strings.Contains(b.Text, want) {
			t.Errorf("%q is not in the text %q", want, b.Text)
		}
	}
	for _, bad := range []string{"cờ bạc", "script", "alert", "©" + " Hội Khuyến học Việt Nam"} {
		if strings.Contains(b.HTML, bad) || strings.Contains(b.Text, bad) {
			t.Errorf("%q is in %q", bad, b.HTML)
		}
	}
	var shown []string
	for _, im := range b.Images {
		shown = append(shown, fmt.Sprint(im.Caption, " ", strings.HasPrefix(im.Src, "/images/"), " ", im.Width))
	}
	if d := cmp.Diff([]string{"Quang cảnh lễ khai mạc true 20", "Ảnh dán từ Word false 0", "Ảnh đã mất false 0", "Trao học bổng true 20"}, shown); d != "" {
		t.Errorf("pictures (-want +got)\n%s", d)
	}
	if len(b.Warnings) != 3 { // the hidden link and two pictures
		t.Errorf("warnings %q", b.Warnings)
	}
}

// A body of TEXT is cut at 65,535 bytes, here inside a character.
func TestNukeVietCutByItsDatabase(t *testing.T) {
	all := stories(1, 1)
	body := "<p>" + strings.Repeat("ế", 25_000)
	all[0].Body = body[:65_535]
	site := (&nuke.Site{Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	l.expect("1 Tin số 1 của Hội Khuyến học")
	if b := l.texts["1"]; len(b.Text) < 65_000 || strings.ContainsRune(b.Text, '\uFFFD') || len(b.Warnings) != 1 {
		t.Errorf("%d bytes, %q", len(b.Text), b.Warnings)
	}
}

func TestNukeVietTimes(t *testing.T) {
	all := stories(1, 3)
	all[0].At = time.Date(1970, 1, 1, 0, 0, 0, 0, hanoi)
	all[1].At = time.Date(2099, 1, 1, 0, 0, 0, 0, hanoi)
	site := (&nuke.Site{Generation: nuke.Four, Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	l.expect("3 Tin số 3 của Hội Khuyến học", "2 Tin số 2 của Hội Khuyến học")
	if b := l.texts["2"]; !b.Published.IsZero() || len(b.Warnings) != 1 {
		t.Errorf("%s, %q", b.Published, b.Warnings)
	}
	// By the RSS alone: the print page knows the minute, the RSS says 05 for May.
	site = (&nuke.Site{Generation: nuke.Four, Stories: stories(1, 1), NoSitemap: true}).Start(t)
	l = newLooker(t, "nukeviet", site.URL())
	l.expect("1 Tin số 1 của Hội Khuyến học")
	if b := l.texts["1"]; b.Published.Minute() != 0 || b.Published.Hour() != 7 || b.PublishedPrecision != bantin.PrecisionMinute {
		t.Errorf("%s %s", b.Published, b.PublishedPrecision)
	}
}

// A site whose numbers went back, and a site that breaks in the middle.
func TestNukeVietOddSites(t *testing.T) {
	site := (&nuke.Site{Stories: stories(100, 3)}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	if got, err := l.look(); err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, stories(50, 1)...) })
	l.expect("50 Tin số 50 của Hội Khuyến học")

	broken := (&nuke.Site{Stories: stories(1, 10)}).Start(t)
	broken.Change(func(s *nuke.Site) { s.Cut = 100 })
	l = newLooker(t, "nukeviet", broken.URL())
	_, err := l.look()
	var failure *source.SiteError
	if !errors.As(err, &failure) {
		t.Errorf("stories that are none: %v", err)
	}
	if n := len(broken.Requests()); n > 6 {
		t.Errorf("a site that gives no stories was asked %d times", n)
	}
	broken.Change(func(s *nuke.Site) { s.Cut = 0 })
	l.later(time.Hour)
	if got, err := l.look(); err != nil || len(got) != 10 {
		t.Errorf("%v, %v", got, err)
	}
}

// Pages that are made to hurt: the look ends soon, and with an error.
func TestNukeVietHurtfulPages(t *testing.T) {
	link := `<a href="modules.php?name=News&op=viewst&sid=1">Tin</a> 02.05.2022 07:00`
	for name, page := range map[string]string{
		"10 MB of one line": "<html>" + link + strings.Repeat("a", 10<<20),
		"nested":            "<html>" + strings.Repeat("<table><tr><td>", 100_000) + link,
		"unclosed":          strings.Repeat("<td><div>"+link, 20_000),
		"binary":            link + "\x00\x01\x02",
		"UTF-16":            "\xff\xfe" + link,
		"nothing":           "",
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("file") == "" {
					asked.Add(1)
					fmt.Fprint(w, page)
				}
			}))
			defer s.Close()
			start := time.Now()
			got, err := newLooker(t, "nukeviet", s.URL+"/modules.php?name=News").look()
			if time.Since(start) > time.Minute { // some tenths of a second where nothing is in the way
				t.Errorf("it took %s", time.Since(start))
			}
			if n := asked.Load(); n > 10 {
				t.Errorf("the site was asked for its list %d times", n)
			}
			if err == nil && len(got) > 0 && !strings.Contains(got[0], "error") {
				t.Errorf("%v", got)
			}
		})
	}
}

// The second oldest is removed, which was published on the hour, in the hour
// after the oldest: that is missed too.
func TestNukeVietMissedAtTheBottom(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 5)}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		if _, err := l.look(); err != nil {
			t.Fatal(err)
		}
		site.Change(func(s *nuke.Site) { s.Remove(2) })
		l.later(time.Minute)
		l.expect("2 error: the site no longer has this story; if it is still missing tomorrow, its bulletin is withdrawn")
	})
}

// The newest story is removed: that is missed too. An old one that comes to the
// top again makes nothing else look missed.
func TestNukeVietMissedAtTheTop(t *testing.T) {
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 60)}).Start(t)
		l := newLooker(t, "nukeviet", site.URL())
		if got, err := l.look(); err != nil || len(got) != 60 {
			t.Fatal(len(got), err)
		}
		site.Change(func(s *nuke.Site) { s.Remove(60) })
		l.later(time.Minute)
		l.expect("60 error: the site no longer has this story; if it is still missing tomorrow, its bulletin is withdrawn")
		site.Change(func(s *nuke.Site) { s.Stories[1].At = l.now })
		site.Requests()
		if _, err := l.look(); err != nil {
			t.Fatal(err)
		}
		if n := len(site.Requests()); n > 4 {
			t.Errorf("%d requests", n)
		}
	})
}
