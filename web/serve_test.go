package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBadLinks(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	token := s.contact(t, "hang-tuan")
	for _, bad := range []string{"x", token[:len(token)-2], altered(token), strings.Repeat("a", 5000), "%00", "%E1%BB%87"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			res, page := s.do(t, method, "/unsubscribe/"+bad, "")
			if res.StatusCode != 404 {
				t.Errorf("%s %.20s = %d", method, bad, res.StatusCode)
			}
			wantAll(t, page, "Liên kết này không dùng được", "vanphong@example.org")
		}
	}
	if s.left(t) {
		t.Error("a forged link left the digest")
	}
}

func TestErasedContactIsThanked(t *testing.T) {
	s := newTestSite(t)
	s.see(t)
	path := "/unsubscribe/" + s.contact(t, "hang-tuan")
	if err := s.store.Contacts().Erase(t.Context(), "mai@sonla.example.org", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if res, _ := s.do(t, http.MethodPost, path, ""); res.StatusCode != 200 {
		t.Errorf("POST = %d", res.StatusCode)
	}
}

// TestCroppedImages are made when they are first asked for, and only those there are.
func TestCroppedImages(t *testing.T) {
	s := newTestSite(t)
	var made []string
	opt := s.site
	opt.Crop = func(name string) (bool, error) { made = append(made, name); return false, nil }
	for _, path := range []string{"/images/a1b2-656x437.jpg", "/images/a1b2-657x437.jpg", "/images/b-656x437.jpg", "/images/a1b2.png"} {
		res := httptest.NewRecorder()
		New(opt).ServeHTTP(res, httptest.NewRequest(http.MethodGet, path, nil))
		want := map[string]int{"/images/a1b2.png": 200, "/images/a1b2-657x437.jpg": 404, "/images/a1b2-656x437.jpg": 302, "/images/b-656x437.jpg": 404}[path]
		if res.Code != want || want == 302 && res.Header().Get("Location") != "/images/a1b2.png" {
			t.Errorf("%s = %d %s", path, res.Code, res.Header().Get("Location"))
		}
	}
	if len(made) != 2 || made[0] != "a1b2-656x437.jpg" {
		t.Errorf("made %v", made)
	}
}

func TestFiles(t *testing.T) {
	s := newTestSite(t)
	res, body := s.do(t, http.MethodGet, "/images/a1b2.png", "")
	if res.StatusCode != 200 || body != string(tinyPNG()) || !strings.Contains(res.Header.Get("Cache-Control"), "max-age=3600") ||
		res.Header.Get("Content-Type") != "image/png" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("image: %d %v", res.StatusCode, res.Header)
	}
	for _, c := range []struct{ path, mediaType, disposition string }{
		{"/files/0a1b-ke-hoach.pdf", "application/pdf", "inline; filename=ke-hoach.pdf"},
		{"/files/0a1b-mau.doc", "application/msword", "attachment; filename=mau.doc"},
	} {
		res, _ := s.do(t, http.MethodGet, c.path, "")
		h := res.Header
		if res.StatusCode != 200 || h.Get("Content-Type") != c.mediaType || h.Get("Content-Disposition") != c.disposition ||
			h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(h.Get("Cache-Control"), "max-age=3600") {
			t.Errorf("GET %s: %d %v", c.path, res.StatusCode, h)
		}
	}
	for _, path := range []string{"/files/0a1b-x.html", "/files/khong.pdf", "/files", "/files/..%2fgo.pdf", "/images/khong.png", "/images/con", "/images/..%2fgo.mod", "/images/.an", "/images", "/static/khong.css", "/static/..%2fweb.go"} {
		res, _ := s.do(t, http.MethodGet, path, "")
		if res.StatusCode != 404 || strings.Contains(res.Header.Get("Cache-Control"), "max-age=3600") {
			t.Errorf("GET %s = %d, %s", path, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	_, href, _ := strings.Cut(s.get(t, "/", 200), `rel="stylesheet" href="`)
	href, _, _ = strings.Cut(href, `"`)
	if !strings.Contains(s.get(t, href, 200), "--accent") {
		t.Errorf("no style sheet at %s", href)
	}
	if s.get(t, "/healthz", 200) != "ok\n" || s.get(t, "/readyz", 200) != "ready\n" {
		t.Error("not healthy")
	}
}

// TestCausesStayInside closes the database under the site.
func TestCausesStayInside(t *testing.T) {
	s := newTestSite(t)
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/bulletins/x", "/editions/x-1"} {
		body := s.get(t, path, 500)
		if strings.Contains(body, "sql") || strings.Contains(body, "database") {
			t.Errorf("GET %s tells the cause:\n%s", path, body)
		}
	}
	if !strings.Contains(s.log.String(), "request failed") || !strings.Contains(s.log.String(), "closed") {
		t.Errorf("log: %s", s.log)
	}
}

func TestHeaders(t *testing.T) {
	s := newTestSite(t)
	for _, path := range []string{"/", "/feeds", "/khong-co", "/bulletins/khong"} {
		res, body := s.do(t, http.MethodGet, path, "")
		h := res.Header
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'self'") || !strings.Contains(h.Get("Content-Security-Policy"), "img-src 'self';") || h.Get("Referrer-Policy") == "" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, h)
		}
		if strings.Contains(strings.ReplaceAll(body, `<script type="application/ld+json">`, ""), "<script") || strings.Contains(body, " style=") || strings.Contains(body, " onclick") {
			t.Errorf("%s has what the policy forbids", path)
		}
		if len(body) > 30<<10 {
			t.Errorf("%s has %d bytes", path, len(body))
		}
	}
}
