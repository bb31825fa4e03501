package mailtest

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"bantin/internal/pagetest"
	"bantin/mailer"
)

// serveMails serves the HTML parts by name, and a picture wherever a mail shows one.
func serveMails(t *testing.T, all map[string]mailer.Rendered) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	site := regexp.MustCompile(`src="https://bantin\.example\.org`)
	mux.HandleFunc("GET /mail/{name}", func(w http.ResponseWriter, r *http.Request) {
		page := site.ReplaceAllString(all[r.PathValue("name")].HTML, `src="`)
		switch r.URL.RawQuery {
		case "bare": // a program that drops style sheets and shows no pictures
			page = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, "")
			page = strings.ReplaceAll(page, `src="`, `src="/none`)
		case "plain": // one that drops all styles
			page = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, "")
			page = regexp.MustCompile(` style="[^"]*"`).ReplaceAllString(page, "")
		case "yahoo": // which puts another name in place of this one
			page = regexp.MustCompile(`([;"])height:`).ReplaceAllString(page, "${1}min-height:")
		case "inverted":
			page = strings.Replace(page, "</head>", "<style>html{filter:invert(1) hue-rotate(180deg)}</style></head>", 1)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	})
	mux.HandleFunc("GET /images/{name}", func(w http.ResponseWriter, r *http.Request) {
		img := image.NewRGBA(image.Rect(0, 0, 960, 640))
		for y := range 640 {
			for x := range 960 {
				img.SetRGBA(x, y, color.RGBA{uint8(90 + y/8), uint8(120 - y/16), uint8(160 + x/16), 255})
			}
		}
		_ = jpeg.Encode(w, img, nil)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// Accessible has axe-core look at mails with all of its rules: those in Vietnamese on a
// telephone in light and on a desk in dark, the others the other way round. Each is
// measured in all four, and once more without style sheets and pictures and without any
// styles. The names of mails end in their language.
func Accessible(t *testing.T, all map[string]mailer.Rendered) {
	server, script := serveMails(t, all), pagetest.AxeScript(t)
	ctx, _ := pagetest.Browse(t)
	for name := range all {
		vietnamese := strings.HasSuffix(name, "-vi")
		for _, v := range views() {
			where := fmt.Sprintf("%s-%d-%s%s", name, v.Width, v.Scheme, v.mode)
			v.Open(t, ctx, server.URL+"/mail/"+name+"?"+v.mode)
			checkShown(t, ctx, where, v.mode)
			if axe := vietnamese == ((v.Width == telephone) == (v.Scheme == "light")); !axe || v.mode != "" {
				continue
			}
			if found := pagetest.Axe(t, ctx, script); found != "" {
				t.Errorf("%s: %s", where, found)
			}
		}
	}
}

// view is a screen, and what a mail program drops of a mail.
type view struct {
	pagetest.View
	mode string
}

const telephone, desk, wide = 360, 640, 1280

func views() []view {
	list := []view{
		{pagetest.View{Width: telephone, Scheme: "light"}, ""}, {pagetest.View{Width: telephone, Scheme: "dark"}, ""},
		{pagetest.View{Width: desk, Scheme: "light"}, ""}, {pagetest.View{Width: desk, Scheme: "dark"}, ""},
		{pagetest.View{Width: telephone, Scheme: "light"}, "bare"}, {pagetest.View{Width: telephone, Scheme: "light"}, "plain"},
		{pagetest.View{Width: telephone, Scheme: "light"}, "yahoo"},
	}
	if os.Getenv("PICTURES") == "" {
		return list
	}
	for _, width := range []int64{telephone, wide} { // for the eye: contrasts are reckoned
		list = append(list, view{pagetest.View{Width: width, Scheme: "light"}, "inverted"})
	}
	for _, scheme := range []string{"light", "dark"} {
		list = append(list, view{pagetest.View{Width: wide, Scheme: scheme}, ""})
	}
	for _, mode := range []string{"bare", "plain"} {
		list = append(list, view{pagetest.View{Width: wide, Scheme: "light"}, mode})
	}
	return list
}
