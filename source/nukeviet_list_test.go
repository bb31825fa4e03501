package source_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"bantin"
	nuke "bantin/internal/nukeviettest"
)

// Days that titles and leads mention are not those of their stories: in lists of each
// generation, whether the list gives times or not.
func TestNukeVietDaysThatAreMentioned(t *testing.T) {
	titles := []string{
		"Kết luận cuộc họp ngày 12/4/2021", "Báo cáo số 12 (12/4/2021)", "12/4/2021: ngày hội đọc sách", "Lịch họp 07.02.2021 15:30 của Hội",
	}
	generations(t, func(t *testing.T, g nuke.Generation) {
		all := stories(1, 6)
		for i, title := range titles {
			all[i+1].Title = title
		}
		all[5].Lead = "Ngày 12/4/2021, tại Hà Nội, Hội họp. Hội nghị <b>12/4/2021</b> đã kết luận; <i>(12.4.2021)</i>."
		site := (&nuke.Site{Generation: g, Stories: all, NoSitemap: true, NoETag: true}).Start(t)
		site.Change(func(s *nuke.Site) {
			s.Instead = func(w http.ResponseWriter, r *http.Request) bool { // the list alone tells
				if strings.Contains(r.URL.Path, "/rss/") {
					http.NotFound(w, r)
				}
				return strings.Contains(r.URL.Path, "/rss/")
			}
		})
		l := newLooker(t, "nukeviet", site.URL())
		got, err := l.look()
		if err != nil || len(got) != 6 {
			t.Fatalf("%v: %q", err, got)
		}
		for id, b := range l.texts {
			if b.Published.Before(l.now.Add(-24*time.Hour)) || b.PublishedPrecision != bantin.PrecisionMinute {
				t.Errorf("story %s is of %s (%s)", id, b.Published, b.PublishedPrecision)
			}
		}
		site.Requests()
		l.expect()
		if n := len(site.Requests()); n > 2 { // the list, and in 3.x and 4.x the index that is not there
			t.Errorf("an unchanged list costs %d requests", n)
		}
	})
}

// The clock in the head of a page is the time of no story, though links to stories
// stand before it.
func TestNukeVietClockOfThePage(t *testing.T) {
	all := stories(1, 40)
	for i := range all {
		all[i].At = all[39].At.Add(-time.Duration(39-i) * 48 * time.Hour)
	}
	site := (&nuke.Site{Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	got, err := l.look()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range got {
		if strings.HasPrefix(line, "1 ") || strings.HasPrefix(line, "3 ") {
			t.Errorf("an old story of the box beside is news: %q", line)
		}
	}
}

// The page that people read, with the themes of 2.0: the lead is the lead, the account
// that posted it and readers' comments are left out, its source is kept.
func TestNukeVietThemeOfTwo(t *testing.T) {
	all := stories(7, 1)
	all[0].Notes = "Tin, ảnh: Văn phòng Hội"
	all[0].Lead = `<table><tr><td><img src="/uploads/a.png"></td></tr><tr><td align="center">Trao quà</td></tr></table>Hội trao học bổng.`
	all[0].Body = "<p>Ngày 28/4/2022, đợt 7 đã khai mạc.</p><p align=\"right\">Việt Trì, tháng 4</p>"
	site := (&nuke.Site{Stories: all, NoSave: true, NoPrint: true, Pictures: map[string][]byte{"/uploads/a.png": smallPNG(t)}}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	l.expect("7 Tin số 7 của Hội Khuyến học")
	b := l.texts["7"]
	if b.Lead != "Hội trao học bổng." || len(b.Images) != 1 || b.Images[0].Caption != "Trao quà" {
		t.Errorf("lead %q, pictures %+v", b.Lead, b.Images)
	}
	want := "Ngày 28/4/2022, đợt 7 đã khai mạc.\n\nViệt Trì, tháng 4\n\nTin, ảnh: Văn phòng Hội\n\n(Nguồn tin: Báo Khuyến học)"
	if b.Text != want || b.PublishedPrecision != bantin.PrecisionMinute {
		t.Errorf("%s, %q, want %q", b.PublishedPrecision, b.Text, want)
	}
}

// One story that the site gives only as the page that counts visitors does not make
// the others be read so.
func TestNukeVietOneStoryWithoutPrint(t *testing.T) {
	for _, g := range []nuke.Generation{nuke.Two, nuke.Four} {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 6)}).Start(t)
		site.Change(func(s *nuke.Site) {
			s.Instead = func(w http.ResponseWriter, r *http.Request) bool {
				asked := r.URL.RequestURI()
				none := (strings.Contains(asked, "file=") && strings.Contains(asked, "sid=2")) ||
					(strings.Contains(asked, "/print/") || strings.Contains(asked, "/savefile/")) && strings.HasSuffix(r.URL.Path, "-2.html")
				return none // 200 with nothing
			}
		})
		l := newLooker(t, "nukeviet", site.URL())
		if got, err := l.look(); err != nil || len(got) != 6 {
			t.Fatalf("%v: %q", err, got)
		}
		for id := 1; id <= 6; id++ {
			if hits, want := site.Hits(id), map[bool]int{true: 1}[id == 2]; hits != want {
				t.Errorf("generation %d: story %d was counted %d times", g, id, hits)
			}
		}
	}
}

