package source_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bantin"
	nuke "bantin/internal/nukeviettest"
)

// ofStories says that a request is for a story and not for a list.
func ofStories(r *http.Request) bool {
	return r.URL.Query().Get("sid") != "" || strings.Contains(r.URL.Path, "tin-tuc/")
}

// The lists are there, and all stories lead to a log-in, or answer with a blank
// page, or with their frame alone, for days: nothing is missed, nothing changes.
func TestNukeVietStoriesThatHide(t *testing.T) {
	for what, hide := range map[string]func(*nuke.Site) func(http.ResponseWriter, *http.Request) bool{
		"log-in": func(*nuke.Site) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if ofStories(r) {
					http.Redirect(w, r, "/modules.php?name=Users&op=login", http.StatusFound)
				}
				return ofStories(r)
			}
		},
		"blank": func(*nuke.Site) func(http.ResponseWriter, *http.Request) bool {
			return func(_ http.ResponseWriter, r *http.Request) bool { return ofStories(r) }
		},
		"frame": func(s *nuke.Site) func(http.ResponseWriter, *http.Request) bool {
			for i := range s.Stories {
				s.Stories[i].Lead, s.Stories[i].Body = "", "<p>&nbsp;</p>"
			}
			return nil
		},
	} {
		t.Run(what, func(t *testing.T) {
			generations(t, func(t *testing.T, g nuke.Generation) {
				site := (&nuke.Site{Generation: g, Stories: stories(1, 2), NoETag: true}).Start(t)
				l := newLooker(t, "nukeviet", site.URL())
				if got, err := l.look(); err != nil || len(got) != 2 {
					t.Fatal(got, err)
				}
				site.Change(func(s *nuke.Site) { s.Instead = hide(s) })
				for range 3 {
					l.later(25 * time.Hour)
					l.expect()
				}
				if b := l.texts["2"]; b.Text != "Ngày 28/4/2022, tại Thành phố Việt Trì, đợt 2 đã khai mạc." {
					t.Errorf("%q", b.Text)
				}
			})
		})
	}
}

