package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	nuke "bantin/internal/nukeviettest"
)

// siteYAML is a configuration with one site and one feed that is broken.
func siteYAML(t *testing.T, site, broken string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bantin.yaml")
	text := fmt.Sprintf(`site: {title: Hội Khuyến học, url: https://bantin.example.org, contact: vanphong@example.org, language: en}
sources:
  - {id: hong, kind: feed, url: %q, allow_private: true, rate: 100/s, schedule: "@every 1m"}
  - {id: website, kind: nukeviet, url: %q, allow_private: true, rate: 1000/s, schedule: "*/15 * * * *"}
`, broken, site)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// bantinRun runs a command and gives what it wrote.
func bantinRun(t *testing.T, config string, args ...string) (out, err string, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), append(args, "--config", config), &stdout, &stderr)
	return stdout.String(), stderr.String(), status
}

func newsOf(n int) []nuke.Story {
	var list []nuke.Story
	for id := 1; id <= n; id++ {
		list = append(list, nuke.Story{
			ID: id, Title: fmt.Sprintf("Phú Thọ: tin số %d", id), Lead: "Hội Khuyến học tỉnh Phú Thọ họp.",
			Body: fmt.Sprintf(`<p>Đợt %d.</p><p align="center"><img src="uploads/anh.png"><br><i>Trao học bổng đợt %d</i></p>`, id, id),
			At:   time.Now().Add(-time.Duration(n-id+1) * 48 * time.Hour).Truncate(time.Minute),
		})
	}
	return list
}

// A site is collected, and a feed that answers 503 does not stop it; its state
// says so.
func TestSitesAreCollected(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	site := (&nuke.Site{Stories: newsOf(30), Pictures: map[string][]byte{"/uploads/anh.png": small.Bytes()}}).Start(t)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer broken.Close()
	config := siteYAML(t, site.URL(), broken.URL+"/rss")

	out, stderr, status := bantinRun(t, config, "collect")
	if status != 1 || !strings.Contains(out, "website: 15 added") || !strings.Contains(stderr, "status 503") {
		t.Fatalf("status %d\n%s%s", status, out, stderr)
	}
	out, stderr, status = bantinRun(t, config, "sources", "--json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	states := map[string]sourceJSON{}
	for line := range strings.Lines(out) {
		var s sourceJSON
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		states[s.ID] = s
	}
	if s := states["hong"]; !strings.Contains(s.LastError, "503") || time.Until(s.NextTry) < 110*time.Minute || !s.LastSuccess.IsZero() {
		t.Errorf("%+v", s)
	}
	if s := states["website"]; s.LastError != "" || s.LastSuccess.IsZero() || s.NextTry.IsZero() || s.Kind != "nukeviet" {
		t.Errorf("%+v", s)
	}

	day := time.Now().AddDate(0, 0, -100).Format(time.DateOnly)
	out, stderr, status = bantinRun(t, config, "collect", "website", "--since", day)
	if status != 0 || !strings.Contains(out, "website: 15 added") {
		t.Errorf("status %d\n%s%s", status, out, stderr)
	}
	if _, _, status = bantinRun(t, config, "collect", "--since", "hôm qua"); status != 2 {
		t.Errorf("a day that is none: status %d", status)
	}
	out, stderr, status = bantinRun(t, config, "bulletins", "list", "--json")
	first, _, _ := strings.Cut(out, "\n")
	if status != 0 || !strings.Contains(first, `"src":"/images/`) || !strings.Contains(first, "Trao học bổng đợt 30") || strings.Count(out, "\n") != 15 {
		t.Errorf("status %d\n%s%s", status, out, stderr)
	}
	agent := ""
	site.Change(func(s *nuke.Site) { s.Before = func(r *http.Request) { agent = r.UserAgent() } })
	bantinRun(t, config, "collect", "website")
	if !regexp.MustCompile(`^bantin/[^ ()]+ \(\+https://bantin\.example\.org; vanphong@example\.org\)$`).MatchString(agent) {
		t.Errorf("User-Agent %q", agent)
	}
}

func TestInnerSitesAreRefused(t *testing.T) {
	site := (&nuke.Site{Stories: newsOf(1)}).Start(t)
	config := siteYAML(t, site.URL(), "http://127.0.0.1:1/")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, bytes.ReplaceAll(text, []byte("allow_private: true, "), nil), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := bantinRun(t, config, "collect", "website")
	if status != 1 || !strings.Contains(stderr, "allow_private: true") {
		t.Errorf("status %d: %s", status, stderr)
	}
	if n := len(site.Requests()); n != 0 {
		t.Errorf("it was asked %d times", n)
	}
}
