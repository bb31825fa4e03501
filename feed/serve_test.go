package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
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
	conditionalRequests(t, l, d)
	passing := Head{MediaType: d.MediaType, Modified: d.Modified}.Passing(d.Body)
	l.Put("/feeds/tat-ca.rss", passing)
	conditionalRequests(t, l, passing)
}

func conditionalRequests(t *testing.T, l *Library, d *Document) {
	t.Helper()
	server := httptest.NewServer(l)
	defer server.Close()
	gz := tagOf(d, gzipCoding)
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
		{[]string{"If-None-Match", d.ETag, "Accept-Encoding", "gzip"}, 304}, // it has the plain one and takes it
		{[]string{"If-None-Match", d.ETag, "Accept-Encoding", "gzip, identity;q=0"}, 200},
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
		{[]string{"If-None-Match", `"cũ"`, "If-Modified-Since", later}, 200},
		{[]string{"If-None-Match", "*", "If-Modified-Since", earlier}, 304},
		{[]string{"If-Modified-Since", at, "If-Modified-Since", earlier}, 200},
		{[]string{"If-None-Match", `*, "cũ"`}, 200}, // an asterisk stands alone
		// huge
		{[]string{"If-None-Match", strings.Repeat(`"cũ",`, 3000)}, 200},
		{[]string{"If-None-Match", strings.Repeat(`W/"cũ" , `, 2000) + d.ETag}, 304},
		{[]string{"If-None-Match", strings.Repeat(`"`, 20_000)}, 200},
		{[]string{"If-Modified-Since", strings.Repeat("Fri, ", 5000)}, 200},
		{[]string{"Accept-Encoding", strings.Repeat("gzip;q=0.1,", 2000)}, 200},
		// conditions for writers (RFC 9110 13.1.1, 13.1.4)
		{[]string{"If-Match", d.ETag}, 200},
		{[]string{"If-Match", "*"}, 200},
		{[]string{"If-Match", gz, "If-None-Match", d.ETag}, 304},
		{[]string{"If-Match", `"khác"`}, 412},
		{[]string{"If-Match", `"khác"`, "If-None-Match", d.ETag}, 412},
		{[]string{"If-Unmodified-Since", earlier}, 412},
		{[]string{"If-Unmodified-Since", at}, 200},
		{[]string{"If-Unmodified-Since", "hôm qua"}, 200},
		// no ranges, no deltas
		{[]string{"Range", "bytes=0-9"}, 200},
		{[]string{"Range", "bytes=0-9", "If-Range", d.ETag}, 200},
		{[]string{"A-Im", "feed", "If-None-Match", `"cũ"`}, 200},
	}
	for _, tt := range tests {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			res, body := do(t, method, server.URL+"/feeds/tat-ca.rss", tt.header)
			if res.StatusCode != tt.want {
				t.Errorf("%s %q = %d, want %d", method, tt.header, res.StatusCode, tt.want)
			}
			if ranges := res.Header.Get("Accept-Ranges"); tt.want == 200 && len(tt.header) > 0 && tt.header[0] == "Range" && ranges != "none" {
				t.Errorf("%q: Accept-Ranges %q", tt.header, ranges)
			}
			for _, name := range []string{"Etag", "Cache-Control", "Vary", "Date", "Last-Modified"} {
				if res.Header.Get(name) == "" {
					t.Errorf("%s %q: no %s", method, tt.header, name)
				}
			}
			if empty := method == http.MethodHead || tt.want != 200; empty && len(body) > 0 {
				t.Errorf("%s %q: a body of %d bytes", method, tt.header, len(body))
			} else if !empty && !bytes.Equal(body, d.Body) && !bytes.Equal(body, d.Copies()["gz"]) {
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
	d.Compress()
	tests := []struct {
		accept []string
		want   string
	}{
		{nil, ""},
		{[]string{""}, ""},
		{[]string{"gzip"}, "gzip"},
		{[]string{"GZIP"}, "gzip"},
		{[]string{"x-gzip"}, "gzip"},
		{[]string{"gzip, zstd"}, "zstd"}, // the smaller
		{[]string{"deflate, gzip, br, zstd"}, "br"},
		{[]string{"deflate", "gzip;q=0.5"}, "gzip"},
		{[]string{"br;q=0.5, gzip;q=0.8"}, "gzip"},
		{[]string{"br;Q=0.9, gzip;q=0.8"}, "br"},
		{[]string{"gzip;q=0"}, ""},
		{[]string{"gzip; q=0.000"}, ""},
		{[]string{"gzip;q=0.001"}, "gzip"},
		{[]string{"gzip;q=0.5, identity;q=0.8"}, ""},
		{[]string{"identity;q=0, *"}, "br"},
		{[]string{"*;q=0.1"}, "br"},
		{[]string{"*, br;q=0"}, "zstd"},
		{[]string{"*;q=0"}, ""}, // nothing we have: better than an error
		{[]string{"*;q=0, gzip"}, "gzip"},
		// unknown or malformed
		{[]string{"gzip;q=hai"}, ""},
		{[]string{"gzip;;;="}, ""},
		{[]string{"gzip;q"}, ""},
		{[]string{"compress, nén, \x00"}, ""},
		{[]string{strings.Repeat("nén;q=1,", 10_000) + "br"}, "br"},
	}
	for _, tt := range tests {
		req := httptest.NewRequest(http.MethodGet, "/feeds/tat-ca.rss", nil)
		req.Header["Accept-Encoding"] = tt.accept
		w := httptest.NewRecorder()
		l.ServeHTTP(w, req)
		if got := w.Header().Get("Content-Encoding"); got != tt.want {
			t.Errorf("%.40q: %q, want %q", tt.accept, got, tt.want)
		}
		if got := w.Header().Get("Content-Length"); got != fmt.Sprint(w.Body.Len()) {
			t.Errorf("%.40q: Content-Length %s for %d bytes", tt.accept, got, w.Body.Len())
		}
		if got := unpacked(t, w.Header().Get("Content-Encoding"), w.Body); !bytes.Equal(got, d.Body) {
			t.Errorf("%.40q: not the document", tt.accept)
		}
	}
}

// TestPassingDocument is packed for who takes it packed, once, and not for who has it.
func TestPassingDocument(t *testing.T) {
	_, usual := testLibrary()
	d := Head{MediaType: usual.MediaType, Modified: usual.Modified}.Passing(usual.Body)
	ask := func(method string, header ...string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(method, "/", nil)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		d.ServeHTTP(w, req)
		return w
	}
	if gz := tagOf(usual, gzipCoding); ask("GET", "Accept-Encoding", "gzip", "If-None-Match", gz).Code != 304 || ask("GET").Code != 200 || len(d.Copies()) != 0 {
		t.Error("it is packed for who does not take it packed")
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() { ask("GET", "Accept-Encoding", "gzip") })
		wait.Go(d.Compress)
	}
	wait.Wait()
	if n := len(*d.copies.Load()); n != 4 {
		t.Errorf("%d copies, want plain, gzip, br and zstd", n)
	}
	first := ask("GET", "Accept-Encoding", "gzip")
	if got := unpacked(t, "gzip", first.Body); !bytes.Equal(got, usual.Body) || first.Header().Get("ETag") != tagOf(usual, gzipCoding) {
		t.Errorf("packed it is %d bytes, %v", len(got), first.Header())
	}
	if head := ask("HEAD", "Accept-Encoding", "gzip").Header(); head.Get("Content-Length") != first.Header().Get("Content-Length") {
		t.Errorf("HEAD says %v", head)
	}
	if got := ask("GET", "Accept-Encoding", "br"); !bytes.Equal(unpacked(t, "br", got.Body), usual.Body) {
		t.Error("not the document in br")
	}
}

