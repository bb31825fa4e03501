package mailer

import (
	"strings"
	"testing"

	"bantin"
)

// TestGreetingSignature: a signature stands on the right, a line for each of its own, and
// the words above it stay as they are.
func TestGreetingSignature(t *testing.T) {
	const words = "Kính gửi các đồng chí,\nHội chúc mừng năm học mới.\n\n"
	for name, c := range map[string]struct {
		markdown string
		right    int // paragraphs
		lines    string
	}{
		"in one paragraph": {words + "TM. BAN THƯỜNG VỤ\n**CHỦ TỊCH**\n(đã ký)\nNguyễn Văn An", 1, "\nTM. BAN THƯỜNG VỤ\nCHỦ TỊCH\n(đã ký)\nNguyễn Văn An"},
		"in several":       {words + "TM. BAN THƯỜNG VỤ\n\nCHỦ TỊCH\n\n(đã ký)\n\nNguyễn Văn An", 4, "\n(đã ký)\n\nNguyễn Văn An"},
		"none":             {words + "Chủ tịch Hội\nđã ký kế hoạch này.", 0, "\nChủ tịch Hội đã ký kế hoạch này."},
		"only a name":      {words + "Nguyễn Văn An", 0, "\nNguyễn Văn An"},
		"a heading":        {words + "## Trân trọng", 0, "\nTrân trọng"},
		"not at the end":   {"(đã ký)\n\n" + words, 0, "Kính gửi các đồng chí, Hội chúc mừng năm học mới."},
	} {
		g := NewGreeting(&bantin.Composition{Greeting: c.markdown}, bantin.Vietnamese).Styled()
		if n := strings.Count(string(g.HTML), `<p style="text-align:right;`); n != c.right || strings.Contains(string(g.HTML), `text-align:right;margin:0 0 14px;">Kính gửi`) {
			t.Errorf("%s: %d paragraphs on the right\n%s", name, n, g.HTML)
		}
		if !strings.Contains(g.Text, c.lines) || !strings.Contains(g.Text, "đồng chí, Hội") {
			t.Errorf("%s:\n%s", name, g.Text)
		}
		if c.right == 1 && strings.Count(string(g.HTML), "<br") != 3 {
			t.Errorf("%s:\n%s", name, g.HTML)
		}
	}
}
