package feed

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func testLibrary() (*Library, *Document) {
	body := []byte(strings.Repeat("<p>Hội Khuyến học các tỉnh Tây Bắc</p>\n", 2000))
	modified := time.Date(2026, time.November, 20, 1, 2, 3, 456, time.UTC)
	d := NewDocument(body, "application/rss+xml; charset=utf-8", modified)
	l := new(Library)
	l.Put("/feeds/tat-ca.rss", d)
	return l, d
}

func TestConditionalRequests(t *testing.T) {
	l, d := testLibrary()
	server := httptest.NewServer(l)
	defer server.Close()
	gz := d.packed.etag
	at := d.Modified.Format(http.TimeFormat)
	later, earlier := d.Modified.Add(time.Hour).Format(http.TimeFormat), d.Modified.Add(-time.Hour).Format(http.TimeFormat)
	tests := []struct {
		header []string // name, value, name, value …
		want   int
	}{
		{nil, 200},
		// If-None-Match
		{[]string{"If-None-Match", d.ETag}, 304},
		{[]string{"If-None-Match", "W/" + d.ETag}, 304},
		{[]string{"If-None-Match", `"khác", ` + d.ETag + `, "nữa"`}, 304},
		{[]string{"If-None-Match", `"a,b" ,, W/` + d.ETag}, 304},
		{[]string{"If-None-Match", "*"}, 304},
		{[]string{"If-None-Match", `"khác"`}, 200},
		{[]string{"If-None-Match", `"khác"`, "If-None-Match", d.ETag}, 304},
		{[]string{"If-None-Match", gz}, 200}, // of the other encoding
		{[]string{"If-None-Match", gz, "Accept-Encoding", "gzip"}, 304},
		{[]string{"If-None-Match", d.ETag, "Accept-Encoding", "gzip"}, 200},
		// malformed or empty: a full answer, never an error
		{[]string{"If-None-Match", `""`}, 200},
		{[]string{"If-None-Match", ""}, 200},
		{[]string{"If-None-Match", `"không đóng`}, 200},
		{[]string{"If-None-Match", `,,, W/ ,`}, 200},
		{[]string{"If-Modified-Since", "hôm qua"}, 200},
		{[]string{"If-Modified-Since", ""}, 200},
		// If-Modified-Since
		{[]string{"If-Modified-Since", at}, 304},
		{[]string{"If-Modified-Since", later}, 304},
		{[]string{"If-Modified-Since", earlier}, 200},
		// both: the tag decides
		{[]string{"If-None-Match", d.ETag, "If-Modified-Since", earlier}, 304},
		{[]string{"If-None-Match", `"cũ"`, "If-Modified-Since", at}, 200},
		// no ranges
		{[]string{"Range", "bytes=0-9"}, 200},
	}
	for _, tt := range tests {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			res, body := do(t, method, server.URL+"/feeds/tat-ca.rss", tt.header)
			if res.StatusCode != tt.want {
				t.Errorf("%s %q = %d, want %d", method, tt.header, res.StatusCode, tt.want)
			}
			for _, name := range []string{"Etag", "Cache-Control", "Vary", "Date", "Last-Modified"} {
				if res.Header.Get(name) == "" {
					t.Errorf("%s %q: no %s", method, tt.header, name)
				}
			}
			if empty := method == http.MethodHead || tt.want == 304; empty && len(body) > 0 {
				t.Errorf("%s %q: a body of %d bytes", method, tt.header, len(body))
			} else if !empty && !bytes.Equal(body, d.Body) && !bytes.Equal(body, d.Gzip) {
				t.Errorf("%s %q: not the document", method, tt.header)
			}
		}
	}
}

