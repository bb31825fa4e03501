package source_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/internal/nukeviettest"
	"bantin/picture"
	"bantin/source"
	"bantin/source/attempt"
)

// A file that the program was killed over is told and not read, the others are read, and
// once it is mended it is read too.
func TestFileThatEndedTheProgram(t *testing.T) {
	dir, notes := t.TempDir(), filepath.Join(t.TempDir(), "reading")
	const bad = "# Tin dữ\n\nBài."
	write(t, filepath.Join(dir, "du.md"), bad)
	write(t, filepath.Join(dir, "lanh.md"), "# Tin lành\n\nBài.")
	beKilled(t, notes, ".md", bad)

	read := func() (said string) {
		s, err := source.Open(source.Spec{ID: "van-phong", Kind: "folder", Path: dir, Rest: time.Millisecond,
			Attempts: attempt.New(notes, func(context.Context, string, []byte) error { return errors.New("signal: killed") })})
		if err != nil {
			t.Fatal(err)
		}
		for item, err := range s.Read(t.Context(), nil) {
			switch {
			case err != nil:
				t.Fatal(err)
			case item.Err != nil:
				said += item.ID + ": " + item.Err.Error() + "\n"
			case item.Bulletin != nil:
				said += item.ID + ": " + item.Bulletin.Title + "\n"
			}
		}
		return said
	}
	if said := read(); !strings.Contains(said, "du.md: the program stopped when it last read this") || !strings.Contains(said, "lanh.md: Tin lành") {
		t.Errorf("%s", said)
	}
	write(t, filepath.Join(dir, "du.md"), bad+" Đã sửa.")
	if said := read(); !strings.Contains(said, "du.md: Tin dữ") {
		t.Errorf("mended: %s", said)
	}
}

