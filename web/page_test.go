package web

import (
	"strings"
	"testing"

	"bantin"
)

// Each page has one address in each language, whatever others hang on it; one
// that is somebody's own has none.
func TestCanonical(t *testing.T) {
	s, link := office(t)
	for range 25 {
		s.add(t, sample(1))
	}
	const site = "https://bantin.example.org"
	for path, want := range map[string][2]string{
		"/?utm_source=zalo":                          {"/", "/?lang=en"},
		"/?lang=en&fbclid=x&place=phu-tho":           {"/?lang=en&amp;place=phu-tho", "/?place=phu-tho"},
		"/feeds/chon?place=phu-tho,son-la":           {"/feeds/chon?place=phu-tho,son-la", "/feeds/chon?place=phu-tho,son-la&amp;lang=en"},
		"/feeds/tay-bac?lang=en":                     {"/feeds/tay-bac?lang=en", "/feeds/tay-bac"},
		"/digests/hang-tuan?before=99&utm_medium=tv": {"/digests/hang-tuan?before=99", "/digests/hang-tuan?before=99&amp;lang=en"},
	} {
		other := "en"
		if strings.Contains(path, "lang=en") {
			other = "vi"
		}
		wantAll(t, s.get(t, path, 200), `<link rel="canonical" href="`+site+want[0]+`">`, `<link rel="alternate" hreflang="`+other+`" href="`+site+want[1]+`">`)
	}
	for path, status := range map[string]int{link: 200, "/khong-co": 404, "/?q=hoc": 200} {
		if body := s.get(t, path, status); strings.Contains(body, "canonical") {
			t.Errorf("%s is for nobody to find and has an address to be found at", path)
		}
	}
}

// A list names the first of very many places, and the bulletin all of them;
// what may be wider than a telephone is reached by keys.
func TestLongBulletin(t *testing.T) {
	s := newTestSite(t)
	long := sample(1)
	long.Clusters = nil
	long.Places = []string{"phu-tho", "son-la", "lai-chau", "dien-bien", "lao-cai", "tuyen-quang", "cao-bang", "lang-son", "ha-noi", "hue"}
	long.HTML = "<table><tr><td>một ô</td></tr></table><pre>bảng gõ tay</pre>"
	b := s.add(t, long)
	list := s.get(t, "/", 200)
	wantAll(t, list, `<li><a href="/bulletins/`+b.ID+`">và 3 nơi khác</a></li>`)
	if strings.Contains(list, ">Huế</a></li>") {
		t.Error("the list names all places")
	}
	wantAll(t, s.get(t, "/?lang=en", 200), "and 3 more")
	wantAll(t, s.get(t, "/bulletins/"+b.ID, 200), ">Huế</a></li>", `<div class="scroll" role="group" tabindex="0" aria-label="Bảng"><table>`, "</table></div>", `<pre tabindex="0">`)
}

// TestLogo: pages have the logo in place of the title, with that as its text.
func TestLogo(t *testing.T) {
	s := newTestSite(t)
	wantAll(t, s.get(t, "/", 200), `<a class="site" href="/">Hội Khuyến học Việt Nam</a>`)
	s.site.Site.Logo = &bantin.Image{Src: "/images/a1b2.png", Width: 120, Height: 48}
	logo := `<img src="/images/a1b2.png" width="120" height="48" alt="Hội Khuyến học Việt Nam">`
	wantAll(t, s.get(t, "/?lang=en", 200), `<a class="site" href="/?lang=en">`+logo+`</a>`)
	wantAll(t, s.get(t, "/khong-co", 404), logo)
	s.get(t, "/images/a1b2.png", 200)
}