// Old stories that are dated anew come to the top of the list: what is new is
// looked for below them too.
func TestNukeVietOldOnesAtTheTop(t *testing.T) {
	site := (&nuke.Site{Stories: stories(1, 20)}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	if _, err := l.look(); err != nil {
		t.Fatal(err)
	}
	site.Change(func(s *nuke.Site) { s.Stories = append(s.Stories, stories(21, 30)...) })
	// The double lists by number; the one at the top is given its number anew.
	l.seen["50"] = l.seen["20"]
	got, err := l.look()
	if err != nil {
		t.Fatal(err)
	}
	for id := 21; id < 50; id++ {
		if l.taken[fmt.Sprint(id)] != 1 {
			t.Fatalf("story %d did not come: %v", id, got)
		}
	}
}

// A picture that its site cannot give for a moment is looked for again, and does
// not hold an edit up for ever.
func TestNukeVietPicturesThatComeBack(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewRGBA(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	all := stories(1, 1)
	all[0].Body += `<p><img src="/uploads/a.png"></p>`
	broken := func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/uploads/") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	}
	site := (&nuke.Site{Stories: all, Pictures: map[string][]byte{"/uploads/a.png": small.Bytes()}, Instead: broken}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	const title = "Tin số 1 của Hội Khuyến học"
	l.expect("1 " + title)
	if b := l.texts["1"]; len(b.Images) != 0 || len(b.Warnings) != 1 {
		t.Fatalf("%+v, %q", b.Images, b.Warnings)
	}
	site.Change(func(s *nuke.Site) { s.Instead = nil })
	l.later(2 * time.Hour)
	l.expect("1 " + title)
	if b := l.texts["1"]; len(b.Images) != 1 || b.Images[0].Width != 20 {
		t.Fatalf("%+v, %q", b.Images, b.Warnings)
	}
	l.later(7 * time.Hour)
	l.expect() // nothing is left to look for

	site.Change(func(s *nuke.Site) { s.Instead, s.Stories[0].Title = broken, "Tin đã sửa" })
	var got []string
	for range 10 {
		l.later(25 * time.Hour)
		lines, err := l.look()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, lines...)
	}
	if !slices.Contains(got, "1 Tin đã sửa") {
		t.Errorf("an edit waits for its picture for ever: %v", got)
	}
}

// A lead of two words tells no code by itself; the story does.
func TestNukeVietShortLeadInAnOldCode(t *testing.T) {
	all := stories(1, 1)
	all[0].Lead = "Héi nghÞ"
	all[0].Body = "<p>Héi KhuyÕn häc ViÖt Nam tæ chøc héi nghÞ tæng kÕt n¨m häc víi sù tham gia cña c¸c tØnh, thµnh phè.</p>"
	all[0].Notes = "Tin: V¨n phßng"
	site := (&nuke.Site{Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	if _, err := l.look(); err != nil {
		t.Fatal(err)
	}
	if b := l.texts["1"]; b.Held != "" || b.Lead != "Hội nghị" || b.Encoding != "TCVN3" || !strings.HasSuffix(b.Text, "Tin: Văn phòng") {
		t.Errorf("lead %q, text %q, as %q, held %q", b.Lead, b.Text, b.Encoding, b.Held)
	}
}

// What a backfill fetches is news to nobody, though a story says no day that can be.
func TestNukeVietBackfillOfUndatedStories(t *testing.T) {
	all := stories(1, 40)
	for i := range all {
		all[i].At = all[39].At.Add(-time.Duration(39-i) * 48 * time.Hour)
	}
	all[3].At = time.Date(1970, 1, 1, 0, 0, 0, 0, hanoi)
	site := (&nuke.Site{Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	if _, err := l.look(); err != nil {
		t.Fatal(err)
	}
	l.spec.Since = bantin.Day{Year: 1960, Month: 1, Day: 1}
	got, err := l.look()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(got, "4 Tin số 4 của Hội Khuyến học (history)") {
		t.Errorf("%v", got)
	}
}

// A backfill ends at the page that is older than its day, though boxes beside
// the list lead to stories without a day.
func TestNukeVietBackfillEnds(t *testing.T) {
	all := stories(1, 200)
	for i := range all {
		all[i].At = all[199].At.Add(-time.Duration(199-i) * 24 * time.Hour)
	}
	site := (&nuke.Site{Stories: all, Instead: func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("sid") == "" {
			fmt.Fprint(w, `<a href="modules.php?name=News&amp;op=viewst&amp;sid=200">Tin mới nhất</a>`)
		}
		return false
	}}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	l.spec.Since = bantin.Day{Year: 2022, Month: 3, Day: 20}
	if _, err := l.look(); err != nil {
		t.Fatal(err)
	}
	lists := 0
	for _, asked := range site.Requests() {
		if !strings.Contains(asked, "sid=") {
			lists++
		}
	}
	if lists > 8 {
		t.Errorf("%d pages of the list were asked for", lists)
	}
	if l.taken["157"] == 0 {
		t.Error("the backfill ended too early")
	}
}

// A host of pictures that breaks every connection is asked once a story.
func TestNukeVietDeadHostOfPictures(t *testing.T) {
	var asked atomic.Int64
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer dead.Close()
	all := stories(1, 1)
	for i := range 5 {
		all[0].Body += fmt.Sprintf(`<p><img src="%s/%d.png"><br><i>Ảnh %d</i></p>`, dead.URL, i, i)
	}
	site := (&nuke.Site{Stories: all}).Start(t)
	l := newLooker(t, "nukeviet", site.URL())
	l.expect("1 Tin số 1 của Hội Khuyến học")
	if b := l.texts["1"]; asked.Load() != 1 || len(b.Images) != 5 || b.Images[4].Caption != "Ảnh 4" {
		t.Errorf("asked %d times, pictures %+v", asked.Load(), b.Images)
	}
}

// A page that breaks off, is not what its encoding says or is too large is the fault of
// its story: the others are read in the same look.
func TestNukeVietBadPage(t *testing.T) {
	for what, answer := range map[string]func(http.ResponseWriter){
		"broken off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "5000")
			fmt.Fprint(w, "<html><body>Trao học bổng")
		},
		"bad gzip": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "\x1f\x8bkhông phải gzip")
		},
		"too large": func(w http.ResponseWriter) { w.Header().Set("Content-Length", fmt.Sprint(64<<20)) },
	} {
		t.Run(what, func(t *testing.T) {
			all := stories(1, 4)
			site := (&nuke.Site{Stories: all, Instead: func(w http.ResponseWriter, r *http.Request) bool {
				bad := r.URL.Query().Get("sid") == "2"
				if bad {
					answer(w)
				}
				return bad
			}}).Start(t)
			l := newLooker(t, "nukeviet", site.URL())
			got, err := l.look()
			if err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(got, "\n"); !strings.Contains(all, "4 ") || !strings.Contains(all, "1 ") || !strings.Contains(all, "3 ") {
				t.Errorf("read: %q", got)
			}
		})
	}
}
