package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bantin"
	"bantin/store"
)

// What a read on request leaves is the state of its source: why it could not begin, and the
// time of the next try as the daemon has it.
func TestReadOnRequestIsNoted(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "bantin.yaml")
	yaml := `site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
sources:
  - {id: van-phong, kind: folder, path: bulletins, schedule: "@every 5m"}
  - {id: hop-thu, kind: mailbox, url: "imaps://bantin@127.0.0.1/INBOX", password_file: mat-khau, senders: [vanphong@example.org], trust: any, schedule: "@every 5m"}
`
	for name, text := range map[string]string{"bantin.yaml": yaml, "mat-khau": "bí mật", "bulletins/phu-tho.md": phuTho} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := opened(t, file)
	state := func(id string) (found store.SourceState) {
		t.Helper()
		list, err := w.db.Sources().List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.ID == id {
				found = s
			}
		}
		return found
	}
	if err := w.collectSource(t.Context(), "khong-co"); !errors.Is(err, bantin.ErrNotFound) {
		t.Errorf("a source that is not there: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "mat-khau")); err != nil {
		t.Fatal(err)
	}
	if err := w.collectSource(t.Context(), "hop-thu"); err == nil || !strings.Contains(state("hop-thu").LastError, "mat-khau") {
		t.Errorf("without its password: %v, noted %+v", err, state("hop-thu"))
	}
	later := time.Now().Add(6 * time.Hour).Truncate(time.Millisecond)
	if err := w.db.Sources().RecordRead(t.Context(), "van-phong", errors.New("không đọc được"), later); err != nil {
		t.Fatal(err)
	}
	if err := w.collectSource(t.Context(), "van-phong"); err != nil {
		t.Fatal(err)
	}
	if s := state("van-phong"); !s.NextTry.Equal(later) || s.LastError != "" || s.LastSuccess.IsZero() {
		t.Errorf("after a read on request: %+v, the daemon reads at %s", s, later)
	}
}

// The reads on request end with the daemon, are waited for, and no other begins.
func TestReadsOnRequestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAskedReads()
		reading, done, err := a.begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var over atomic.Bool
		go func() {
			a.stop()
			over.Store(true)
		}()
		<-reading.Done()
		synctest.Wait()
		if over.Load() {
			t.Error("the database is closed while a source is being read")
		}
		if _, _, err := a.begin(t.Context()); !errors.Is(err, context.Canceled) {
			t.Errorf("another one begins: %v", err)
		}
		done()
		synctest.Wait()
		if !over.Load() {
			t.Error("it waits for nothing")
		}
	})
}

// In the daemon a source is read once at a time, by its schedule or on request; a signal
// ends what was asked for.
func TestReadNowOfTheDaemon(t *testing.T) {
	t.Parallel()
	var free atomic.Bool
	asked, release := make(chan struct{}, 100), make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		if !free.Load() {
			select {
			case <-release:
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Tin khuyến học</title></channel></rss>`)
	}))
	defer site.Close()
	f := newFolder(t, map[string]string{"bantin.yaml": fmt.Sprintf(`site: {title: Hội Khuyến học Việt Nam, url: "https://bantin.example.org", contact: vanphong@example.org}
http: {listen: "127.0.0.1:0"}
sources: [{id: website, kind: feed, url: %q, allow_private: true, rate: 100/s, schedule: "@every 24h"}]
office: {people: [lan@example.org]}
`, site.URL)})
	token := strings.TrimSpace(f.ok("office", "token", "dieu-khien", "--write"))
	d := f.start()
	read := func() (status int, text string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.base+"/office/sources/website/collect", nil)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Accept", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err.Error()
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	<-asked // by schedule, and is held
	if status, text := read(); status != http.StatusConflict {
		t.Errorf("while it is read: %d %s", status, text)
	}
	free.Store(true)
	close(release)
	until(t, "it is read on request", func() bool { status, _ := read(); return status == http.StatusOK })
	for len(asked) > 0 {
		<-asked
	}
	release = make(chan struct{})
	free.Store(false)
	answered := make(chan string, 1)
	go func() {
		status, text := read()
		answered <- fmt.Sprint(status, " ", text)
	}()
	<-asked
	d.stop()
	if answer := <-answered; !strings.HasPrefix(answer, "503 ") {
		t.Errorf("the read that the signal ended: %s", answer)
	}
	if log := d.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "database is closed") {
		t.Error(log)
	}
}