// TestZstd reads the copies as a reader does that takes no window over 8 MB
// (RFC 9659): an empty document, and one that is longer than the window.
func TestZstd(t *testing.T) {
	reader, err := zstd.NewReader(nil, zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, body := range [][]byte{{}, bytes.Repeat([]byte("Hội Khuyến học tỉnh Phú Thọ. "), 400_000)} {
		packed := zstded(body)
		if got, err := reader.DecodeAll(packed, nil); err != nil || len(packed) == 0 || !bytes.Equal(got, body) {
			t.Errorf("%d bytes come back as %d: %v", len(body), len(got), err)
		}
	}
}

// unpacked undoes a content coding.
func unpacked(t *testing.T, coding string, r io.Reader) []byte {
	t.Helper()
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func tagOf(d *Document, c coding) string {
	for _, r := range *d.copies.Load() {
		if r.coding == c {
			return r.etag
		}
	}
	return ""
}

// A document answers before its slow copies are made, and a reader that has a copy needs
// no other one once there is a better.
func TestCopiesThatComeLater(t *testing.T) {
	l, d := testLibrary()
	answer := func(header ...string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodGet, "/feeds/tat-ca.rss", nil)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		l.ServeHTTP(w, req)
		return w
	}
	before := answer("Accept-Encoding", "br, gzip")
	if got := before.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("%q before the copies are made", got)
	}
	ctx, stop := context.WithCancel(t.Context())
	var packing sync.WaitGroup
	packing.Go(func() { l.CompressQueued(ctx) })
	for tagOf(d, brotliCoding) == "" {
		time.Sleep(time.Millisecond)
	}
	stop()
	packing.Wait()
	if got := answer("Accept-Encoding", "br, gzip").Header().Get("Content-Encoding"); got != "br" {
		t.Errorf("%q after they are made", got)
	}
	again := answer("Accept-Encoding", "br, gzip", "If-None-Match", before.Header().Get("Etag"))
	if again.Code != 304 || again.Header().Get("Etag") != before.Header().Get("Etag") {
		t.Errorf("a reader with the gzip copy gets %d %s", again.Code, again.Header().Get("Etag"))
	}
	if d.Compress(); len(d.Copies()) != 3 {
		t.Errorf("copies %v", d.Copies())
	}
}