// The lead story of a category, of which the list gives no time, is not read again at
// each look.
func TestNukeVietLeadOfACategory(t *testing.T) {
	all := stories(1, 4)
	all[3].At = all[3].At.Add(17 * time.Minute)
	site := (&nuke.Site{Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL()+"&op=viewcat&catid=1")
	if got, err := l.look(); err != nil || len(got) != 4 {
		t.Fatal(got, err)
	}
	for range 3 {
		l.later(time.Minute)
		site.Requests()
		l.expect()
		if asked := site.Requests(); len(asked) != 1 {
			t.Errorf("an unchanged category costs %q", asked)
		}
	}
	site.Change(func(s *nuke.Site) { s.Story(4).Title = "Tin đã sửa" })
	l.expect("4 Tin đã sửa")
}

// The feed of 3.x knows the hour alone; that makes no story look changed.
func TestNukeVietMinutesOfAFeed(t *testing.T) {
	all := stories(1, 3)
	for i := range all {
		all[i].At = all[i].At.Add(23 * time.Minute)
	}
	site := (&nuke.Site{Generation: nuke.Three, Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	if got, err := l.look(); err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	site.Requests()
	l.expect()
	if asked := site.Requests(); len(asked) != 1 {
		t.Errorf("an unchanged site costs %q", asked)
	}
}

// A list with validators is asked with them, and what changed is seen.
func TestNukeVietListIsAskedConditionally(t *testing.T) {
	notModified := 0
	site := (&nuke.Site{Stories: stories(1, 3), ListETag: true}).Start(t)
	site.Change(func(s *nuke.Site) {
		s.Before = func(r *http.Request) {
			if r.Header.Get("If-None-Match") != "" {
				notModified++
			}
		}
	})
	l := newLooker(t, "nukeviet", site.URL())
	if got, err := l.look(); err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	l.expect()
	l.later(2 * time.Hour)
	l.expect() // stories are looked at again all the same
	if notModified != 2 {
		t.Errorf("asked %d times with a validator", notModified)
	}
	site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, stories(4, 1)...) })
	l.expect("4 Tin số 4 của Hội Khuyến học")
}

// A page of the list breaks off, in the middle or at its beginning, is too large, or is
// not what its encoding says: what stands on the others is read, the gap is told and
// filled when the page is there again.
func TestNukeVietBadPageOfTheList(t *testing.T) {
	faults := map[string]func(http.ResponseWriter){
		"broken off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "5000")
			fmt.Fprint(w, "<html><body>Tin tức")
		},
		"ends early": func(w http.ResponseWriter) { fmt.Fprint(w, "<html><body><table><tr><td>Tin tức") },
		"bad gzip": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "\x1f\x8bkhông phải gzip")
		},
		"too large":    func(w http.ResponseWriter) { w.Header().Set("Content-Length", fmt.Sprint(64<<20)) },
		"server error": func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
	}
	for what, answer := range faults {
		t.Run(what, func(t *testing.T) {
			generations(t, func(t *testing.T, g nuke.Generation) {
				site := (&nuke.Site{Generation: g, Stories: stories(1, 100), NoSitemap: true}).Start(t)
				bad := true
				site.Change(func(s *nuke.Site) {
					s.Instead = func(w http.ResponseWriter, r *http.Request) bool {
						switch asked := r.URL.RequestURI(); {
						case strings.Contains(asked, "/rss/"):
							http.NotFound(w, r)
						case bad && (strings.Contains(asked, "page=28") || strings.Contains(asked, "page-3/")):
							answer(w)
						default:
							return false
						}
						return true
					}
				})
				l := newLooker(t, "nukeviet", site.URL())
				got, err := l.look()
				if err != nil {
					t.Fatal(err)
				}
				missing := 100 - len(l.taken)
				if missing == 0 || missing > 20 || l.taken["1"] != 1 || l.taken["100"] != 1 {
					t.Fatalf("%d of 100 stories are missing", missing)
				}
				if told := strings.Join(got, "\n"); !strings.Contains(told, "one page of the list of news cannot be read") {
					t.Error("the gap is not told")
				}
				site.Change(func(s *nuke.Site) {
					for i, st := range stories(101, 25) {
						st.At = s.Stories[99].At.Add(time.Duration(i+1) * time.Second)
						s.Stories = append(s.Stories, st)
					}
				})
				bad = false
				l.later(20 * time.Minute)
				if _, err := l.look(); err != nil || len(l.taken) != 125 {
					t.Errorf("%v, %d of 125 stories", err, len(l.taken))
				}
				if len(l.mended) != 1 || !strings.HasPrefix(l.mended[0], "list:") {
					t.Errorf("mended: %q", l.mended)
				}
				site.Requests()
				l.expect()
				if asked := site.Requests(); len(asked) > 2 {
					t.Errorf("a gap that is filled costs %q", asked)
				}
			})
		})
	}
}

