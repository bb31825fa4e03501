package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bantin"
)

// The pages of a provincial association speak of its province, and offer it to who
// subscribes; those of a central one speak of all.
func TestPagesOfAProvince(t *testing.T) {
	s := newTestSite(t)
	page := func(path string) string {
		t.Helper()
		w := httptest.NewRecorder()
		s.Config.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		text, err := io.ReadAll(w.Result().Body)
		if err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, w.Code, err)
		}
		return string(text)
	}
	if text := page("/"); !strings.Contains(text, "Tin từ trung ương và các tỉnh, thành phố.") {
		t.Errorf("central: %s", text)
	}
	s.site.Site.Place, s.site.Site.Unit = "phu-tho", bantin.Words{VI: "tỉnh Phú Thọ", EN: "Phu Tho"}
	for path, want := range map[string]string{
		"/": "Tin của tỉnh Phú Thọ.", "/?lang=en": "News from Phu Tho.", "/subscribe": "Tin của tỉnh Phú Thọ.",
	} {
		if text := page(path); !strings.Contains(text, want) || strings.Contains(text, "trung ương và các tỉnh") {
			t.Errorf("%s: %s", path, text)
		}
	}
	if text := page("/subscribe"); !strings.Contains(text, `<option value="phu-tho" selected>`) {
		t.Error("the province is not offered")
	}
}
