package charset_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"bantin/source/charset"
)

func TestDecodeFeed(t *testing.T) {
	for _, c := range []struct{ name, raw, contentType, want string }{
		{"UTF-8", "<a>Hội</a>", "", "<a>Hội</a>"},
		{"three marks", "\ufeff\ufeff\ufeff<a>Hội</a>", "", "<a>Hội</a>"},
		{"UTF-8 that says another", `<?xml encoding="iso-8859-1"?><a>Hội</a>`, "", `<?xml encoding="iso-8859-1"?><a>Hội</a>`},
		{"a bad byte", "<a>Hội nghị quý \x96 tổng kết</a>", "", "<a>Hội nghị quý – tổng kết</a>"},
		{"declared", "<?xml version='1.0' encoding='windows-1258'?><a>h\xea</a>", "", "<?xml version='1.0' encoding='windows-1258'?><a>hê</a>"},
		{"declared, and HTTP says another", "<?xml version='1.0' encoding='windows-1258'?><a>\xf0</a>", "text/xml; charset=utf-8", "<?xml version='1.0' encoding='windows-1258'?><a>đ</a>"},
		{"HTTP says it", "<a>\xf0</a>", "text/xml; charset=windows-1258", "<a>đ</a>"},
		{"nothing says it", "<a>\x96\xf0</a>", "", "<a>\u0096ð</a>"},
		{"references", "<a>&#0;&#x1F;&#xD800;&#9;&#x110000;&#65;</a>", "", "<a>&#9;&#65;</a>"},
		{"UTF-16 without a mark", "<\x00a\x00>\x00", "", "<a>"},
		{"UTF-16 in the other order", "\x00<\x00a\x00>\x00H\x1e\xd9\x00i", "", "<a>Hội"},
	} {
		if got := charset.DecodeFeed([]byte(c.raw), c.contentType); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzDecodeFeed wants text that XML may have, and not much more of it than there was.
func FuzzDecodeFeed(f *testing.F) {
	f.Add([]byte("<\x00?\x00x\x00m\x00l\x00"), "")
	f.Add([]byte("\xff\xfe<\x00"), "text/xml; charset=utf-16")
	f.Add([]byte(`<?xml version="1.0" encoding="viscii"?><a>H`+"\xb5"+`i&#11;</a>`), "x;;")
	f.Fuzz(func(t *testing.T, raw []byte, contentType string) {
		text := charset.DecodeFeed(raw, contentType)
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\x0b\x1a\ufffe") {
			t.Errorf("%q", text)
		}
		if len(text) > 4*len(raw)+8 {
			t.Errorf("%d bytes became %d", len(raw), len(text))
		}
	})
}
