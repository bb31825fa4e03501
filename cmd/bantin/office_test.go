package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// askOffice asks the office's pages with a session's cookie; it follows nothing.
func askOffice(t *testing.T, method, address string, cookie *http.Cookie) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cookie != nil {
		req.AddCookie(cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res
}

// The daemon serves the office's pages where they are configured, mails a link to who is
// listed, and a reload ends the session of who is not listed any more.
func TestOfficeOfTheDaemon(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML, "bulletins/phu-tho.md": phuTho})
	d := f.start()
	if p := d.get("/office"); p.status != http.StatusNotFound {
		t.Errorf("not configured, and answers %d", p.status)
	}
	f.write("bantin.yaml", daemonYAML+"office: {people: [lan@example.org]}\n")
	d.hangUp()
	until(t, "the office's pages are served", func() bool { return d.get("/office/sign-in").status == http.StatusOK })
	if p := d.get("/"); p.status != http.StatusOK {
		t.Errorf("the site answers %d", p.status)
	}
	res, err := http.PostForm(d.base+"/office/sign-in", url.Values{"email": {"lan@example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	var link string
	until(t, "a link is mailed", func() bool {
		files, _ := filepath.Glob(f.path("var/outbox/*.eml"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			plain := strings.ReplaceAll(strings.ReplaceAll(string(text), "=\r\n", ""), "=\n", "")
			if m := regexp.MustCompile(`/office/sign-in/[A-Za-z0-9_-]{54}`).FindString(plain); m != "" {
				link = m
			}
		}
		return link != ""
	})
	in := askOffice(t, http.MethodPost, d.base+link, nil)
	if in.StatusCode != http.StatusSeeOther || len(in.Cookies()) != 1 || !in.Cookies()[0].Secure {
		t.Fatalf("signing in: %d %v", in.StatusCode, in.Cookies())
	}
	cookie := in.Cookies()[0]
	for _, page := range []string{"", "/editions", "/bulletins", "/contacts", "/returns", "/calendar", "/sources", "/settings"} {
		if res := askOffice(t, http.MethodGet, d.base+"/office"+page, cookie); res.StatusCode != http.StatusOK {
			t.Errorf("/office%s: %d", page, res.StatusCode)
		}
	}
	f.write("bantin.yaml", daemonYAML+"office: {people: [hoa@example.org]}\n")
	d.hangUp()
	until(t, "the session ends", func() bool {
		return askOffice(t, http.MethodGet, d.base+"/office", cookie).StatusCode == http.StatusSeeOther
	})
	if log := f.ok("audit", "--json"); !strings.Contains(log, `"what":"session_end","object":"lan@example.org"`) {
		t.Error(log)
	}
}

// With an address of its own the office is served there and nowhere else.
func TestOfficeListensElsewhere(t *testing.T) {
	t.Parallel()
	f := newFolder(t, map[string]string{"bantin.yaml": daemonYAML + "office: {listen: \"127.0.0.1:0\", people: [lan@example.org]}\n", "bulletins/phu-tho.md": phuTho})
	d := f.start()
	address := regexp.MustCompile(`address=(http://127[0-9.:]+/office)`).FindStringSubmatch(d.log.String())
	if address == nil {
		t.Fatalf("it does not say where:\n%s", d.log)
	}
	if res := askOffice(t, http.MethodGet, address[1], nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("there: %d", res.StatusCode)
	}
	if p := d.get("/office"); p.status != http.StatusNotFound {
		t.Errorf("at the site's address: %d", p.status)
	}
}
