package office

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"bantin"
)

// The office shows the logo from its own address: at one of its own it has no /images.
func TestLogo(t *testing.T) {
	o := newTestOffice(t)
	ask := func(opt Options, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		New(opt).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	opt, site := o.options, *o.Site
	site.Logo = &bantin.Image{Src: "/images/a1b2.png", Type: "image/png", Width: 48, Height: 40}
	opt.Site, opt.Images = &site, fstest.MapFS{"a1b2.png": {Data: []byte("\x89PNG")}}
	if body := ask(opt, "/office/sign-in").Body.String(); !strings.Contains(body, `<img src="/office/static/logo?v=`) || !strings.Contains(body, `alt="Hội Khuyến học Việt Nam"`) {
		t.Errorf("%.1500s", body)
	}
	if w := ask(opt, "/office/static/logo"); w.Code != 200 || w.Header().Get("Content-Type") != "image/png" || w.Body.String() != "\x89PNG" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	opt.Images = fstest.MapFS{} // gone since
	if body := ask(opt, "/office/sign-in").Body.String(); strings.Contains(body, "<img") || !strings.Contains(body, "Hội Khuyến học Việt Nam") {
		t.Errorf("%.1500s", body)
	}
}