func TestOtherAnswers(t *testing.T) {
	l, _ := testLibrary()
	for method, want := range map[string]int{"POST": 405, "PUT": 405, "DELETE": 405, "BREW": 405, "OPTIONS": 204} {
		w := httptest.NewRecorder()
		l.ServeHTTP(w, httptest.NewRequest(method, "/feeds/tat-ca.rss", nil))
		if w.Code != want || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
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
		"Cache-Control":  {"public, max-age=300, stale-while-revalidate=600"},
		"Content-Length": w.Header()["Content-Length"], "Content-Type": {"application/rss+xml; charset=utf-8"},
		"Etag": w.Header()["Etag"], "Last-Modified": {"Fri, 20 Nov 2026 01:02:03 GMT"},
		"Vary": {"Accept-Encoding, Accept"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("headers (-want +got)\n%s", diff)
	}
}

// What a feed's documents say beside themselves, in every answer.
func TestLinksAndOrigins(t *testing.T) {
	c := testChannel(bulletin(1))
	c.Hubs = []string{"https://hub.example.org/", "không phải địa chỉ"}
	l := new(Library)
	docs, err := documentsOf(c)
	if err != nil {
		t.Fatal(err)
	}
	for path, d := range docs {
		l.Put(path, d)
		for _, tag := range []string{"", d.ETag} {
			for _, method := range []string{"GET", "HEAD"} {
				req := httptest.NewRequest(method, path, nil)
				req.Header.Set("If-None-Match", tag)
				w := httptest.NewRecorder()
				l.ServeHTTP(w, req)
				want := `<https://hub.example.org/>; rel="hub", <https://bantin.example.org` + path + `>; rel="self"`
				if got := w.Header().Get("Link"); got != want {
					t.Errorf("%s %s: Link %s, want %s", method, path, got, want)
				}
				open := w.Header().Get("Access-Control-Allow-Origin") == "*"
				if open != strings.HasSuffix(path, ".json") {
					t.Errorf("%s %s: open to scripts: %v", method, path, open)
				}
			}
		}
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest("OPTIONS", "/feeds/tat-ca.json", nil))
	if h := w.Header(); w.Code != 204 || h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("preflight %d %v", w.Code, h)
	}
}

func TestValidatorsComeFromTheContent(t *testing.T) {
	now := time.Now()
	a := NewDocument([]byte("một"), "text/plain", now)
	b := NewDocument([]byte("một"), "text/plain", now.Add(time.Hour))
	c := NewDocument([]byte("hai"), "text/plain", now)
	if a.ETag != b.ETag || a.ETag == c.ETag || a.ETag == tagOf(a, gzipCoding) {
		t.Errorf("tags %s %s %s %s", a.ETag, b.ETag, c.ETag, tagOf(a, gzipCoding))
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
		{"304", l, http.Header{"If-None-Match": {tagOf(d, gzipCoding)}, "Accept-Encoding": {"gzip, deflate"}}},
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

// Of documents that stand elsewhere so many wait to be packed, each once.
func TestOthersAreBounded(t *testing.T) {
	l := new(Library)
	var list []*Document
	for n := range 2 * maxQueuedPages {
		list = append(list, NewDocument([]byte(strings.Repeat("Bản tin khuyến học. ", n)), "application/rss+xml", time.Now()))
		l.QueueCompression(list[n])
		l.QueueCompression(list[n])
	}
	ctx, stop := context.WithCancel(t.Context())
	packed := make(chan struct{})
	go func() {
		defer close(packed)
		l.CompressQueued(ctx)
	}()
	last := list[len(list)-1]
	for end := time.Now().Add(10 * time.Minute); !last.isCompressed() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-packed
	for n, d := range list {
		if got, want := d.isCompressed(), n >= maxQueuedPages; got != want {
			t.Errorf("document %d is packed: %v", n, got)
		}
	}
}