func do(t *testing.T, method, url string, header []string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header[header[i]] = append(req.Header[header[i]], header[i+1])
	}
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func TestEncodings(t *testing.T) {
	l, d := testLibrary()
	tests := []struct {
		accept []string
		gzip   bool
	}{
		{nil, false},
		{[]string{""}, false},
		{[]string{"gzip"}, true},
		{[]string{"GZIP"}, true},
		{[]string{"deflate, gzip, br, zstd"}, true},
		{[]string{"deflate", "gzip;q=0.5"}, true},
		{[]string{"gzip;q=0"}, false},
		{[]string{"gzip; q=0.000"}, false},
		{[]string{"gzip;q=0.001"}, true},
		{[]string{"gzip;q=0.5, identity;q=0.8"}, false},
		{[]string{"identity;q=0, *"}, true},
		{[]string{"*;q=0.1"}, true},
		{[]string{"*, gzip;q=0"}, false},
		{[]string{"gzip;q=hai"}, false},
		{[]string{"gzip;;;="}, false},
		{[]string{"br, deflate"}, false},
	}
	for _, tt := range tests {
		req := httptest.NewRequest(http.MethodGet, "/feeds/tat-ca.rss", nil)
		req.Header["Accept-Encoding"] = tt.accept
		w := httptest.NewRecorder()
		l.ServeHTTP(w, req)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != tt.gzip {
			t.Errorf("%q: gzip %v, want %v", tt.accept, got, tt.gzip)
		}
		if got := w.Header().Get("Content-Length"); got != fmt.Sprint(w.Body.Len()) {
			t.Errorf("%q: Content-Length %s for %d bytes", tt.accept, got, w.Body.Len())
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(d.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, d.Body) {
		t.Errorf("gzip does not give the body back: %v", err)
	}
}

func TestOtherAnswers(t *testing.T) {
	l, _ := testLibrary()
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "BREW"} {
		w := httptest.NewRecorder()
		l.ServeHTTP(w, httptest.NewRequest(method, "/feeds/tat-ca.rss", nil))
		if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s = %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest("GET", "/feeds/khong-co.rss", nil))
	if w.Code != 404 || !strings.Contains(w.Body.String(), "/feeds") {
		t.Errorf("unknown feed = %d %q", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest("GET", "/feeds/tat-ca.rss", nil))
	want := http.Header{
		"Accept-Ranges": {"none"}, "Cache-Control": {"public, max-age=300, stale-while-revalidate=600"},
		"Content-Length": w.Header()["Content-Length"], "Content-Type": {"application/rss+xml; charset=utf-8"},
		"Etag": w.Header()["Etag"], "Last-Modified": {"Fri, 20 Nov 2026 01:02:03 GMT"},
		"Vary": {"Accept-Encoding"}, "X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("headers (-want +got)\n%s", diff)
	}
}

func TestValidatorsComeFromTheContent(t *testing.T) {
	now := time.Now()
	a := NewDocument([]byte("một"), "text/plain", now)
	b := NewDocument([]byte("một"), "text/plain", now.Add(time.Hour))
	c := NewDocument([]byte("hai"), "text/plain", now)
	if a.ETag != b.ETag || a.ETag == c.ETag || a.ETag == a.packed.etag {
		t.Errorf("tags %s %s %s %s", a.ETag, b.ETag, c.ETag, a.packed.etag)
	}
}

func TestLibraryIsShared(t *testing.T) {
	l, _ := testLibrary()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				path := fmt.Sprintf("/feeds/tinh/%d.rss", j)
				if i%2 == 0 {
					l.Put(path, NewDocument([]byte(path), "text/plain", time.Now()))
				}
				l.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
			}
		})
	}
	wg.Wait()
	if n := len(l.Paths()); n != 51 {
		t.Errorf("%d paths, want 51", n)
	}
}

func FuzzConditional(f *testing.F) {
	_, d := testLibrary()
	f.Add(d.ETag, "gzip;q=0.5", "Fri, 20 Nov 2026 01:02:03 GMT")
	f.Add(`W/"a", "b,c" *`, "*;q=0, identity", "hôm qua")
	f.Fuzz(func(t *testing.T, match, accept, since string) {
		req := httptest.NewRequest(http.MethodGet, "/feeds/tat-ca.rss", nil)
		req.Header["If-None-Match"], req.Header["Accept-Encoding"] = []string{match}, []string{accept}
		req.Header["If-Modified-Since"] = []string{since}
		w := httptest.NewRecorder()
		d.ServeHTTP(w, req)
		if w.Code != 200 && w.Code != 304 {
			t.Fatalf("status %d", w.Code)
		}
	})
}

// discard is a ResponseWriter that costs nothing, so that the benchmark sees
// the handler alone.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkServe compares our answers with a handler that only holds the bytes.
func BenchmarkServe(b *testing.B) {
	l, d := testLibrary()
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		_, _ = w.Write(d.Body)
	})
	cases := []struct {
		name    string
		handler http.Handler
		header  http.Header
	}{
		{"bare", bare, http.Header{}},
		{"200", l, http.Header{}},
		{"gzip", l, http.Header{"Accept-Encoding": {"gzip, deflate"}}},
		{"304", l, http.Header{"If-None-Match": {d.packed.etag}, "Accept-Encoding": {"gzip, deflate"}}},
	}
	for _, c := range cases {
		req := httptest.NewRequest(http.MethodGet, "/feeds/tat-ca.rss", nil)
		req.Header = c.header
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			w := discard{make(http.Header)}
			for b.Loop() {
				clear(w.header)
				c.handler.ServeHTTP(w, req)
			}
		})
	}
}