// A site that begins to answer every place of its list with the first page does not keep
// the filling of a gap for ever.
func TestNukeVietGapInAListThatRepeats(t *testing.T) {
	place := regexp.MustCompile(`(&(amp;)?page=|page-)\d+`)
	generations(t, func(t *testing.T, g nuke.Generation) {
		site := (&nuke.Site{Generation: g, Stories: stories(1, 100), NoSitemap: true}).Start(t)
		bad := true
		site.Change(func(s *nuke.Site) {
			s.Instead = func(w http.ResponseWriter, r *http.Request) bool {
				asked := r.URL.RequestURI()
				refused := strings.Contains(asked, "/rss/") || bad && (strings.Contains(asked, "page=28") || strings.Contains(asked, "page-3/"))
				if refused {
					w.WriteHeader(http.StatusInternalServerError)
				}
				return refused
			}
			s.Before = func(r *http.Request) {
				if !bad {
					r.URL.RawQuery, r.URL.Path = place.ReplaceAllString(r.URL.RawQuery, "${1}1"), place.ReplaceAllString(r.URL.Path, "${1}1")
				}
			}
		})
		l := newLooker(t, "nukeviet", site.URL())
		if _, err := l.look(); err != nil || len(l.taken) == 100 {
			t.Fatalf("%v, %d of 100 stories: there is no gap", err, len(l.taken))
		}
		bad = false
		site.Requests()
		l.later(20 * time.Minute)
		if _, err := l.look(); err != nil {
			t.Fatal(err)
		}
		if asked := site.Requests(); len(asked) > 20 {
			t.Errorf("it was asked %d times: %q…", len(asked), asked[:10])
		}
	})
}

// A page of the list that stays unreadable is given up after some tries; so is the
// place where a backfill met it, and the rest of the years is read.
func TestNukeVietBadPageForGood(t *testing.T) {
	all := stories(1, 120)
	for i := range all {
		all[i].At = all[119].At.Add(-time.Duration(119-i) * 24 * time.Hour)
	}
	site := (&nuke.Site{Stories: all}).Start(t)
	site.Change(func(s *nuke.Site) {
		s.Instead = func(w http.ResponseWriter, r *http.Request) bool {
			bad := r.URL.Query().Get("page") == "56"
			if bad {
				w.WriteHeader(http.StatusInternalServerError)
			}
			return bad
		}
	})
	l := newLooker(t, "nukeviet", site.URL())
	l.spec.Since = bantin.Day{Year: 2021, Month: 1, Day: 1}
	told := 0
	for range 8 {
		got, err := l.look()
		if err != nil {
			t.Fatal(err)
		}
		told += strings.Count(strings.Join(got, "\n"), "cannot be read")
		l.later(25 * time.Hour)
	}
	if l.taken["1"] != 1 || len(l.taken) < 100 || told == 0 || told > 6 {
		t.Errorf("%d stories, told %d times", len(l.taken), told)
	}
	site.Requests()
	l.expect()
	for _, asked := range site.Requests() {
		if strings.Contains(asked, "page=56") {
			t.Error("the page is asked for ever")
		}
	}
}

// The index that was used last breaks off: another one is asked.
func TestNukeVietBadIndex(t *testing.T) {
	site := (&nuke.Site{Generation: nuke.Four, Stories: stories(1, 3)}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	if got, err := l.look(); err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	site.Change(func(s *nuke.Site) {
		s.Stories = append(s.Stories, stories(4, 1)...)
		s.Instead = func(w http.ResponseWriter, r *http.Request) bool {
			bad := strings.HasPrefix(r.URL.Path, "/sitemap")
			if bad {
				w.Header().Set("Content-Length", fmt.Sprint(64<<20))
			}
			return bad
		}
	})
	l.expect("4 Tin số 4 của Hội Khuyến học")
}