// A picture that the program was killed over is left out, of a file, a mail and a feed: the
// text around it is read, though it was being read at that moment too.
func TestPictureThatEndedTheProgram(t *testing.T) {
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	bad := drawn.String()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a.png" {
			fmt.Fprint(w, bad)
			return
		}
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Ngành</title><item><title>Tin</title><description>&lt;p&gt;Bài.&lt;/p&gt;&lt;img src="/a.png"&gt;</description></item></channel></rss>`)
	}))
	t.Cleanup(site.Close)
	folder, box := t.TempDir(), t.TempDir()
	write(t, filepath.Join(folder, "tin.md"), "# Tin\n\nBài.\n\n![Ảnh](a.png)\n")
	write(t, filepath.Join(folder, "a.png"), bad)
	for _, dir := range []string{"cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(box, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(box, "new", "1.mail"), "From: a@example.org\r\nSubject: Tin\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=q\r\n\r\n--q\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"+
		"<p>Bài.</p><img src=\"cid:a\">\r\n--q\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString([]byte(bad))+"\r\n--q--\r\n")
	for _, spec := range []source.Spec{
		{Kind: "folder", Path: folder},
		{Kind: "mailbox", URL: "maildir:" + box, Senders: []string{"a@example.org"}, Trust: source.TrustAny},
		{Kind: "feed", URL: site.URL + "/feed"},
	} {
		t.Run(spec.Kind, func(t *testing.T) {
			notes := filepath.Join(t.TempDir(), "reading")
			beKilled(t, notes, "picture", bad)
			pictures, err := picture.Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			tried := ""
			spec.ID, spec.Rest, spec.Pictures, spec.Web = "nguon", time.Millisecond, pictures, fetch.New(fetch.Options{AllowPrivate: true, MaxAttempts: 1})
			spec.Attempts = attempt.New(notes, func(_ context.Context, as string, raw []byte) error {
				tried += as
				if string(raw) != bad {
					t.Errorf("tried %q", raw)
				}
				return errors.New("signal: killed")
			})
			s, err := source.Open(spec)
			if err != nil {
				t.Fatal(err)
			}
			read := 0
			for item, err := range s.Read(t.Context(), map[string]string{}) {
				if err != nil || item.Err != nil {
					t.Fatal(err, item.Err)
				}
				if b := item.Bulletin; b != nil {
					read++
					said := ""
					for _, w := range b.Warnings {
						said += w.In(bantin.English)
					}
					if !strings.Contains(b.Lead+b.Text, "Bài.") || !strings.Contains(said, "the program stopped when it last read this") || strings.Contains(b.HTML, "/images/") {
						t.Errorf("%+v, %s", b, said)
					}
				}
			}
			if read != 1 || tried != "picture" {
				t.Errorf("%d read, tried %q", read, tried)
			}
		})
	}
}

// beKilled leaves the notes of a process that was killed while it read a document.
func beKilled(t *testing.T, notes, name, text string) {
	t.Helper()
	l := attempt.New(notes, nil)
	begun, end := make(chan bool), make(chan bool)
	t.Cleanup(func() { close(end) })
	go func() {
		_ = l.Do(context.Background(), name, []byte(text), func() { close(begun); <-end })
	}()
	<-begun
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(notes); err != nil || !strings.HasPrefix(string(raw), "r ") {
		t.Fatalf("%q, %v", raw, err)
	}
}

// A story of a NukeViet site that the program was killed over is told and not read, and the
// others are, in each generation.
func TestStoryThatEndedTheProgram(t *testing.T) {
	now := time.Now()
	for generation, name := range map[nukeviettest.Generation]string{nukeviettest.Two: "2.0", nukeviettest.Three: "3.x", nukeviettest.Four: "4.x"} {
		t.Run(name, func(t *testing.T) {
			site := (&nukeviettest.Site{Generation: generation, Stories: []nukeviettest.Story{
				{ID: 1, Title: "Tin dữ", Alias: "tin-du", Lead: "Mở đầu.", Body: "<p>Bài dữ.</p>", At: now.Add(-48 * time.Hour)},
				{ID: 2, Title: "Tin lành", Alias: "tin-lanh", Lead: "Mở đầu.", Body: "<p>Bài lành.</p>", At: now.Add(-24 * time.Hour)},
			}}).Start(t)
			read := func(notes string) (said string) {
				s, err := source.Open(source.Spec{ID: "trang", Kind: "nukeviet", URL: site.URL(), Location: time.UTC, Web: fetch.New(fetch.Options{AllowPrivate: true, MaxAttempts: 1}),
					Attempts: attempt.New(notes, func(context.Context, string, []byte) error { return errors.New("signal: killed") })})
				if err != nil {
					t.Fatal(err)
				}
				for item, err := range s.Read(t.Context(), map[string]string{}) {
					switch {
					case err != nil:
						said += err.Error() + "\n"
					case item.Err != nil:
						said += item.ID + ": " + item.Err.Error() + "\n"
					case item.Bulletin != nil:
						said += item.Bulletin.Title + "\n"
					}
				}
				return said
			}
			if said := read(filepath.Join(t.TempDir(), "reading")); !strings.Contains(said, "Tin dữ\n") || !strings.Contains(said, "Tin lành\n") {
				t.Fatalf("all well: %s", said)
			}
			story, list := "", ""
			for _, request := range site.Requests() {
				page := get(t, site.Base()+request[strings.Index(request, "/"):])
				switch {
				case strings.Contains(page, "Bài dữ.") && story == "":
					story = page
				case strings.Contains(page, "Tin lành") && !strings.Contains(page, "Bài") && list == "":
					list = page
				}
			}
			const why = "the program stopped when it last read this"
			notes := filepath.Join(t.TempDir(), "reading")
			beKilled(t, notes, ".html", story)
			if said := read(notes); strings.Contains(said, "Tin dữ\n") || !strings.Contains(said, why) || !strings.Contains(said, "Tin lành\n") {
				t.Errorf("a story: %s", said)
			}
			notes = filepath.Join(t.TempDir(), "reading")
			beKilled(t, notes, ".html", list)
			if said := read(notes); !strings.Contains(said, why) && said != "Tin dữ\nTin lành\n" { // 4.x has another list
				t.Errorf("a list: %s", said)
			}
		})
	}
}
