package source_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bantin"
	"bantin/fetch"
	"bantin/picture"
	"bantin/source"
)

// A picture that a file or a mail shows from elsewhere is fetched once and served by
// us. Where it does not come, its caption stays and nothing leads readers there.
func TestRemotePictures(t *testing.T) {
	var asked atomic.Int64
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path != "/anh.png" {
			http.Error(w, "bận", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, unquoteBytes("PNG 8x8"))
	}))
	defer host.Close()
	pictures, err := picture.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	shows := `<p>Hội trao học bổng cho học sinh.</p><figure><img src="HOST/anh.png"><figcaption>Trao quà</figcaption></figure><figure><img src="HOST/ban.png"><figcaption>Toàn cảnh</figcaption></figure>`
	shows = strings.ReplaceAll(shows, "HOST", host.URL)
	mail := "From: a@example.org\r\nSubject: Tin\r\nDate: " + time.Now().Format(time.RFC1123Z) + "\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + shows + "\r\n"
	files := t.TempDir()
	write(t, files+"/tin.html", "<title>Tin</title>"+shows)
	write(t, files+"/tin.md", "# Tin\n\nHội trao học bổng.\n\n![Trao quà]("+host.URL+"/anh.png)\n\n![]("+host.URL+"/ban.png)\n*Toàn cảnh*\n")
	write(t, files+"/tin.eml", mail)
	forwarded := "From: a@example.org\r\nSubject: Fwd: Tin\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" + mail + "--m--\r\n"
	write(t, files+"/chuyen.eml", forwarded)
	box := maildir(t)
	drop(t, box, time.Now(), mail)
	for _, c := range []struct {
		spec    source.Spec
		items   int
		reaches bool
	}{
		{source.Spec{ID: "thu-muc", Kind: "folder", Path: files}, 4, true},
		{source.Spec{ID: "hop-thu", Kind: "mailbox", URL: "maildir:" + box, Senders: []string{"a@example.org"}, Trust: source.TrustAny}, 1, true},
		{source.Spec{ID: "ben-trong", Kind: "folder", Path: files}, 4, false}, // the host is inside the network
	} {
		asked.Store(0)
		c.spec.Pictures, c.spec.Rest = pictures, time.Nanosecond
		c.spec.Web = fetch.New(fetch.Options{AllowPrivate: c.reaches, MaxAttempts: 1})
		s, err := source.Open(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for item, err := range s.Read(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			if b := item.Bulletin; b != nil {
				n++
				checkPictures(t, c.spec.ID+" "+item.ID, b, host.URL, c.reaches)
				if item.Version == "" {
					t.Errorf("%s: it is read again each time", item.ID)
				}
			}
		}
		if n != c.items || !c.reaches && asked.Load() > 0 {
			t.Errorf("%s: %d bulletins, asked %d times", c.spec.ID, n, asked.Load())
		}
	}
}

func checkPictures(t *testing.T, name string, b *bantin.Bulletin, host string, reaches bool) {
	t.Helper()
	var shown, elsewhere []string
	for _, i := range b.Images {
		shown, elsewhere = append(shown, i.Src), append(elsewhere, i.Elsewhere)
	}
	if strings.Contains(fmt.Sprint(b.HTML, shown), host) {
		t.Errorf("%s leads readers to the host: %s", name, b.HTML)
	}
	if !strings.Contains(fmt.Sprint(elsewhere), host+"/ban.png") {
		t.Errorf("%s does not know where the picture lies: %q", name, elsewhere)
	}
	ours := strings.Count(b.HTML, `<img src="/images/`)
	if reaches && ours != 1 || !reaches && ours != 0 {
		t.Errorf("%s shows %d pictures: %s", name, ours, b.HTML)
	}
	if !strings.Contains(fmt.Sprint(b.HTML, b.Images), "Toàn cảnh") || !strings.Contains(fmt.Sprint(b.Warnings), "/ban.png") {
		t.Errorf("%s: what is left out is not told: %s, %q", name, b.HTML, b.Warnings)
	}
}
