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

func FuzzNewID(f *testing.F) {
	f.Add("file:van-phong/Giao ban.md")
	f.Add("url:http://x.vn/\xff?=%zz&a")
	f.Fuzz(func(t *testing.T, key string) {
		if id := source.NewID(key); !isID(id) {
			t.Errorf("%q: %q", key, id)
		}
	})
}
