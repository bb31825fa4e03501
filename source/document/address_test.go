package document

import "testing"

func TestCanonicalURL(t *testing.T) {
	const story = "http://www.example.vn/modules.php?name=News&op=viewst&sid=7"
	for raw, want := range map[string]string{
		"HTTP://WWW.Example.VN:80/modules.php?name=News&op=viewst&sid=7": story,
		"http://www.example.vn/modules.php?sid=7&file=print&name=News":   story,
		"http://www.example.vn/modules.php?name=News&file=save&sid=7#x":  story,
		" http://www.example.vn./modules.php?name=News&op=viewst&sid=7 ": story,
		"https://example.org":                              "https://example.org/",
		"https://example.org:443/a?utm_source=x&fbclid=y":  "https://example.org/a",
		"https://example.org:8443/a?b=2&a=1#c":             "https://example.org:8443/a?a=1&b=2",
		"https://user:pass@example.org/a":                  "https://example.org/a",
		"https://example.org/vi/news/print/tin/bai-9.html": "https://example.org/vi/news/tin/bai-9.html",
		"https://khuyếnhọc.example/a":                      "https://xn--khuynhc-7t4cye.example/a",
		"https://[2001:DB8::1]:443/a":                      "https://[2001:db8::1]/a",
		"ftp://example.org/a":                              "",
		"javascript:alert(1)":                              "",
		"/a":                                               "",
		"":                                                 "",
		"http://%zz":                                       "",
		"https://":                                         "",
	} {
		got, err := CanonicalURL(raw)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", raw, got, err, want)
		}
		if again, err := CanonicalURL(got); got != "" && (again != got || err != nil) {
			t.Errorf("%q is not at rest: %q, %v", got, again, err)
		}
	}
}

func FuzzCanonicalURL(f *testing.F) {
	f.Add("HTTP://www.example.vn:80/modules.php?name=News&file=print&sid=7#a")
	f.Add("https://[::1]/news/print/a?b;c=%zz")
	f.Fuzz(func(t *testing.T, raw string) {
		once, err := CanonicalURL(raw)
		if err != nil {
			return
		}
		if again, err := CanonicalURL(once); err != nil || again != once {
			t.Errorf("%q: %q, then %q, %v", raw, once, again, err)
		}
	})
}
