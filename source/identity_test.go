package source_test

import (
	"regexp"
	"strings"
	"testing"

	"bantin/source"
)

func isID(id string) bool { return regexp.MustCompile(`^[a-z0-9-]{1,80}$`).MatchString(id) }

func TestNewID(t *testing.T) {
	for key, want := range map[string]string{
		"file:van-phong/Giao ban quý IV.md":                                       "van-phong-giao-ban-quy-iv",
		"file:van-phong/2026/Đợt 1.thư mời.txt":                                   "van-phong-2026-dot-1-thu-moi",
		"url:http://www.hoikhuyenhoc.vn/modules.php?name=News&op=viewst&sid=4929": "hoikhuyenhoc-vn-4929",
		"url:https://example.org/news/tin/hoc-bong-12.html":                       "example-org-hoc-bong-12",
		"url:https://example.org/":                                                "example-org",
		"url:https://example.org/tin?so=5":                                        "example-org-tin-5",
		"file:x/漢字.md":                                                            "x",
	} {
		if got := source.NewID(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	long := "file:van-phong/" + strings.Repeat("rất dài ", 40)
	a, b := source.NewID(long+"a.md"), source.NewID(long+"b.md")
	if !isID(a) || !isID(b) || a == b {
		t.Errorf("long names: %q and %q", a, b)
	}
	if got := source.NewID("file:漢/字.md"); !isID(got) {
		t.Errorf("no letters: %q", got)
	}
}

// The ids in feeds are for ever: a change here would show every entry again.
func TestFeedID(t *testing.T) {
	if got := source.FeedID("file:van-phong/a.md"); got != "urn:uuid:f44fadd0-82a7-5177-b987-d27ece232e93" {
		t.Errorf("got %s", got)
	}
}

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
		got, err := source.CanonicalURL(raw)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", raw, got, err, want)
		}
		if again, err := source.CanonicalURL(got); got != "" && (again != got || err != nil) {
			t.Errorf("%q is not at rest: %q, %v", got, again, err)
		}
	}
}
