package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bantin/fetch"
)

// serve starts a site and gives its address.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// quick is a client for tests, which sites on this machine may be asked by.
func quick() fetch.Options {
	return fetch.Options{
		UserAgent: fetch.UserAgent("1.2.0", "https://bantin.example.org", "vanphong@example.org"), AllowPrivate: true,
		Timeout: time.Minute, IdleTimeout: time.Minute, RetryDelay: time.Millisecond, MaxBytes: 1 << 20,
	}
}

func get(t *testing.T, opt fetch.Options, req fetch.Request) (*fetch.Response, error) {
	t.Helper()
	return fetch.New(opt).Get(t.Context(), req)
}

func TestConditional(t *testing.T) {
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("User-Agent"); got != "bantin/1.2.0 (+https://bantin.example.org; vanphong@example.org)" {
			t.Errorf("User-Agent %q", got)
		}
		w.Header().Set("ETag", `"mot"`)
		w.Header().Set("Last-Modified", "Fri, 29 Apr 2022 08:30:00 GMT")
		if r.Header.Get("If-None-Match") == `"mot"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "Bản tin khuyến học")
	})
	first, err := get(t, quick(), fetch.Request{URL: site})
	if err != nil || string(first.Body) != "Bản tin khuyến học" || first.NotModified() {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := get(t, quick(), fetch.Request{URL: site, ETag: first.ETag, LastModified: first.LastModified})
	if err != nil || !second.NotModified() || len(second.Body) != 0 {
		t.Errorf("%+v, %v", second, err)
	}
}

// A server that says "as before" to who asks for the first time says nothing.
func TestNotModifiedUnasked(t *testing.T) {
	site := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	if _, err := get(t, quick(), fetch.Request{URL: site}); fetch.StatusOf(err) != http.StatusNotModified {
		t.Errorf("%v", err)
	}
}

func TestInnerAddressesAreRefused(t *testing.T) {
	asked := false
	site := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(site, "http://"))
	opt := quick()
	opt.AllowPrivate = false
	for _, address := range []string{
		site, "http://localhost:" + port, "http://0.0.0.0:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.1]:" + port,
		"http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
		"http://100.64.0.1/", "http://[fd00::1]/", "http://[fe80::1]/", "http://224.0.0.1/", "http://255.255.255.255/",
		"http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://198.18.0.1/",
	} {
		_, err := get(t, opt, fetch.Request{URL: address})
		var inner *fetch.InnerError
		if !errors.As(err, &inner) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if asked {
		t.Error("an inner address was asked")
	}
}

func TestNoOtherSchemes(t *testing.T) {
	site := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(http.StatusFound)
	})
	for _, address := range []string{"file:///etc/passwd", "ftp://example.org/", "//example.org/", "http:///", "gopher://x", site} {
		if _, err := get(t, quick(), fetch.Request{URL: address}); !errors.Is(err, fetch.ErrAddress) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestRedirects(t *testing.T) {
	requests := 0
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		switch r.URL.Path {
		case "/vong":
			http.Redirect(w, r, "/vong", http.StatusFound)
		case "/cu":
			http.Redirect(w, r, "/moi", http.StatusMovedPermanently)
		default:
			fmt.Fprint(w, "tới nơi")
		}
	})
	if _, err := get(t, quick(), fetch.Request{URL: site + "/vong"}); !errors.Is(err, fetch.ErrRedirects) || requests != 6 {
		t.Errorf("a loop: %v after %d requests", err, requests)
	}
	res, err := get(t, quick(), fetch.Request{URL: site + "/cu"})
	if err != nil || res.URL != site+"/moi" || string(res.Body) != "tới nơi" {
		t.Errorf("%+v, %v", res, err)
	}
	res, err = get(t, quick(), fetch.Request{URL: site + "/cu", NoRedirect: true})
	if err != nil || res.Status != http.StatusMovedPermanently || res.Location != site+"/moi" {
		t.Errorf("%+v, %v", res, err)
	}
}

func packed(size int) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	block := make([]byte, 1<<20)
	for range size >> 20 {
		w.Write(block)
	}
	w.Close()
	return b.Bytes()
}

func TestLimits(t *testing.T) {
	bomb := packed(200 << 20)
	empty := packed(0)
	for what, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"gzip bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, fetch.ErrTooLarge},
		"packed for ever into nothing": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			for r.Context().Err() == nil {
				if _, err := w.Write(empty); err != nil {
					return
				}
			}
		}, fetch.ErrTooLarge},
		"10 MB in one line": {func(w http.ResponseWriter, _ *http.Request) {
			w.Write(bytes.Repeat([]byte("a"), 10<<20))
		}, fetch.ErrTooLarge},
		"a length that is too large": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99999999999")
			w.WriteHeader(http.StatusOK)
		}, fetch.ErrTooLarge},
		"packed as nobody asked": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			fmt.Fprint(w, "x")
		}, fetch.ErrEncoding},
	} {
		t.Run(what, func(t *testing.T) {
			if _, err := get(t, quick(), fetch.Request{URL: serve(t, c.answer)}); !errors.Is(err, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
	res, err := get(t, quick(), fetch.Request{URL: serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		p := gzip.NewWriter(w)
		fmt.Fprint(p, "nén vừa phải")
		p.Close()
	})})
	if err != nil || string(res.Body) != "nén vừa phải" {
		t.Errorf("%v, %v", res, err)
	}
}

// An answer that drips for ever is ended by the time for all of it, one that
// stops in the middle by that between two reads.
func TestSlow(t *testing.T) {
	for what, c := range map[string]struct{ total, idle, every time.Duration }{
		"total": {300 * time.Millisecond, time.Hour, 10 * time.Millisecond},
		"idle":  {time.Hour, 300 * time.Millisecond, time.Hour},
	} {
		t.Run(what, func(t *testing.T) {
			site := serve(t, func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					fmt.Fprint(w, "a")
					w.(http.Flusher).Flush()
					select {
					case <-r.Context().Done():
					case <-time.After(c.every):
					}
				}
			})
			opt := quick()
			opt.Timeout, opt.IdleTimeout, opt.MaxAttempts = c.total, c.idle, 1
			if _, err := get(t, opt, fetch.Request{URL: site}); !errors.Is(err, fetch.ErrSlow) {
				t.Error(err)
			}
		})
	}
}

func TestCutOff(t *testing.T) {
	site := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "một nửa")
	})
	if res, err := get(t, quick(), fetch.Request{URL: site}); err == nil {
		t.Errorf("half an answer: %q", res.Body)
	}
}

func TestErrorsThatPass(t *testing.T) {
	var requests atomic.Int32
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch n := requests.Add(1); {
		case r.URL.Path == "/mat":
			w.WriteHeader(http.StatusNotFound)
		case n < 3:
			w.WriteHeader(http.StatusBadGateway)
		default:
			fmt.Fprint(w, "lại chạy")
		}
	})
	res, err := get(t, quick(), fetch.Request{URL: site})
	if err != nil || string(res.Body) != "lại chạy" || requests.Load() != 3 {
		t.Errorf("%v, %v after %d", res, err, requests.Load())
	}
	requests.Store(0)
	_, err = get(t, quick(), fetch.Request{URL: site + "/mat"})
	if fetch.StatusOf(err) != 404 || requests.Load() != 1 || err.Error() != "get "+site+"/mat: status 404 Not Found" {
		t.Errorf("%v after %d", err, requests.Load())
	}
}

func TestRetryAfter(t *testing.T) {
	var requests atomic.Int32
	site := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
	})
	client := fetch.New(quick())
	start := time.Now()
	_, err := client.Get(t.Context(), fetch.Request{URL: site})
	var e *fetch.Error
	if !errors.As(err, &e) || e.Status != 429 || time.Until(e.RetryAt) < 50*time.Minute || time.Since(start) < 900*time.Millisecond {
		t.Errorf("%v after %s", err, time.Since(start))
	}
	_, err = client.Get(t.Context(), fetch.Request{URL: site + "/khac"})
	if !errors.Is(err, fetch.ErrMustWait) || requests.Load() != 2 {
		t.Errorf("a host that asked for patience was asked: %v, %d requests", err, requests.Load())
	}
}

func TestPace(t *testing.T) {
	var together, most atomic.Int32
	site := serve(t, func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), together.Add(1)))
		defer together.Add(-1)
		time.Sleep(5 * time.Millisecond)
	})
	opt := quick()
	opt.PerSecond = 20
	client := fetch.New(opt)
	done := make(chan error)
	start := time.Now()
	for range 4 {
		go func() {
			_, err := client.Get(t.Context(), fetch.Request{URL: site})
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at once", most.Load())
	}
	if took := time.Since(start); took < 3*time.Second/20 {
		t.Errorf("4 requests took %s", took)
	}
}

func TestCertificates(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "kín") }))
	defer s.Close()
	s.Config.ErrorLog = nil
	if _, err := get(t, quick(), fetch.Request{URL: s.URL}); err == nil {
		t.Error("a certificate that nobody vouches for was taken")
	}
	opt := quick()
	opt.RootCAs = x509.NewCertPool()
	opt.RootCAs.AddCert(s.Certificate())
	if _, err := get(t, opt, fetch.Request{URL: s.URL}); err != nil {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	stop := make(chan struct{})
	site := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-stop })
	t.Cleanup(func() { close(stop) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := fetch.New(quick()).Get(ctx, fetch.Request{URL: site}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
